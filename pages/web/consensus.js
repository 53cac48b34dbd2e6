// A consensus as one who takes part sees it: wait, vote in private, see all votes at once, talk, see what is agreed. The
// secrets stay in this file and the bodies of its calls: never in an address that is asked for.

import { Memory, call, count, el, name_of, secret, show } from "/web/common.js";
import { press, question } from "/web/questions.js";

const SECRET = /^[0-9a-f]{32}$/;
const [LIVELY, HIDDEN, SLOWEST] = [1500, 15000, 20000]; // milliseconds between two looks
const STATES = { agreed: "Agreed", parted: "No agreement yet", skipped: "Skipped" };
const [invitation, seat_in_link] = location.hash.slice(1).split(".");
const memory = new Memory(`milepost-seat-${name_of(invitation || "")}`);
let keys, now, drawn = "", shown = ["", ""], tries = 0, timer = 0, looking = false, over = false;
let unsent, sending = false; // the vote that the server does not have yet: {item, ballot, answer}

addEventListener("hashchange", () => location.reload());
addEventListener("online", look);
addEventListener("keydown", by_key);
document.addEventListener("visibilitychange", () => document.hidden || look());
begin();

function begin() {
  document.getElementById("wait").hidden = false;
  if (!SECRET.test(invitation || "")) {
    return ended("This link is not whole", "Open the whole link you were sent, up to its last sign: what stands behind the # is part of it.");
  }
  keys = { invitation, seat: [seat_in_link, memory.held.seat].find((each) => SECRET.test(each || "")) || secret() };
  memory.put({ seat: keys.seat });
  // Where this browser keeps nothing, the address does, so that a reload keeps the seat.
  history.replaceState(null, "", memory.works ? `#${invitation}` : `#${invitation}.${keys.seat}`);
  look();
}

// Asking

async function look() {
  if (over || looking || !keys) return;
  looking = true;
  clearTimeout(timer);
  try {
    let said = await call("/consensus/api/look", { ...keys, have: now?.tag }, 8);
    if (said.same) said = now;
    if (!said.seated) said = await call("/consensus/api/join", keys, 8);
    take(said);
    connected();
  } catch (error) {
    failed(error);
  } finally {
    looking = false;
  }
  later();
}

function later() {
  clearTimeout(timer);
  const wait = tries ? Math.min(LIVELY * 2 ** tries, SLOWEST) : LIVELY;
  if (!over) timer = setTimeout(look, document.hidden ? Math.max(wait, HIDDEN) : wait);
}

function connected() {
  tries = 0;
const kept = now.question?.state === "voting" && now.mine;
  if (unsent) say("waiting", "Vote not sent yet, trying again");
  else say("saved", kept ? "Your vote is kept" : "");
  if (unsent && !sending) send();
}

function failed(error) {
  if (error.passes) {
    tries += 1;
    if (tries > 1) say("waiting", "No connection, trying again");
    if (!now && tries > 1) document.getElementById("wait").textContent = "The session cannot be reached. Trying again ...";
  } else if (error.status === 403) {
    tries = 1;
    if (drawn === "full") return;
    drawn = "full";
    show(el("h1", {}, "All seats are taken"), el("p", {}, error.message), el("p", { class: "quiet" }, "This page joins by itself as soon as a seat is free."));
  } else if (now && (error.status === 404 || error.status === 410)) {
    ended("The session has ended", `Thank you. ${now.so_far.length ? "This is where you came to:" : "Nothing was agreed."}`, [results(now.so_far),
      el("p", { class: "quiet small" }, "If the others still go on, a new link was made for you: open that one.")]);
  } else {
    ended(error.status === 404 ? "This link opens nothing" : error.status === 410 ? "Not open" : "This did not work", error.message);
  }
}

