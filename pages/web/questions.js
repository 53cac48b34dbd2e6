// The questions, each as a group of fields that tells its answer when there is one: {value}, {said} or null.

import { count, el } from "/web/common.js";

const BESIDE = [
  ["dont_know", "Don't know", "D"],
  ["not_applicable", "Not applicable", "N"],
];

/** A question as a fieldset. `given`: its answer so far; `tell(answer)` is called with every answer that can be kept;
 *  `limits`: longest_text, most_hours, capabilities; `unfinished`: {held, keep}, pain points that are not whole yet. */
export function question(item, number, given, tell, limits, unfinished) {
  const group = el("fieldset", { class: "question", id: `question-${item.key}`, "data-key": item.key },
    el("legend", {}, el("span", { class: "number" }, `${number}.`), el("span", { dir: "auto" }, item.text)));
  const kinds = { choice, percent, text: words, "pain-points": pains };
  kinds[item.kind](group, item, given, tell, limits, unfinished);
  group.append(el("p", { class: "wrong", role: "alert", hidden: true }));
  return group;
}

/** Says what is wrong with an answer, or takes that away. */
export function complain(group, sentence) {
  const place = group?.querySelector(":scope > .wrong");
  if (!place) return;
  place.textContent = sentence || "";
  place.hidden = !sentence;
}

/** Presses the option of a key: 1 to 9, d for don't know, n for not applicable. Whether there was one. */
export function press(group, key) {
  const place = [...group.querySelectorAll("input[type=radio][data-press]")];
  const found = place.find((radio) => radio.dataset.press === key.toUpperCase());
  if (!found) return false;
  found.focus();
  found.click();
  return true;
}

/** Where typing goes on in a question. */
export function enter(group) {
  const field = group.querySelector("input:checked") || group.querySelector("input, textarea, select, button");
  field.focus({ preventScroll: true });
  group.scrollIntoView({ block: "start" });
}

function option(name, value, text, key, chosen, choose) {
  const radio = el("input", { type: "radio", name, value, checked: chosen, "data-press": key });
  radio.addEventListener("change", choose);
  return el("label", { class: "option" }, radio, el("span", { dir: "auto" }, text), el("kbd", { "aria-hidden": "true" }, key));
}

/** Don't know, not applicable, and taking back. `clear` empties the other fields. */
function beside(item, given, tell, clear) {
  const back = el("button", { type: "button", class: "plain back", hidden: !given }, "Take back");
  back.setAttribute("aria-label", `Take back the answer to: ${item.text}`);
  const row = el("div", { class: "beside" }, BESIDE.map(([said, text, key]) =>
    option(item.key, said, text, key, given?.said === said, () => {
      clear(false);
      back.hidden = false;
      tell({ said });
    })), back);
  back.addEventListener("click", () => {
    row.querySelectorAll("input").forEach((radio) => (radio.checked = false));
    clear(true);
    back.hidden = true;
    tell(null);
    enter(row.closest("fieldset"));
  });
  const unsaid = (answered) => {
    row.querySelectorAll("input").forEach((radio) => (radio.checked = false));
    back.hidden = !answered;
  };
  return { row, unsaid };
}

function choice(group, item, given, tell) {
  const others = beside(item, given, tell, (all) => {
    if (all) group.querySelectorAll("input").forEach((radio) => (radio.checked = false));
  });
  group.append(
    ...item.options.map((text, value) =>
      option(item.key, value, text, String(value + 1), given?.value === value, () => {
        others.unsaid(true);
        tell({ value });
      })),
    others.row,
  );
}

function percent(group, item, given, tell) {
  const field = el("input", {
    type: "number", min: 0, max: 100, step: "any", inputMode: "decimal", value: given?.value ?? "", "aria-label": `${item.text} Of 100`,
  });
  const others = beside(item, given, tell, () => {
    field.value = "";
    field.removeAttribute("aria-invalid");
    complain(group, "");
  });
  field.addEventListener("input", () => {
    const value = Number(field.value);
    const empty = field.value === "" && !field.validity.badInput;
    const right = !field.validity.badInput && value >= 0 && value <= 100;
    field.setAttribute("aria-invalid", String(!empty && !right));
    complain(group, empty || right ? "" : "Give a number from 0 to 100; this one is not saved.");
    others.unsaid(!empty);
    tell(right && !empty ? { value } : null);
  });
  group.append(el("div", { class: "short" }, field, el("span", { class: "quiet" }, "of 100")), others.row);
}

/** A text field that counts, and says when it is too long instead of cutting. `tell(text, is_too_long)`. */
function counted(label, value, longest, tell) {
  const field = el("textarea", { value, dir: "auto", rows: 4, "aria-label": label || null });
  const said = el("p", { class: "count", role: "status" });
  const look = () => {
    const length = [...field.value].length;
    const over = length - longest;
    field.setAttribute("aria-invalid", String(over > 0));
    said.className = over > 0 ? "count over" : "count";
    said.textContent = over > 0
      ? `${count(over, "character")} too many: until it is shorter it is kept in this browser only`
      : `${length.toLocaleString("en-GB")} of ${longest.toLocaleString("en-GB")} characters`;
    return over > 0;
  };
  let timer = 0;
  const now = () => {
    clearTimeout(timer);
    timer = 0;
    tell(field.value, look());
  };
  field.addEventListener("input", () => {
    look();
    clearTimeout(timer);
    timer = setTimeout(now, 700);
  });
  field.addEventListener("blur", () => timer && now());
  look();
  return [field, said];
}

