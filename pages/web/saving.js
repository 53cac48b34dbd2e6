// Answers on their way: sent when given, kept in this browser until the server has them, sent again by themselves.

import { call } from "/web/common.js";

const WAITS = [2, 4, 8, 15, 30]; // seconds until the next try
const AT_ONCE = 30; // answers in one call

export class Saving {
  /** `keys`: invitation and draft. `refused(error)`: the survey takes no answers any more. `wrong(item, sentence)`. */
  constructor(keys, memory, { refused, wrong, state }) {
    Object.assign(this, { keys, memory, refused, wrong, state });
    this.waiting = new Map();
    this.failures = 0;
    this.timer = 0;
    this.under_way = null;
    for (const [name, answer] of Object.entries(memory.held)) {
      if (name.startsWith("a:")) this.waiting.set(name.slice(2), answer);
    }
    window.addEventListener("online", () => this.flush());
  }

  /** Takes an answer, or null for one that is taken back. */
  put(item, answer) {
    this.waiting.set(item, answer);
    this.memory.put({ [`a:${item}`]: answer });
    this.wrong(item, "");
    this.flush();
  }

  /** All that the server does not have yet. */
  get rest() {
    return Object.fromEntries(this.waiting);
  }

  /** Sends what waits; resolves when nothing waits or nobody answers. */
  flush() {
    clearTimeout(this.timer);
    this.under_way ??= this.send().finally(() => (this.under_way = null));
    return this.under_way;
  }

  async send(most = AT_ONCE) {
    while (this.waiting.size) {
      const some = [...this.waiting].slice(0, most);
      if (!this.failures) this.state("saving");
      try {
        await call("/answer/api/save", { ...this.keys, answers: Object.fromEntries(some) });
        this.failures = 0;
        some.forEach(([item, answer]) => this.done(item, answer));
      } catch (error) {
        if (error.passes) return this.later(error.wait);
        if (error.status !== 422) return this.refused(error);
        if (some.length > 1) {
          most = 1; // one of them is wrong: find which
          continue;
        }
        this.done(...some[0]);
        this.wrong(some[0][0], `Not saved: ${error.message}`);
      }
    }
    this.state("saved");
  }

  /** Forgets an answer that waited, unless another was given meanwhile. */
  done(item, answer) {
    if (this.waiting.get(item) !== answer) return;
    this.waiting.delete(item);
    this.memory.drop(`a:${item}`);
  }

  later(wait) {
    this.state("waiting");
    const seconds = Math.max(wait || 0, WAITS[Math.min(this.failures, WAITS.length - 1)]);
    this.failures += 1;
    this.timer = setTimeout(() => this.flush(), seconds * 1000);
  }

  stop() {
    clearTimeout(this.timer);
    this.waiting.clear();
  }
}
