"""Reviews by people who did not write what they reviewed."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.evidence.reading.codeowners import PLACES, read_codeowners
from assessments.evidence.snapshot import Snapshot
from assessments.poc.judging import Context, Judgement, Kind, Open, collected, counted, failed, passed, unknown
from assessments.poc.known import Review
from assessments.poc.model import Level
from assessments.poc.schemas import parameters, text, whole

SCHEMA = parameters(
    {
        "approvals": whole(1, "People other than the authors who approved what is judged now."),
        "group": text("A role or team that one of them is in."),
        "owner_groups": whole(1, "Different teams of CODEOWNERS that they are in together."),
        "comments": whole(1, "Remarks on lines by people other than the authors."),
    },
    ("approvals",),
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    known = context.known
    reviews = collected(known.reviews, "reviews of the pull request", known)
    authors = collected(known.authors, "who wrote this", known)
    others = [each for each in reviews if each.author not in authors and not each.automatic]
    standing = _standing(others)
    approved = {name for name, each in standing.items() if each.state == "approved" and each.current}
    places = [Evidence(None, None, f"{each.state} by another person") for each in standing.values()]
    if refusing := [each for each in standing.values() if each.state == "changes_requested"]:
        return failed("Changes are asked for.", [Evidence(None, None, f"{len(refusing)} ask for changes")])
    if len(approved) < params["approvals"]:
        before = sum(each.state == "approved" and not each.current for each in standing.values())
        old = f"; {before} approved what it was before" if before else ""
        own = "; those of authors do not count" if any(each.author in authors for each in reviews) else ""
        needed = f"{params['approvals']} {'is' if params['approvals'] == 1 else 'are'} needed"
        return failed(f"{counted(len(approved), 'person', 'people')} approved it, and {needed}{old}{own}.", places)
    if "group" in params and not approved & _members(params["group"], context):
        return failed(f"Nobody of {params['group']} approved it.", places)
    if "owner_groups" in params:
        teams = [team for team in owner_teams(context.snapshot) if approved & _members(team, context)]
        if _covered(teams, approved, context) < params["owner_groups"]:
            because = (
                f"People of {len(teams)} teams of CODEOWNERS approved it, and {params['owner_groups']} are needed."
            )
            return failed(because, places)
    comments = sum(each.comments for each in others)
    if comments < params.get("comments", 0):
        return failed(f"There are {comments} remarks on lines, and {params['comments']} are needed.", places)
    said = f"{counted(len(approved), 'person who did not write it', 'people who did not write it')} approved it."
    return passed(said, places, level=Level.E4)


def _standing(reviews: list[Review]) -> dict[str, Review]:
    """The last review of each person that says yes or no; a comment takes nothing back."""
    found: dict[str, Review] = {}
    for each in sorted(reviews, key=lambda review: review.instant):
        if each.state in ("approved", "changes_requested", "dismissed"):
            found[each.author] = each
    return found


def _members(group: str, context: Context) -> frozenset[str]:
    groups = collected(context.known.groups, "who is in which team", context.known)
    return groups.get(group.casefold(), frozenset())


def _covered(teams: list[str], approved: set[str], context: Context) -> int:
    """How many teams can be spoken for by different people: one person in two teams speaks for one."""
    speaks: dict[str, str] = {}  # person -> team

    def seat(team: str, tried: set[str]) -> bool:
        for person in sorted(approved & _members(team, context)):
            if person not in tried:
                tried.add(person)
                if person not in speaks or seat(speaks[person], tried):
                    speaks[person] = team
                    return True
        return False

    return sum(seat(team, set()) for team in teams[:50])


def owner_teams(snapshot: Snapshot) -> list[str]:
    """Teams that CODEOWNERS names, in lower case with their `@`. Raises Open when it cannot be seen."""
    for path in PLACES:
        for _, said in snapshot.texts([path]):
            owners = {owner.casefold() for rule in read_codeowners(said) if not rule.wrong for owner in rule.owners}
            return sorted(owner for owner in owners if owner.startswith("@") and "/" in owner)
    if snapshot.left_out:
        raise Open(unknown(f"CODEOWNERS was not seen: {snapshot.left_out}"))
    return []


KIND = Kind(
    "pr-review",
    "Approvals by people other than the authors.",
    SCHEMA,
    Level.E4,
    judge,
    globs=lambda params: (),
    files=False,
)
