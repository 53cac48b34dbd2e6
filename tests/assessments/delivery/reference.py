"""The rules once more, slowly and plainly: loops over rows, no frames. What the calculator says must agree with it.

Covers one rule (GitHub deployments to prod*), several environments, incidents, reverts, rollbacks and the team's word
on failures. Times are integer microseconds, None = not known.
"""

from dataclasses import dataclass, field
from datetime import datetime

from assessments.delivery.facts import Facts
from assessments.delivery.settings import Settings
from tests.assessments.delivery.story import MONDAY

HOUR = 3_600_000_000
STAGES = ("coding", "draft", "waiting_for_review", "review", "waiting_to_merge", "waiting_to_deploy", "deploying")


def us(at: datetime | None) -> int | None:
    return None if at is None else round((at - MONDAY).total_seconds() * 1_000_000)


@dataclass
class Row:
    """One deployment as it is being judged."""

    id: str
    env: str
    sha: str | None
    position: int | None
    on_trunk: bool
    finish: int
    success: bool
    stated: bool | None
    counts: bool = True
    stands_for: str = ""
    role: str = "attempt"
    ships: int | None = 0
    mark: int | None = None
    previous: str | None = None
    undoes: str | None = None
    signals: dict[str, list] = field(default_factory=dict)  # kind -> recoveries, None = open
    said: list[tuple[bool, int | None]] = field(default_factory=list)
    repairs: list[tuple[str, str]] = field(default_factory=list)  # (deployment repaired, kind)


def production(facts: Facts, settings: Settings) -> list[Row]:
    rows = {}
    for fact in facts.deployments.rows(named=True):
        good = fact["status"] in ("success", "failure") and fact["finished_at"] is not None
        if good and fact["environment"].startswith("prod") and fact["finished_at"] <= facts.collected_until:
            rows[fact["deployment_id"]] = Row(
                *(fact["deployment_id"], fact["environment"], fact["sha"], fact["position"], fact["on_trunk"]),
                *(us(fact["finished_at"]), fact["status"] == "success", fact["unplanned"]),
            )
    rows = sorted(rows.values(), key=lambda r: (r.finish, -1 if r.position is None else r.position, r.id))
    nth = {}
    anchors: dict[tuple, Row] = {}
    several = len({row.env for row in rows}) > 1
    for row in rows:
        row.stands_for = row.id
        if not (several and row.success and row.sha):
            continue
        nth[row.sha, row.env] = nth.get((row.sha, row.env), -1) + 1
        key = (row.sha, nth[row.sha, row.env])
        anchor = anchors.get(key)
        if anchor and row.finish - anchor.finish <= settings.same_release_hours * HOUR:
            row.counts, row.stands_for = False, anchor.id
        else:
            anchors[key] = row
    return rows


def give_roles(rows: list[Row]) -> None:
    for env in {row.env for row in rows}:
        mark = running = running_id = previous = last = None
        seen = set()
        for row in (row for row in rows if row.env == env):
            if not row.success:
                last = row
                continue
            row.mark, row.previous = mark, previous
            new = row.sha is None or row.sha not in seen
            if row.position is None:
                row.role = "unknown"
            elif mark is None:
                row.role = "first"
            elif row.position > mark:
                row.role = "forward"
            elif row.position <= running and not row.on_trunk and new:
                row.role = "side_release"
            elif row.position < running:
                row.role = "rollback"
            else:
                row.role = "redeployment" if row.position == running else "roll_forward"
            if row.role == "rollback":
                row.undoes = running_id
            undone = last and not last.success and last.position is not None and row.position is not None
            if row.role == "redeployment" and undone and last.position > row.position:
                row.undoes = last.id
            if row.position is not None:
                mark = row.position if mark is None else max(mark, row.position)
                running, running_id = row.position, row.id
            seen.add(row.sha)
            previous, last = row.id, row


def ship(facts: Facts, rows: list[Row]) -> dict[str, dict]:
    old = facts.history_start
    changes = {}
    for fact in facts.changes.rows(named=True):
        state, by = "waiting", None
        if fact["position"] is None:
            state = "not_on_trunk"
        else:
            for row in rows:
                if row.counts and row.success and row.position is not None and row.position >= fact["position"]:
                    before = old is not None and fact["merged_at"] < old and row.role == "first"
                    state, by = ("before_history", None) if before else ("shipped", row)
                    break
        changes[fact["change_id"]] = {"fact": fact, "state": state, "by": by, "stages": {}, "lead": None}
        if by:
            split(changes[fact["change_id"]])
    for row in rows:
        if not row.counts or row.role == "unknown":
            row.ships = None
        elif row.role in ("first", "forward"):
            inside = [c["fact"] for c in changes.values() if c["fact"]["position"] is not None]
            inside = [f for f in inside if (-1 if row.mark is None else row.mark) < f["position"] <= row.position]
            late = [f for f in inside if row.role == "forward" or old is None or f["merged_at"] >= old]
            row.ships = len(late)
    return changes


