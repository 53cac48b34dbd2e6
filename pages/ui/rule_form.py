"""Choosing a production rule: the proposals, best first, and every setting that changes what is counted."""

import streamlit as st
from pydantic import ValidationError

from assessments.delivery import production
from assessments.delivery.settings import ProductionRule, Settings
from data import intake, teams
from data.access import Action, Subject, may
from data.people import Who
from data.queries import ServiceView
from data.seen import Seen
from pages.ui import cached, progress, words
from pages.ui.addresses import page_at
from pages.ui.text import count, plain

PATTERN_KINDS = {"tag": "tag", "release": "release"}
CHOOSE = {
    "workflow": "Workflows whose runs deploy to production",
    "github_deployment": "Environments that are production",
    "import": "Environments that are production",
    "webhook": "Environments that are production",
}
LISTED = 12  # names with their numbers in the caption


def edit(service: ServiceView, proposals: list[ProductionRule], workflows: tuple[str, ...]) -> Settings | None:
    """The settings as they stand in the form; None, with the reason shown, where they are not valid. workflows:
    those that have run."""
    now = service.settings
    options = _options(now, proposals, workflows)
    if not options:
        st.text("The sources hold neither deployments nor merges, so there is nothing a rule could count.")
        return None
    key = f"rule_{service.id}"
    chosen = st.radio(
        "Count as production",
        range(len(options)),
        format_func=lambda index: plain(words.sentence(words.rule(options[index]))) + _mark(index, now),
        captions=[words.MEANING[rule.kind] for rule in options],
        key=f"{key}_choice",
    )
    rule, key = options[chosen], f"{key}_{chosen}"
    fields = {"kind": rule.kind, "include": rule.include, "exclude": rule.exclude, "environment": rule.environment}
    if rule.kind in CHOOSE:
        fields |= _choose(rule, cached.seen_names(service, rule.kind), key)
    with st.expander("Patterns, paths and limits", icon=":material/tune:", expanded=False):
        if rule.kind in PATTERN_KINDS or rule.kind == "workflow":
            fields |= _patterns(rule, key)
        globs = st.text_area(
            "Paths of this service, one pattern a line",
            "\n".join(now.path_globs if now else ()),
            key=f"{key}_paths",
            placeholder="services/checkout/**",
            help="Only changes that touch these paths belong to the service. Empty: the whole repository.",
        )
        hours = st.number_input(
            "An incident may be the failure of a deployment for so many hours after it",
            min_value=1.0,
            max_value=720.0,
            value=now.attribution_hours if now else 24.0,
            step=1.0,
            key=f"{key}_hours",
        )
    try:
        given = {**(now.model_dump() if now else {}), "rule": fields, "attribution_hours": hours}
        return Settings(**given | {"path_globs": tuple(line.strip() for line in globs.splitlines() if line.strip())})
    except ValidationError as error:
        st.error(plain("; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())))
        return None


def _options(now: Settings | None, proposals: list[ProductionRule], workflows: tuple) -> list[ProductionRule]:
    """The rule in use, those proposed, and where workflows have run of which none was proposed, one to choose from."""
    options = ([now.rule] if now else []) + [rule for rule in proposals if not now or rule != now.rule]
    if workflows and not any(rule.kind == "workflow" for rule in options):
        before = [rule for rule in options if rule.kind != "merge"]
        own = ProductionRule(kind="workflow", include=production.exactly(workflows[0]))
        options = [*before, own, *options[len(before) :]] if options[len(before) :] else [*options, own]
    return options


def _mark(index: int, now: Settings | None) -> str:
    """The first choice is the one in use, or where none is yet, the one proposed."""
    if index:
        return ""
    return " :gray-badge[In use]" if now else " :green-badge[Proposed]"


def _choose(rule: ProductionRule, seen: tuple[Seen, ...], key: str) -> dict[str, str]:
    """Names from those seen, or patterns typed; with how often each was seen."""
    field = "include" if rule.kind == "workflow" else "environment"
    parts = [part.strip() for part in getattr(rule, field).split(",") if part.strip()]
    chosen = st.multiselect(
        CHOOSE[rule.kind],
        list(dict.fromkeys([*(one.pattern for one in seen), *parts])),
        parts,
        key=f"{key}_{field}",
        accept_new_options=True,
        placeholder="All count: choose, or type a name or pattern",
        help="A pattern may have * and ?; capitals do not matter.",
    )
    if seen:
        listed = ", ".join(f"{plain(one.name)} ({one.successes:,} of {one.times:,})" for one in seen[:LISTED])
        more = f" and {count(len(seen) - LISTED, 'other')}" if len(seen) > LISTED else ""
        st.caption(f"Seen, with how many succeeded: {listed}{more}.")
    return {field: ", ".join(chosen) or "*"}


def _patterns(rule: ProductionRule, key: str) -> dict[str, str]:
    """What is left out by its name; of tags and releases also which are meant."""
    left, right = st.columns(2)
    fields = {}
    if rule.kind in PATTERN_KINDS:
        what = PATTERN_KINDS[rule.kind]
        include = left.text_input(f"Count a {what} whose name matches", rule.include, key=f"{key}_include")
        fields["include"] = include.strip() or "*"
    exclude = right if fields else left
    label = "but not" if fields else "Leave out workflows whose name matches"
    fields["exclude"] = exclude.text_input(
        label, rule.exclude, key=f"{key}_exclude", placeholder="*-rc*, *-beta*"
    ).strip()
    st.caption("Patterns with * and ?, several separated by commas; capitals do not matter.")
    return fields


def save(user: Who, service: ServiceView, settings: Settings) -> None:
    """The button that makes it so; then all numbers are derived anew and Delivery opens."""
    if not may(user, Action.EDIT_SERVICE, Subject(service.organization_id, service.team_id, service.is_demo)):
        reason = "The demo organisation" if service.is_demo else "This service"
        st.caption(f"{reason} cannot be changed by you; you may try rules and see what they would count.")
        return
    same = settings == service.settings
    label = "Keep this rule" if same else "Use this rule"
    if st.button(label, type="primary", key=f"rule_save_{service.id}", icon=":material/check:"):
        if not same:
            with st.spinner("Working out every number by this rule ..."):
                try:
                    teams.save_settings(user, service.id, settings)
                    if job_id := intake.read_paths(user, service.id):
                        progress.watch(job_id)
                except ValueError as error:
                    st.error(plain(error))
                    return
        st.switch_page(page_at("delivery"), query_params={"service": str(service.id)})