async function send() {
  sending = true;
  while (unsent && !over) {
    const vote = unsent;
    say("saving", "Sending ...");
    try {
      const said = await call("/consensus/api/vote", { ...keys, ...vote }, 8);
      if (unsent === vote) unsent = undefined;
      take(said);
      say("saved", unsent ? "Sending ..." : vote.answer ? "Your vote is kept" : "Your vote is taken back");
    } catch (error) {
      if (error.passes) {
        say("waiting", "Vote not sent yet, trying again");
        break; // the next look that succeeds sends it
      }
      unsent = undefined;
      say("waiting", error.status === 409 ? "Your vote came too late" : error.message);
      if (error.status === 404 || error.status === 410 || error.status === 403) failed(error);
      else look();
    }
  }
  sending = false;
}

let typing = 0;

/** Votes; a number that is still being typed a moment later. */
function tell(asked, answer) {
  unsent = { item: asked.key, ballot: asked.ballot, answer };
  clearTimeout(typing);
  if (asked.kind === "percent" && answer?.value !== undefined) typing = setTimeout(() => sending || send(), 500);
  else if (!sending) send();
}

// Drawing: anew when something else is in front, else only what changed

function take(said) {
  const before = now;
  now = said;
  document.title = `${now.title} - Milepost`;
  const asked = now.question;
  const screen = JSON.stringify(asked ? [asked.key, asked.state, asked.ballot, asked.agreed, asked.note] : "lobby");
  if (unsent && (asked?.key !== unsent.item || asked.ballot !== unsent.ballot || asked.state !== "voting")) unsent = undefined;
  if (screen !== drawn) {
    const first = !drawn || drawn === "full";
    drawn = screen;
    if (!asked) lobby();
    else if (asked.state === "voting") voting(asked);
    else if (asked.state === "revealed") revealed(asked, first);
    else settled(asked);
  } else if (asked?.state === "voting" && !unsent && JSON.stringify(before?.mine) !== JSON.stringify(now.mine)) {
    const group = document.querySelector("fieldset.question");
    if (!group.contains(document.activeElement) || !own(group)) group.replaceWith(fields(asked)); // voted in another tab
  }
  counts();
}

/** Whether the fields already say what this seat voted. */
function own(group) {
  const chosen = group.querySelector("input:checked, input[type=number]");
  return now.mine && chosen && String(now.mine.said ?? now.mine.value) === chosen.value;
}

function counts() {
  const here = document.getElementById("here");
  if (here) here.textContent = `${now.joined} of ${now.people} here`;
  const voted = document.getElementById("voted");
  if (!voted) return;
  const everybody = now.voted >= now.joined && now.voted > 1;
  voted.textContent = `${now.voted} of ${now.joined} ${now.joined === 1 ? "has" : "have"} voted${everybody ? ": the votes can be revealed" : ""}`;
  const dots = document.getElementById("dots");
  if (dots.childElementCount !== now.joined) dots.replaceChildren(...Array.from({ length: now.joined }, () => el("i")));
  [...dots.children].forEach((dot, place) => dot.classList.toggle("full", place < now.voted));
}

function top() {
  return el("div", { class: "progress" },
    el("div", {}, el("b", {}, now.number ? `Question ${now.number} of ${now.of}` : count(now.of, "question")),
      el("span", { class: "saved", id: "saved", role: "status", "data-state": shown[0] }, shown[1]), el("span", { id: "here" })),
    el("progress", { max: now.of, value: now.settled, "aria-label": "Questions done" }));
}

function lobby() {
  show(top(),
    el("h1", { dir: "auto" }, now.title),
    el("p", { class: "quiet", dir: "auto" }, now.team),
    el("div", { class: "card wait" }, el("p", { role: "status" }, "You are in. The first question comes as soon as whoever leads begins.")),
    el("h3", {}, "How it goes"),
    el("ol", { class: "steps" },
      el("li", {}, "Everybody votes in private, on their own screen."),
      el("li", {}, "All votes are shown at once, as numbers without names."),
      el("li", {}, "You talk, above all about what lies far apart."),
      el("li", {}, "You agree on a value, or note that you do not agree yet.")),
    el("details", {}, el("summary", {}, "Who can see my vote"),
      el("p", { class: "small" }, "Before the reveal nobody, not even whoever leads: they see how many have voted. A vote hangs on this browser and on no name, and is deleted once you have agreed. But you are few: who sees all votes and knows their own may guess the others. Whoever administers the server and watches its database could see votes arrive.")));
}


