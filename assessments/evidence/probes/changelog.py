"""Can a user see what a release changes?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, unknown
from assessments.evidence.pipelines import calls, ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.releasing import releases
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="changelog",
    title="Each release says what it changes",
    family="documentation",
    capabilities=("documentation-quality", "customer-feedback"),
    why="People update when they can see what they get and what may break.",
    how="A changelog with entries of versions or news fragments, generated notes of releases in the pipeline, or "
    "notes of the published releases.",
    outcomes={
        Outcome.MET: "There are notes for releases.",
        Outcome.NOT_MET: "Versions are released without notes.",
        Outcome.UNKNOWN: "No changelog is here, and notes of releases were not collected.",
        Outcome.NOT_APPLICABLE: "Nothing is released here.",
    },
    remedy="Let release-please or `gh release create --generate-notes` write them from the changes, and keep the "
    "titles readable.",
    effort=Effort.HOURS,
    part="releases",
    version=2,
)

_FILES = (
    "{CHANGELOG,CHANGES,HISTORY,NEWS,RELEASES,RELEASE_NOTES,RELEASE-NOTES}{,.md,.rst,.txt,.adoc}",
    "docs/{,source/}{changelog,changes,history,release-notes,release_notes,releases}.{md,rst}",
    "packages/*/CHANGELOG.md",
)
_VERSION = re.compile(
    r"^(#+ +([\w.-]+ +){0,3}|[#=*\s\[v]*(version\s+|release\s+)?)\[?v?[0-9]+\.[0-9]+", re.IGNORECASE | re.MULTILINE
)
_NOTES = re.compile(
    r"^gh release create .*(--generate-notes|--notes)|^(git-cliff|release-please|semantic-release|changeset|auto|"
    r"towncrier|conventional-changelog|standard-version|release-it)\b"
)
_ACTIONS = re.compile(
    r"^(release-drafter/release-drafter|googleapis/release-please-action|google-github-actions/release-please-action|"
    r"changesets/action|mikepenz/release-changelog-builder-action|orhun/git-cliff-action|"
    r"cycjimmy/semantic-release-action|python-semantic-release/\S+|go-semantic-release/action)"
)


def judge(snapshot: Snapshot) -> Finding:
    found = []
    for path, text in snapshot.texts(snapshot.find(*_FILES)):
        if entry := _VERSION.search(text):
            found.append(Evidence(path, text.count("\n", 0, entry.end()) + 1, "names versions"))
    for folder in (
        ".changeset/*.md",
        "{newsfragments,changelog.d,news}/*.{md,rst}",
        ".changes/**/*.{md,yaml}",
        "changelogs/fragments/*",
    ):
        found += [Evidence(path, None, "a fragment of news") for path in snapshot.find(folder)[:1]]
    found += [
        Evidence(path, None, "settings of a program that writes notes")
        for path in snapshot.find(
            ".github/release.{yml,yaml}",
            "cliff.toml",
            ".github/cliff.toml",
            ".github/release-drafter.yml",
            "{,.}release-please-config.json",
            ".releaserc*",
        )
    ]
    found += calls(snapshot, _ACTIONS) + [
        each.evidence() for each in ran(snapshot) if _NOTES.search(each.command.spoken)
    ]
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and str(step.with_.get("generate_release_notes", "")).lower() == "true":
                found.append(Evidence(flow.path, step.with_.at("generate_release_notes"), "notes are generated"))
    published = (snapshot.facts.releases or ()) if snapshot.facts else ()
    found += [Evidence(None, None, f"notes of release {each.tag}") for each in published[:1] if each.notes]
    if found:
        return met("There are notes for releases.", found)
    made = releases(snapshot)
    tags = (snapshot.history.tags or {}) if snapshot.history else {}
    if not made and not tags and not published:
        return not_applicable("Nothing is released here.")
    if not published and (snapshot.facts is None or snapshot.facts.releases is None):
        return unknown("No changelog is here; notes of published releases were not collected.")
    return not_met("Versions are released without notes.", made[:3])
