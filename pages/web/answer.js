// A survey on one screen a block: introduction, blocks, summary, thanks. The secrets stay in this file and the bodies of
// its calls: never in an address that is asked for.

import { Memory, call, copy, count, el, name_of, secret, show } from "/web/common.js";
import { complain, enter, press, question } from "/web/questions.js";
import { Saving } from "/web/saving.js";

const SECRET = /^[0-9a-f]{32}$/;
const SAID = { saving: "Saving ...", saved: "Saved", waiting: "Not saved yet, trying again" };
const saved_here = document.getElementById("saved"); // in the bar, or beside the progress that stays in view
const [invitation, draft_in_link] = location.hash.slice(1).split(".");
const memory = new Memory(`milepost-${name_of(invitation || "")}`);
let keys, asked, answers, saving, screen = "", begun_at = 0;

addEventListener("hashchange", () => location.reload());
addEventListener("popstate", (event) => asked && saving && draw(event.state?.screen ?? "start"));
addEventListener("keydown", by_key);
addEventListener("beforeunload", (event) => {
  if (saving?.waiting.size && !memory.works) event.preventDefault();
});
document.addEventListener("visibilitychange", () => (document.hidden ? stop_clock() : again()));
begin();

// Opening

async function begin() {
  document.getElementById("wait").hidden = false;
  if (!SECRET.test(invitation || "")) {
    return problem("This link is not whole", "Open the whole link you were sent, up to its last sign: what stands behind the # is part of it.");
  }
  keys = { invitation, draft: [draft_in_link, memory.held.draft].find((each) => SECRET.test(each || "")) || secret() };
  memory.put({ draft: keys.draft });
  // Where this browser keeps nothing, the address does; else it does not, so that a link handed on shows no answers.
  history.replaceState({ screen: "start" }, "", memory.works ? `#${invitation}` : `#${invitation}.${keys.draft}`);
  saving = new Saving(keys, memory, { refused: over, wrong: (item, said) => complain(document.getElementById(`question-${item}`), said), state: saved });
  try {
    asked = await call("/answer/api/open", keys);
  } catch (error) {
    return error.passes ? unreachable() : over(error);
  }
  answers = { ...asked.answers, ...saving.rest };
  drop_nothing();
  document.title = `${asked.title} - Milepost`;
  if (saving.waiting.size) saving.flush();
  draw("start");
}

/** Another tab may have answered meanwhile. */
async function again() {
  if (!asked || !saving || screen === "over") return;
  start_clock();
  try {
    const now = await call("/answer/api/open", keys);
    answers = { ...now.answers, ...saving.rest };
    drop_nothing();
    if (screen === "summary") draw(screen);
    else progress();
  } catch (error) {
    if (!error.passes) over(error);
  }
}

function drop_nothing() {
  for (const key of Object.keys(answers)) if (answers[key] === null) delete answers[key];
}

function unreachable() {
  show(el("h1", {}, "There is no connection"), el("p", {}, "The survey could not be opened. What you answered before is kept; try again when you are connected."),
    el("div", { class: "buttons" }, el("button", { class: "strong", onclick: () => location.reload() }, "Try again")));
}

// Screens

function go(next) {
  history.pushState({ screen: next }, "");
  draw(next);
}

function draw(next) {
  screen = next;
  document.querySelector(".bar").append(saved_here);
  if (next === "start") start();
  else if (next === "summary") summary();
  else block(Number(next));
}

function start() {
  stop_clock();
  const items = asked.blocks.flatMap((each) => each.items);
  const minutes = Math.max(1, Math.round(asked.blocks.reduce((sum, each) => sum + each.minutes, 0)));
  const continues = Object.keys(answers).length > 0;
  const closes = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" }).format(new Date(asked.closes_at));
  show(
    el("h1", { dir: "auto" }, asked.title),
    el("p", {}, asked.purpose),
    el("ul", { class: "facts" },
      fact("Team", asked.team), fact("Invitation of", asked.name), fact("Takes", `about ${count(minutes, "minute")}, ${count(items.length, "question")}`), fact("Open until", closes)),
    el("div", { class: "card" },
      el("h3", {}, "What happens with your answers"),
      el("ul", {},
        el("li", {}, "They are kept without your name and without a time. Milepost notes only that this invitation was answered."),
        el("li", {}, "Nobody sees an answer before the survey closes. Then results of groups of five and more are shown, and comments in a random order."),
        el("li", {}, "Please name no persons, yourself included.")),
      el("details", {}, el("summary", {}, "What this does not guard against"),
        el("p", { class: "small" }, "Whoever administers the server and watches its database while you answer could see answers arrive. A group that answers all alike shows what each of it said. And what you write in your own words may be recognised."))),
    el("div", { class: "buttons" }, el("button", { class: "strong", onclick: () => go(String(continues ? first_open() : 0)) }, continues ? "Continue" : "Begin"),
      continues && el("button", { onclick: () => go("summary") }, "Go to the end")),
    el("p", { class: "quiet small" }, continues ? "What you have answered is here. "
      : "Every answer is saved at once, and this browser remembers where you were. If you began on another device, nothing of that is here: only its own link for another device opens it. "),
    device());
}