function fields(asked) {
  return question(asked, now.number, unsent ? unsent.answer : now.mine, (answer) => tell(asked, answer), {}, {});
}

function voting(asked) {
  show(top(),
    el("p", { class: "area" }, asked.area, asked.ballot > 1 && ` \u00b7 vote ${asked.ballot}`),
    el("h2", { class: "sr" }, `Question ${now.number}: vote now`),
    el("p", { class: "quiet small" }, asked.lead),
    fields(asked),
    el("div", { class: "tally" }, el("span", { id: "dots", "aria-hidden": "true" }), el("span", { id: "voted", role: "status" })),
    el("p", { class: "quiet small" }, "Nobody sees your vote before all are revealed. Until then you can change it."),
    so_far());
}

function revealed(asked, first) {
  const spread = now.spread;
  const ends = spread.rows.filter((row) => row.end);
  show(top(),
    el("p", { class: "area" }, asked.area),
    el("h2", { dir: "auto" }, asked.text),
    el("ol", { class: `spread${first ? "" : " fresh"}`, "aria-label": "All votes" }, spread.rows.map((row, place) => bar(row, place, spread.votes))),
    el("div", { class: `card talk ${spread.kind}` },
      el("p", {}, el("b", {}, spread.hint)),
      spread.kind === "apart" && asked.kind === "choice" && el("dl", { class: "ends" }, ends.flatMap((row) => [
        el("dt", {}, row.end === "low" ? "Lowest" : "Highest"), el("dd", { dir: "auto" }, row.text)]))),
    el("p", { class: "quiet" }, "Talk about it. Whoever leads notes what you agree on."),
    so_far());
}

function bar(row, place, votes) {
  const mine = JSON.stringify(row.answer) === JSON.stringify(now.mine);
  const fill = el("i");
  fill.style.width = `${(100 * row.votes) / votes}%`;
  const made = el("li", { class: row.votes ? "" : "none" },
    el("span", { class: "what" }, el("span", { dir: "auto" }, row.text), mine && el("span", { class: "mine" }, "Your vote")),
    el("span", { class: "track", "aria-hidden": "true" }, fill),
    el("span", { class: "votes" }, row.votes ? count(row.votes, "vote") : "0"));
  made.style.setProperty("--place", place);
  return made;
}

function settled(asked) {
  const last = now.settled >= now.of;
  show(top(),
    el("p", { class: "area" }, asked.area),
    el("h2", { dir: "auto" }, asked.text),
    el("div", { class: `card outcome ${asked.state}` },
      el("p", { class: "small quiet" }, STATES[asked.state]),
      asked.agreed && el("p", { class: "agreed", dir: "auto" }, asked.agreed),
      asked.note && el("p", { class: "note", dir: "auto" }, asked.note)),
    el("p", { class: "quiet", role: "status" }, last ? "That was the last question. Whoever leads ends the session." : "The next question comes as soon as whoever leads goes on."),
    so_far(asked));
}

/** What is settled, but for the question in front. */
function so_far(asked) {
  const others = now.so_far.filter((one) => !asked || one.text !== asked.text);
  return others.length > 0 && el("details", { class: "sofar" }, el("summary", {}, `Where you came to (${others.length})`), results(others));
}

function results(list) {
  return el("dl", { class: "results" }, list.flatMap((one) => [
    el("dt", { dir: "auto" }, one.text),
    el("dd", { dir: "auto" }, one.state === "agreed" ? el("b", {}, one.agreed) : el("span", { class: "quiet" }, STATES[one.state]),
      one.note && el("span", { class: "note" }, one.note))]));
}

function ended(title, sentence, more) {
  over = true;
  clearTimeout(timer);
  say("", "");
  show(el("h1", {}, title), el("p", {}, sentence), ...[more ?? []].flat());
}

function say(state, text) {
  shown = [state, text];
  const place = document.getElementById("saved");
  if (!place) return;
  place.textContent = text;
  place.dataset.state = state;
}

function by_key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.matches("input[type=number]")) return;
  const group = document.querySelector("fieldset.question");
  if (group && /^[1-9dn]$/i.test(event.key) && press(group, event.key)) event.preventDefault();
}
