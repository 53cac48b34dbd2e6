"""What people say with a rubric before them, and what other teams took over."""

from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import Context, Judgement, Kind, collected, counted, failed, passed, unknown
from assessments.poc.model import Level
from assessments.poc.schemas import parameters, shape, text, whole

SCHEMA = parameters(
    {
        "rubric": {
            "description": "Criteria that the person says yes to, one sentence each.",
            "type": "array",
            "items": {"type": "string", "minLength": 3, "maxLength": 240},
            "minItems": 1,
            "maxItems": 12,
        },
        "role": text("Role in which the person is asked, such as a security reviewer."),
        "min": whole(1, "So many people other than the authors (1)."),
        "spread": {
            "description": "Other teams that passed a proof of concept which they took from this one.",
            **shape(
                {
                    "poc": text("Which, as `track/poc`."),
                    "teams": whole(1, "So many teams."),
                },
                ("poc", "teams"),
            ),
        },
    },
    oneOf=[{"required": ["rubric"]}, {"required": ["spread"], "maxProperties": 1}],
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    if "spread" in params:
        return _spread(params["spread"], context)
    authors = collected(context.known.authors, "who wrote this", context.known, own=True)
    said = [
        each
        for each in collected(context.known.attestations, "what reviewers said", context.known, own=True)
        if each.check == context.id
    ]
    known = [each for each in said if each.by not in authors and each.role == params.get("role", each.role)]
    others = {each.by: each for each in known if not each.commit or each.commit == context.snapshot.commit}
    who = params.get("role", "person")
    if known and not others:
        return unknown(
            f"A {who} other than the authors looked at an earlier commit.",
            todo=f"Ask a {who} for a review of the newest one.",
        )
    if not others:
        own = " Authors cannot answer for themselves." if said else ""
        return unknown(
            f"No {who} other than the authors has said anything yet.{own}", todo=f"Ask a {who} for a review."
        )
    if refusing := [each for each in others.values() if not each.accepted]:
        return failed(f"A {who} did not accept it.", [Evidence(None, None, f"{len(refusing)} said no")])
    rubric = set(params["rubric"])
    whole_ = [each for each in others.values() if rubric <= set(each.criteria)]
    if len(whole_) < params.get("min", 1):
        text = f"{len(whole_)} said yes to the whole rubric, and {params.get('min', 1)} are needed."
        return unknown(text, todo=f"Ask a {who} to answer every criterion.")
    return passed(
        f"A {who} other than the authors accepted it.",
        [Evidence(None, None, f"{len(whole_)} said yes")],
        level=Level.E4,
    )


def _spread(wanted: Mapping[str, Any], context: Context) -> Judgement:
    """Worth as much as the least that any of the teams needed shows, and no more than E2: each passed with its own."""
    spread = [
        each
        for each in collected(context.known.spread, "what other teams took over", context.known, own=True)
        if each.poc == wanted["poc"]
    ]
    good = sorted((each.level for each in spread if each.level is not None), reverse=True)
    places = [Evidence(None, None, "another team passed it") for _ in good]
    if len(good) < wanted["teams"]:
        needed = f"{wanted['teams']} {'is' if wanted['teams'] == 1 else 'are'} needed"
        teams = counted(len(good), "other team", "other teams")
        text = f"{teams} passed {wanted['poc']} as taken from this one, and {needed}."
        return failed(text, places, todo="Show it to a team that works in a similar way, and help it begin.")
    level = min(good[wanted["teams"] - 1], Level.E2)
    return passed(f"{counted(len(good), 'other team', 'other teams')} passed it.", places, level=level)


KIND = Kind(
    "attest",
    "What people other than the authors say with a rubric before them, and what other teams took over.",
    SCHEMA,
    Level.E4,
    judge,
    globs=lambda params: (),
    files=False,
)
