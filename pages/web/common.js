// What every plain page needs: elements without HTML from texts, calls to this server, and a memory that may be missing.

/** An element. Properties by name; `class` and what has a dash become attributes; children are nodes or texts. */
export function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class" || key.includes("-") || key === "for" || key === "role") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Puts a screen into the page and moves reading and focus to its heading. */
export function show(...children) {
  document.getElementById("page").replaceChildren(...children.flat().filter(Boolean));
  window.scrollTo(0, 0);
  const heading = document.querySelector("main h1, main h2");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

/** An answer of the server that is not "yes"; status 0: nobody answered, so nobody knows. */
export class Refused extends Error {
  constructor(status, message, wait = 0) {
    super(message);
    this.status = status;
    this.wait = wait;
  }

  /** Whether asking again later can help. */
  get passes() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Asks this server; the object that it answers. Throws Refused. */
export async function call(path, body, seconds = 20) {
  const give_up = new AbortController();
  const timer = setTimeout(() => give_up.abort(), seconds * 1000);
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: give_up.signal,
    });
    const said = await answer.json();
    if (answer.ok) return said;
    throw new Refused(answer.status, said.detail || "Something went wrong.", Number(answer.headers.get("Retry-After")));
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(0, "There is no connection.");
  } finally {
    clearTimeout(timer);
  }
}

/** 128 random bits. */
export function secret() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A name to keep something under that does not give the text away; not for protection. */
export function name_of(text) {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (const sign of text) {
    high = Math.imul(high ^ sign.charCodeAt(0), 2654435761);
    low = Math.imul(low ^ sign.charCodeAt(0), 1597334677);
  }
  return (high >>> 0).toString(16) + (low >>> 0).toString(16);
}

/** What this browser keeps under a name; `works` is false where it keeps nothing, and then this page alone remembers. */
export class Memory {
  constructor(name) {
    this.name = name;
    this.works = true;
    this.held = {};
    try {
      this.held = JSON.parse(localStorage.getItem(name) || "{}");
      localStorage.setItem(name, JSON.stringify(this.held));
    } catch {
      this.works = false;
    }
  }

  /** Changes some of it and leaves what another tab has written. */
  put(changes) {
    try {
      if (this.works) this.held = JSON.parse(localStorage.getItem(this.name) || "{}");
    } catch {
      this.works = false;
    }
    Object.assign(this.held, changes);
    try {
      if (this.works) localStorage.setItem(this.name, JSON.stringify(this.held));
    } catch {
      this.works = false;
    }
  }

  drop(name) {
    this.put({ [name]: undefined });
  }

  forget() {
    this.held = {};
    try {
      localStorage.removeItem(this.name);
    } catch {
      this.works = false;
    }
  }
}

/** Copies a text and says so on the button for a moment. */
export async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    const area = el("textarea", { value: text, readOnly: true, "aria-label": "Text to copy" });
    button.after(area);
    area.focus();
    area.select();
    button.textContent = "Copy what is marked";
  }
  setTimeout(() => (button.textContent = before), 4000);
}

/** 1 question, 2 questions. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}