function fact(label, text) {
  return el("li", {}, el("b", {}, label), el("span", { dir: "auto" }, text));
}

function device() {
  const button = el("button", { class: "plain", onclick: () => copy(`${location.origin}${location.pathname}#${invitation}.${keys.draft}`, button) }, "Copy the link that continues on another device");
  return el("p", { class: "small" }, button, el("br"), el("span", { class: "quiet" }, "It shows your answers until you hand in: for you alone."));
}

function first_open() {
  const place = asked.blocks.findIndex((each) => each.items.some((item) => !(item.key in answers)));
  return place < 0 ? asked.blocks.length - 1 : place;
}

function block(place) {
  start_clock();
  const each = asked.blocks[place];
  const before = asked.blocks.slice(0, place).reduce((sum, one) => sum + one.items.length, 0);
  const last = place === asked.blocks.length - 1;
  show(
    el("div", { class: "progress" }, el("div", { id: "told" }, el("b", { id: "done" }), el("span", { id: "left" })), el("progress", { id: "bar", max: 1, value: 0, "aria-label": "Answered" })),
    el("p", { class: "quiet small" }, `Part ${place + 1} of ${asked.blocks.length}`),
    el("h2", {}, each.title),
    el("p", { class: "quiet" }, each.lead),
    each.items.map((item, index) => question(item, before + index + 1, answers[item.key], (answer) => tell(item, answer), asked, held(item))),
    el("div", { class: "buttons" },
      el("button", { onclick: () => go(place ? String(place - 1) : "start") }, "Back"),
      el("button", { class: "strong", id: "next", onclick: () => go(last ? "summary" : String(place + 1)) }, last ? "To the end" : "Next")));
  document.getElementById("done").after(saved_here);
  progress();
}

/** What cannot be saved like this: pain points that lack something, a text that is too long. */
function held(item) {
  return { held: () => memory.held[`u:${item.key}`] ?? [], keep: (points) => memory.put({ [`u:${item.key}`]: points }) };
}

function tell(item, answer) {
  if (JSON.stringify(answer) === JSON.stringify(answers[item.key] ?? null)) return;
  answer = structuredClone(answer); // its form goes on changing what it told
  if (answer === null) delete answers[item.key];
  else answers[item.key] = answer;
  saving.put(item.key, answer);
  progress();
}

function progress() {
  const done = document.getElementById("done");
  if (!done) return;
  const items = asked.blocks.flatMap((each) => each.items);
  const answered = items.filter((item) => item.key in answers).length;
  const left = asked.blocks.reduce((sum, each) => sum + (each.minutes * each.items.filter((item) => !(item.key in answers)).length) / each.items.length, 0);
  done.textContent = `${answered} of ${items.length}`;
  document.getElementById("left").textContent = answered === items.length ? "all answered" : left < 1 ? "less than a minute left" : `about ${count(Math.round(left), "minute")} left`;
  const bar = document.getElementById("bar");
  bar.max = items.length;
  bar.value = answered;
}

function summary() {
  stop_clock();
  const open = asked.blocks.flatMap((each, place) => each.items.filter((item) => !(item.key in answers)).map((item) => [place, item]));
  const all = asked.blocks.flatMap((each) => each.items);
  const half = all.filter((item) => held(item).held().length);
  const button = el("button", { class: "strong", onclick: () => hand_in(button) }, "Hand in");
  const answered = all.length - open.length;
  button.disabled = answered === 0;
  show(
    el("h2", {}, open.length ? "Nearly done" : "All answered"),
    el("p", {}, `You have answered ${answered} of ${count(all.length, "question")}. Once handed in, nothing can be seen or changed any more.`),
    answered === 0 && el("p", { class: "wrong" }, "Answer at least one question before you hand in."),
    half.length && el("div", { class: "card notice" }, el("p", {}, "Something you wrote is not whole or too long, and is not handed in like this:"),
      el("button", { dir: "auto", onclick: () => jump(asked.blocks.findIndex((each) => each.items.includes(half[0])), half[0]) }, half[0].text)),
    open.length && [el("h3", {}, "Not answered"), el("p", { class: "quiet" }, "You may leave them out: they count as not answered, not as no."),
      el("ul", { class: "jumps" }, open.map(([place, item]) => el("li", {}, el("button", { class: "plain", dir: "auto", onclick: () => jump(place, item) }, item.text))))],
    el("p", { class: "wrong", id: "trouble", role: "alert", hidden: true }),
    el("div", { class: "buttons" }, el("button", { onclick: () => go(String(asked.blocks.length - 1)) }, "Back"), button));
}

