"""What is not known of a service, or limits its numbers, and what to do about each.

Sources leave notes of every kind; most only tell how they were read. Those listed here make a number wrong or missing.
"""

from dataclasses import dataclass, replace

import streamlit as st

from assessments.delivery.results import Summary
from data.people import Who
from data.queries import ServiceView
from pages.ui import states, undecided
from pages.ui.addresses import page_at
from pages.ui.text import count, plain


@dataclass(frozen=True)
class Gap:
    """says: what is not known; todo: what to do about it; label and page: where."""

    says: str
    todo: str
    label: str
    page: str


@dataclass(frozen=True)
class Telling:
    """A note that limits numbers, known by a part of its text; kinds: only under rules of these kinds; paths: only for
    a service that is limited to paths."""

    part: str
    todo: str
    kinds: tuple[str, ...] = ()
    paths: bool = False


NOTES = (
    Telling("shallow clone", "Fetch the rest, then read the clone again."),
    Telling("No pull request is visible", "Import changes to know when each was opened, reviewed and approved."),
    Telling("A clock was wrong", "Nothing can be done here: such times are moved as little as possible."),
    Telling("The clone lacks trees", "Clone it again without a filter, then read it again.", paths=True),
    Telling("files were touched by", "Nothing can be done here: they count for every service.", paths=True),
    Telling("lead to no commit", "Fetch with `git fetch --tags`, then read the clone again.", ("tag",)),
    Telling("Lightweight tags", "Tag with `git tag -a` from now on: it keeps the time of the release.", ("tag",)),
    Telling("No branch could be told", "Name it with `git remote set-head origin --auto`, then read the clone again."),
    Telling("There is no column status", "Add the column status to the file and import it again.", ("import",)),
    Telling("may not read", "Give the token or app that permission at GitHub, then read it again."),
    Telling("names its commit", "Add the column sha to the file and import it again.", ("import",)),
)


def notes(one: ServiceView) -> list[tuple[str, str]]:
    """Those notes of its sources that limit the numbers of this service, each with what to do about it."""
    kind = one.settings.rule.kind if one.settings else ""
    parts = bool(one.settings and one.settings.path_globs)
    return [
        (note, telling.todo)
        for note in one.notes
        for telling in NOTES
        if telling.part in note and kind in (telling.kinds or (kind,)) and (parts or not telling.paths)
    ]


def gaps(one: ServiceView, summary: Summary | None) -> list[Gap]:
    """Everything not known of a service, the widest first; summary: None while it cannot be judged."""
    if one.collected_until is None:
        return [Gap("nothing has been collected.", "Connect a clone or import files.", "Connect a source", "sources")]
    if not one.holds:
        return [Gap("its sources were read and hold nothing yet.", "Look whether they are the right ones, or wait for "
                    "the first merge.", "See its sources", "sources")]  # fmt: skip
    if one.settings is None:
        return [
            Gap(
                "nobody has said what counts as a production deployment.",
                "Accept the proposal, or choose another.",
                "Choose what counts",
                "rule",
            )
        ]
    found = []
    if not one.incidents_collected:
        says = "no incidents have been collected, so change fail rate, recovery time and rework rate are not known."
        todo, label = "Import incidents; a file without rows says that none happened.", "Import incidents"
        if "github" in one.kinds:
            todo, label = "Say which labels of issues are incidents, or import incidents.", "Choose labels"
        found.append(Gap(says, todo, label, "sources"))
    if summary:
        found += _uncovered(summary)
    return found + [Gap(note, todo, "See its sources", "sources") for note, todo in notes(one)]


def _uncovered(summary: Summary) -> list[Gap]:
    has, found = summary.coverage, []
    if has.changes_first_commit_hidden:
        found.append(
            Gap(
                f"when work began on {count(has.changes_first_commit_hidden, 'shipped change')} is hidden by squash or "
                "rebase merges.",
                "Import changes with authored_at to know their whole lead time.",
                "Import changes",
                "sources",
            )
        )
    if has.deployments_commit_unknown:
        found.append(
            Gap(
                f"the commit of {has.deployments_commit_unknown:,} of "
                f"{count(has.deployments_counted, 'deployment')} is not known, so what they shipped is not either.",
                "Import them again with their commits, or read a clone that holds these.",
                "See its sources",
                "sources",
            )
        )
    if has.incidents_unlinked:
        found.append(
            Gap(
                f"{has.incidents_unlinked:,} of {count(has.incidents, 'incident')} could not be tied to a deployment.",
                "Say which deployment caused them, or that none did.",
                "Link them",
                "delivery",
            )
        )
    return found


def show(user: Who, one: ServiceView, gap: Gap) -> None:
    """One gap: what it is, what to do, and the way there; or who can do it."""
    label = gap.label
    if gap.page == "rule" and not undecided.chooses(user, one):
        gap, label = (
            replace(gap, todo="Whoever leads the team can say it; look what each choice would count."),
            undecided.LOOK,
        )
    is_open = states.open_to(user, page_at(gap.page))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(one.name)}**: {plain(gap.says)}  \n:small[:gray[{_code(gap.todo)}]]", width="content")
        if is_open:
            st.page_link(page_at(gap.page), label=label, query_params={"service": str(one.id)})


def _code(todo: str) -> str:
    """Our own sentence: only the commands in it are marked up."""
    return "`".join(part if index % 2 else plain(part) for index, part in enumerate(todo.split("`")))