def split(change: dict) -> None:
    fact, finish = change["fact"], change["by"].finish
    merged = min(us(fact["merged_at"]), finish)
    authored = us(fact["authored_at"])
    known = dict.fromkeys(STAGES)
    if authored is None:
        change["lead"] = finish - merged
    else:
        opened, ready = us(fact["opened_at"]), us(fact["ready_at"])
        review, approval = us(fact["first_review_at"]), us(fact["first_approval_at"])
        events = [event for event in (opened, ready, review, approval) if event is not None]
        seen, first = bool(events), min(events[0], merged) if events else merged
        start = min(authored, first)
        looked = review is not None or approval is not None
        change["lead"] = finish - start
        known["coding"] = first - start
        if seen:
            at_ready = min(max(ready if ready is not None else first, first), merged)
            seen_review = review if review is not None else approval if approval is not None else merged
            at_review = min(max(seen_review, at_ready), merged)
            at_approval = min(max(approval if approval is not None else merged, at_review), merged)
            known["draft"], known["waiting_for_review"] = at_ready - first, at_review - at_ready
            if looked:
                known["review"] = at_approval - at_review
            if approval is not None:
                known["waiting_to_merge"] = merged - at_approval
    known["waiting_to_deploy"] = finish - merged
    change["stages"] = known


def find_signals(facts: Facts, settings: Settings, rows: list[Row], changes: dict[str, dict]) -> None:
    by_id = {row.id: row for row in rows}

    def point(at: str, kind: str, recovered: int | None, repair: Row | None = None) -> None:
        failed = by_id[by_id[at].stands_for]
        if repair is None or repair is not failed:
            failed.signals.setdefault(kind, []).append(recovered)
            if repair:
                repair.repairs.append((failed.id, kind))

    for fact in {fact["incident_id"]: fact for fact in facts.incidents.rows(named=True)}.values():
        opened, found = us(fact["opened_at"]), fact["deployment"]
        if found not in by_id:
            limit = settings.attribution_hours * HOUR
            before = [row for row in rows if row.success and 0 < opened - row.finish <= limit]
            found = before[-1].id if before else None
        if found:
            point(found, "incident", us(fact["resolved_at"]))
    for change in changes.values():
        for target in change["fact"]["reverts"] or []:
            other = changes.get(target)
            if not other or other["state"] != "shipped" or other["fact"]["reverts"] or other is change:
                continue
            if change["by"] is not other["by"]:
                point(other["by"].id, "revert", change["by"].finish if change["by"] else None, change["by"])
    for row in rows:
        if row.counts and row.undoes:
            point(row.undoes, "rollback", row.finish, row)
    last_word = {}
    for fact in sorted(facts.corrections.rows(named=True), key=lambda fact: fact["correction_id"]):
        last_word[fact["subject"]] = (fact["kind"] == "deployment.failed", us(fact["at"]))
    for subject, word in last_word.items():
        if subject in by_id:
            by_id[by_id[subject].stands_for].said.append(word)


def verdict(rows: list[Row]) -> dict[str, dict]:
    out = {}
    for row in rows:
        said_failed = [at for failed, at in row.said if failed]
        cleared = bool(row.said) and not said_failed
        signals = {} if cleared else row.signals
        ends = {kind: None if None in at else max(at) for kind, at in signals.items()}
        inferred = [ends[kind] for kind in ("revert", "rollback") if kind in ends]
        candidate_end = min((end for end in inferred if end is not None), default=None)
        named = bool(said_failed) or "incident" in ends
        reached = row.counts and (row.success or named or bool(inferred))
        told = max((at for at in said_failed if at is not None), default=None)
        end = told if told is not None else ends.get("incident", candidate_end)
        out[row.id] = {
            "reached_users": reached,
            "failed": reached and named,
            "candidate": reached and bool(inferred) and not named,
            "recovered_at": end if reached and named else None,
            "standing": not cleared,
        }
    for row in rows:
        repaired = [out[target] for target, _ in row.repairs if out[target]["standing"]]
        sure = any(target["failed"] for target in repaired)
        reached = out[row.id]["reached_users"]
        out[row.id]["rework"] = reached and (row.stated if row.stated is not None else sure)
        out[row.id]["rework_candidate"] = reached and row.stated is None and bool(repaired) and not sure
    return out


def judge(facts: Facts, settings: Settings) -> tuple[dict[str, dict], dict[str, dict]]:
    """Deployments and changes by id, as plain values."""
    rows = production(facts, settings)
    give_roles(rows)
    changes = ship(facts, rows)
    find_signals(facts, settings, rows, changes)
    flags = verdict(rows)
    deployments = {
        row.id: {"counts": row.counts, "role": row.role, "ships": row.ships, "previous_id": row.previous}
        | flags[row.id]
        for row in rows
    }
    return deployments, changes