function jump(place, item) {
  go(String(place));
  enter(document.getElementById(`question-${item.key}`));
}

// Handing in

async function hand_in(button, tries = 0) {
  button.disabled = true;
  button.textContent = "Handing in ...";
  memory.put({ handing: true });
  try {
    await saving.flush();
    if (screen !== "summary") return;
    await call("/answer/api/hand-in", { ...keys, answers: saving.rest, seconds: memory.held.whole ? seconds() : null });
    return thanks();
  } catch (error) {
    if (!error.passes) {
      if (error.status !== 422) return over(error);
      memory.put({ handing: false });
    }
    const place = document.getElementById("trouble");
    if (!button.isConnected) return;
    place.hidden = false;
    if (error.passes) {
      place.textContent = "Not handed in yet: there is no connection, or the server is busy. It is tried again by itself; your answers are kept.";
      setTimeout(() => button.isConnected && hand_in(button, tries + 1), 1000 * Math.max(error.wait, Math.min(2 ** (tries + 1), 20)));
    } else {
      place.textContent = error.message;
      button.disabled = false;
      button.textContent = "Hand in";
    }
  }
}

function thanks() {
  finish();
  show(el("h1", {}, "Thank you"), el("p", {}, "Your answers are handed in. They carry no name and no time, and this browser has forgotten them."),
    el("p", {}, "When the survey closes, the team sees the results: ask whoever sent you the link. You can close this page."));
}

/** The survey takes nothing (any more): handed in, closed, or a link that opens nothing. */
function over(error) {
  // Handed in before and the answer was lost on its way.
  if (error.status === 409 && memory.held.handing) return thanks();
  const mine = answers && Object.keys(answers).length ? told() : "";
  finish();
  if (error.status === 409) {
    return problem("Already handed in", "The answers of this invitation are handed in, and nothing more can be added. If that was not you, tell whoever sent you the link.");
  }
  const button = mine && el("button", { onclick: () => copy(mine, button) }, "Copy my answers");
  const take = mine && el("div", { class: "buttons" }, button);
  if (error.status === 410 || (error.status === 404 && mine)) {
    const why = error.status === 410 ? "It closed" : "It closed, or your link was replaced by a newer one,";
    return problem("This survey is closed", mine
      ? `${why} before you handed in: your answers are not in its result, and nobody has seen them. Copy them if you want to keep them, and ask whoever sent you the link.`
      : `${error.message} If you wanted to answer, ask whoever sent you the link.`, take);
  }
  if (error.status === 404) return problem("This link opens nothing", error.message);
  return problem("This did not work", error.message);
}

function problem(title, sentence, more) {
  screen = "over";
  show(el("h1", {}, title), el("p", {}, sentence), more);
}

function finish() {
  document.querySelector(".bar").append(saved_here);
  screen = "over";
  begun_at = 0;
  saving.stop();
  saved("");
  asked = answers = undefined; // going back shows nothing of it
  if (keys) memory.forget();
}

/** What was answered, as a text. */
function told() {
  const value = (item, answer) => {
    if (answer.said) return answer.said === "dont_know" ? "Don't know" : "Not applicable";
    if (item.kind === "choice") return item.options[answer.value];
    if (item.kind === "pain-points") return answer.value.map((point) => point.text || point.step).join("; ");
    return String(answer.value);
  };
  return asked.blocks.flatMap((each) => each.items).filter((item) => item.key in answers)
    .map((item) => `${item.text}\n${value(item, answers[item.key])}`).join("\n\n");
}

function saved(state) {
  saved_here.textContent = SAID[state] ?? "";
  saved_here.dataset.state = state;
}

// Time spent on the questions: known only when this browser has seen all of it

function start_clock() {
  if (memory.held.whole === undefined) memory.put({ whole: !asked.begun, spent: 0 });
  begun_at ||= Date.now();
}

function stop_clock() {
  if (!begun_at) return;
  const spent = seconds();
  begun_at = 0;
  memory.put({ spent });
}

function seconds() {
  return (memory.held.spent ?? 0) + (begun_at ? (Date.now() - begun_at) / 1000 : 0);
}

// Keys: a number chooses, Enter goes on

function by_key(event) {
  if (!/^\d+$/.test(screen) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target;
  const typing = target.matches("textarea, select, input[type=number], input[type=text]");
  const groups = [...document.querySelectorAll("fieldset.question")];
  const here = target.closest?.("fieldset.question") ?? groups.find((group) => !(group.dataset.key in answers)) ?? groups[0];
  if (event.key === "Enter") {
    if (target.matches("textarea, select, button, summary, a")) return;
    event.preventDefault();
    const next = target.closest?.("fieldset.question") ? groups[groups.indexOf(here) + 1] : here;
    if (next) enter(next);
    else document.getElementById("next").click();
  } else if (!typing && /^[1-9dn]$/i.test(event.key) && press(here, event.key)) {
    event.preventDefault();
  }
}