function words(group, item, given, tell, limits, unfinished) {
  const kept = unfinished.held()[0] ?? given?.value ?? "";
  group.append(...counted(item.text, kept, limits.longest_text, (text, is_too_long) => {
    unfinished.keep(is_too_long ? [text] : []);
    tell(text.trim() && !is_too_long ? { value: text } : null);
  }));
}

function pains(group, item, given, tell, limits, unfinished) {
  const blank = { step: "", capability: null, how_often: "", how_bad: "", hours: null, text: "" };
  const points = [...(given?.value ?? []), ...unfinished.held()].slice(0, item.most).map((point) => ({ ...blank, ...point }));
  const list = el("div");
  const others = beside(item, given, tell, () => {
    points.length = 0;
    unfinished.keep([]);
    draw();
  });
  const add = el("button", { type: "button" }, "");
  add.addEventListener("click", () => {
    points.push({ ...blank });
    draw();
    list.lastElementChild.querySelector("select").focus();
  });

  function changed() {
    const is_whole = (point) => !wanting(point, limits).length;
    const whole = points.filter(is_whole);
    unfinished.keep(points.filter((point) => !is_whole(point)));
    others.unsaid(whole.length > 0);
    tell(whole.length ? { value: whole } : null);
  }

  function draw() {
    list.replaceChildren(...points.map((point, place) => card(item, point, place, limits, changed, () => {
      points.splice(place, 1);
      changed();
      draw();
      add.focus();
    })));
    add.hidden = points.length >= item.most;
    add.textContent = points.length ? "Add another pain point" : "Name a pain point";
  }

  draw();
  group.append(el("p", { class: "quiet small" }, `Up to ${item.most}.`), list, el("div", { class: "buttons" }, add), el("p"), others.row);
}

/** What a pain point lacks, in words. */
function wanting(point, limits) {
  const missing = [["step", "choose the step"], ["how_often", "choose how often"], ["how_bad", "choose how bad"]];
  const found = missing.filter(([name]) => point[name] === "").map(([, text]) => text);
  return [...point.text].length > limits.longest_text ? [...found, "shorten the text"] : found;
}

function card(item, point, place, limits, changed, remove) {
  const missing = el("p", { class: "quiet small" });
  const look = () => {
    const wanted = wanting(point, limits).join(", ");
    missing.textContent = wanted && `${wanted[0].toUpperCase()}${wanted.slice(1)}: until then it is kept in this browser only.`;
  };
  const set = (name, value) => {
    point[name] = value;
    look();
    changed();
  };
  const labelled = (name, label, field, ...more) => {
    field.id = `pain-${place}-${name}`;
    return el("div", { class: "field" }, el("label", { for: field.id }, label), field, more);
  };
  const select = (name, label, options, empty) => {
    const field = el("select", { onchange: (event) => {
      const value = event.target.value;
      set(name, value === "" ? (name === "capability" ? null : "") : name.startsWith("how") ? Number(value) : value);
    } }, el("option", { value: "" }, empty), options.map(([value, text]) => el("option", { value, selected: String(value) === String(point[name]) }, text)));
    return labelled(name, label, field);
  };
  const numbered = (texts) => texts.map((text, value) => [value, text]);
  const keyed = (options) => options.map(({ key, text }) => [key, text]);
  const hours = el("input", { type: "number", min: 0, max: limits.most_hours, step: "any", inputMode: "decimal", value: point.hours ?? "", oninput: (event) => {
    const field = event.target;
    const empty = field.value === "" && !field.validity.badInput;
    const right = empty || (!field.validity.badInput && Number(field.value) >= 0 && Number(field.value) <= limits.most_hours);
    field.setAttribute("aria-invalid", String(!right));
    complain(field.closest("fieldset"), right ? "" : `Hours of a week are a number from 0 to ${limits.most_hours}; this one is not saved.`);
    if (right) set("hours", empty ? null : Number(field.value));
  } });
  const title = `Pain point ${place + 1}`;
  look();
  return el("section", { class: "card", "aria-label": title },
    el("h3", {}, title),
    el("div", { class: "two" },
      select("step", "Step of the workflow", keyed(item.steps), "Choose a step"),
      select("capability", "What it hangs on (if you can tell)", keyed(limits.capabilities), "Cannot tell"),
      select("how_often", "How often", numbered(item.how_often), "Choose how often"),
      select("how_bad", "How bad", numbered(item.how_bad), "Choose how bad")),
    labelled("hours", "Hours you lost to it last week (if you can tell)", hours),
    labelled("text", "What happens, in your words (no names of people)", ...counted("", point.text, limits.longest_text, (text) => set("text", text))),
    missing,
    el("button", { type: "button", class: "plain", onclick: remove, "aria-label": `Remove pain point ${place + 1}` }, "Remove"));
}
