"""Steps that make a release: publish an image, a package, or a release with its files."""

import re

from assessments.evidence.finding import Evidence, Finding, unknown
from assessments.evidence.pipelines import actions, ran, unseen, workflows
from assessments.evidence.reading.workflows import Step
from assessments.evidence.snapshot import Snapshot

_COMMANDS = re.compile(
    r"^(docker (buildx )?(push|build .*--push|bake .*--push)|podman push|buildah push|skopeo copy|ko (build|publish|"
    r"resolve)|"
    r"(npm|pnpm|yarn|bun) (\S+ )*publish|twine upload|poetry publish|uv publish|flit publish|hatch publish|"
    r"pdm publish|maturin (publish|upload)|"
    r"cargo (\S+ )?publish|gem push|goreleaser (\S+ )*(release|build)|gh release (create|upload)|semantic-release|"
    r"release-it|"
    r"(mvn|mvnw) .*\bdeploy\b|(gradle|gradlew) .*\b(publish\w*|uploadArchives|closeAndRelease\w*)\b|dotnet nuget push|"
    r"nuget push|"
    r"helm (push|cm-push)|mix hex\.publish|lerna publish|nx release|changeset publish|jreleaser|vsce publish|"
    r"ovsx publish|fastlane|"
    r"dart pub publish|(rake|bundle exec rake) release|"
    r"ansible-galaxy (collection publish|role import|import)|cr upload|oras push|git tag )"
)
#: Images that only tests use.
_FOR_TESTS = re.compile(r"(^|[/\s:-])tests?([-_./\s]|$)", re.IGNORECASE)
#: Registries that live no longer than a run.
_LOCAL = re.compile(r"localhost|127\.0\.0\.1|:5000/")
_ACTIONS = re.compile(
    r"^(softprops/action-gh-release|ncipollo/release-action|actions/create-release|actions/upload-release-asset|"
    r"svenstaro/upload-release-action|"
    r"pypa/gh-action-pypi-publish|goreleaser/goreleaser-action|googleapis/release-please-action|"
    r"google-github-actions/release-please-action|"
    r"changesets/action|cycjimmy/semantic-release-action|codfish/semantic-release-action|python-semantic-release/\S+|"
    r"helm/chart-releaser-action|"
    r"js-devtools/npm-publish|marvinpinto/action-automatic-releases|rubygems/release-gem|"
    r"crazy-max/ghaction-github-release|"
    r"taiki-e/upload-rust-binary-action|tauri-apps/tauri-action|release-plz/action|"
    r"gradle-update/\S+|jetbrains/\S*publish\S*|wangyoucao577/go-release-action|elgohr/publish-docker-github-action|"
    r"[\w.-]+/[\w.-]+/(publish|release)([-_]\w+)?$)"
)


_MAKING = re.compile(r"build|release|publish|docker|image|deploy", re.IGNORECASE)
#: What only names a version or writes notes.
_NAMES = re.compile(
    r"^(git tag |ansible-galaxy (role )?import|googleapis/release-please|"
    r"google-github-actions/release-please|"
    r"gh release create (?!.*\.(zip|gz|tgz|deb|rpm|whl|jar|exe|nupkg)|.*[*]))"
)


def artefacts(snapshot: Snapshot) -> list[Evidence]:
    """Of these, the steps that bring out something built, rather than only a tag with notes."""
    sources_only = any(
        re.search(r"^\s*-?\s*skip:\s*true", text, re.MULTILINE)
        and not re.search(r"^(dockers|nfpms):", text, re.MULTILINE)
        for _, text in snapshot.texts(snapshot.find("{,.}goreleaser.{yml,yaml}"))
    )
    return [
        each
        for each in releases(snapshot)
        if not _NAMES.match(each.what)
        and not (sources_only and "goreleaser" in each.what)
        and ("semantic-release" not in each.what or "package.json" in snapshot.entries)
    ]


def elsewhere(snapshot: Snapshot) -> Finding | None:
    """Why nothing can be called unreleased: another system, or a workflow of another repository, may release."""
    for flow in workflows(snapshot):
        for job in flow.jobs:
            if job.uses and job.uses.foreign and _MAKING.search(job.uses.where):
                said = f"The pipeline calls {job.uses.text}, which stands in another repository."
                return unknown(said, [Evidence(flow.path, job.uses.line, job.uses.text)])
    return unseen(snapshot)


def pushes(step: Step) -> bool:
    """Whether an action that builds images pushes one that is not only for tests."""
    given = " ".join(str(step.with_.get(name) or "") for name in ("file", "context", "tags"))
    return str(step.with_.get("push", "")).lower() not in ("", "false") and not _FOR_TESTS.search(given)


def releases(snapshot: Snapshot) -> list[Evidence]:
    """Every such step."""
    found = [
        each.evidence()
        for each in ran(snapshot)
        if _COMMANDS.match(each.command.spoken)
        and "--dry-run" not in each.command.text
        and not _LOCAL.search(each.command.text)
        and "--snapshot" not in each.command.words
    ]
    steps = [(flow.path, step) for flow in workflows(snapshot) for _, step in flow.steps()]
    steps += [(action.path, step) for action in actions(snapshot) for step in action.steps]
    for path, step in steps:
        if not step.uses:
            continue
        if _ACTIONS.match(step.uses.where.lower()) or (
            step.uses.name in ("docker/build-push-action", "docker/bake-action", "redhat-actions/push-to-registry")
            and pushes(step)
        ):
            found.append(Evidence(path, step.uses.line, step.uses.text))
    return found
