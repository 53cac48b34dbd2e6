"""The tracks as a team looks at them: what is recommended and why, what closes most of its gap, what it has done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from content import catalog
from data.improving import choices
from data.improving.choices import ChoiceView
from data.improving.plans import TeamPlan
from data.practices import model

RECOMMENDED, GAP, EFFORT, LEVEL = "recommended", "gap", "effort", "level"
ORDERS = (RECOMMENDED, GAP, EFFORT, LEVEL)
LEVELS = ("foundation", "intermediate", "advanced")
NOT_CHOSEN = "not_chosen"
STATES = (NOT_CHOSEN, choices.CHOSEN, choices.UNDER_WAY, choices.FINISHED, choices.DROPPED)
SHOWN_ALWAYS = ("beta", "active", "wip")


@dataclass(frozen=True)
class Entry:
    """A track for a team. because: the reason for it, or against it now. share: the part of the team's gap that it
    closes, 0 to 1; None where no gap is known. state: one of STATES; choice: the newest, where it was ever chosen.
    before: titles that are advised before it and not finished, with their slugs. areas: keys of what it works on."""

    track: dict[str, Any]
    recommended: bool
    because: str
    share: float | None
    state: str
    choice: ChoiceView | None
    before: tuple[tuple[str, str], ...]
    areas: tuple[str, ...]

    @property
    def slug(self) -> str:
        return self.track["slug"]

    @property
    def is_written(self) -> bool:
        """Whether there is anything to read yet."""
        return bool(self.track["modules"])

    @property
    def words(self) -> str:
        """What a search looks through."""
        names = [model.capabilities()[each["id"]].name for each in self.track["capabilities"]]
        return " ".join([self.track["title"], self.track["outcome"], *names, self.slug]).casefold()


def entries(plan: TeamPlan | None, also: str = "") -> tuple[Entry, ...]:
    """Every track that is taught, and those that are not any more but that the team has chosen; in their order. plan:
    None for somebody who has no team to look at. also: the slug of one that is listed in any case."""
    picked, others = (plan.plan.picks, plan.plan.others) if plan else ((), ())
    reasons = {one.slug: one.because for one in (*picked, *others)}
    picks, made = {one.slug for one in picked}, plan.choices if plan else ()
    done = {one.slug for one in made if one.state == choices.FINISHED}
    area_of = {key: area for area, (_, own) in model.areas().items() for key in own}
    found = []
    for slug, track in catalog.tracks().items():
        choice = newest(made, slug)
        if track["status"] not in SHOWN_ALWAYS and choice is None and slug != also:
            continue
        before = tuple((each, catalog.tracks()[each]["title"]) for each in track["requires"] if each not in done)
        areas = tuple(dict.fromkeys(area_of[each["id"]] for each in track["capabilities"]))
        share = plan.plan.shares.get(slug) if plan and plan.known else None
        state = choice.state if choice else NOT_CHOSEN
        found.append(Entry(track, slug in picks, reasons.get(slug, ""), share, state, choice, before, areas))
    return tuple(found)


def newest(some: Sequence[ChoiceView], slug: str) -> ChoiceView | None:
    """The choice of a track that counts: the active one, else the newest."""
    return next((one for one in some if one.slug == slug), None)  # they are listed so


def chosen(
    some: Sequence[Entry], words: str = "", level: str = "", area: str = "", state: str = "", order: str = RECOMMENDED
) -> tuple[Entry, ...]:
    """Those that fit all that is asked, "" asks nothing. Recommended: what is under way, what is recommended, then what
    closes most; what has ended comes last. Equal ones stay in the order of the tracks."""
    wanted = words.casefold().split()
    found = [
        one
        for one in some
        if all(word in one.words for word in wanted)
        and level in ("", one.track["level"])
        and (not area or area in one.areas)
        and state in ("", one.state)
    ]
    return tuple(sorted(found, key=lambda one: _place(one, order)))


def _place(one: Entry, order: str) -> tuple:
    least = -(one.share or 0.0)
    if order == GAP:
        return (least,)
    if order == EFFORT:
        return (one.track["hours"],)
    if order == LEVEL:
        return (LEVELS.index(one.track["level"]), least)
    ended = one.state in (choices.FINISHED, choices.DROPPED) or one.track["status"] not in SHOWN_ALWAYS
    return (ended, one.state not in choices.ACTIVE, not one.recommended, least)


def since(track: dict[str, Any], version: str) -> tuple[dict[str, Any], ...]:
    """What changed after that version: entries of the changelog, newest first. All of it when it never had that one."""
    found = []
    for entry in track["changelog"]:
        if entry["version"] == version:
            break
        found.append(entry)
    return tuple(found)
