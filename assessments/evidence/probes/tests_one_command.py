"""Can a newcomer run the tests with one command?"""

import re

from assessments.evidence.files import sources
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.pipelines import makefile_in
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="tests-one-command",
    title="Tests run with one command",
    family="tests",
    capabilities=("test-automation", "continuous-integration", "platform-engineering"),
    why="Tests that need a page of preparation are run by the pipeline alone, ten minutes later.",
    how="A target `test` or `check` of a Makefile, justfile or Taskfile, a script `test` in package.json, settings "
    "of tox, nox or pytest, or a build tool that knows tests by itself (Go, Cargo, Maven, Gradle, .NET, Mix), where "
    "tests exist.",
    outcomes={
        Outcome.MET: "One command runs the tests.",
        Outcome.NOT_MET: "Tests exist, and no command for them is written down.",
        Outcome.NOT_APPLICABLE: "There are no tests.",
    },
    remedy="Add a target `test` to a Makefile (or a script of your package manager) and name it in the README.",
    effort=Effort.MINUTES,
    version=2,
)

_KNOWN = {
    "go.mod": "go test",
    "Cargo.toml": "cargo test",
    "pom.xml": "mvn test",
    "build.gradle": "gradle test",
    "build.gradle.kts": "gradle test",
    "tox.ini": "tox",
    "noxfile.py": "nox",
    "mix.exs": "mix test",
    "build.sbt": "sbt test",
    "pytest.ini": "pytest",
    "Rakefile": "rake",
    "phpunit.xml.dist": "phpunit",
    "phpunit.xml": "phpunit",
    "pubspec.yaml": "dart test",
    "Package.swift": "swift test",
    "conftest.py": "pytest",
    ".rspec": "rspec",
    "meson.build": "meson test",
    "WORKSPACE": "bazel test",
    "MODULE.bazel": "bazel test",
    "manage.py": "manage.py test",
    "stack.yaml": "stack test",
    "build.zig": "zig build test",
    "deno.json": "deno test",
    "Project.toml": "Pkg.test",
}


def judge(snapshot: Snapshot) -> Finding:
    if not sources(snapshot).tests:
        return not_applicable("There are no tests.")
    found = []
    for path in snapshot.find("{,*/}{GNUmakefile,makefile,Makefile}"):
        makefile = makefile_in(snapshot, path.rpartition("/")[0])
        for target in ("test", "tests", "check", "unit-test", "unittest"):
            if makefile and (line := makefile.line(target)):
                found.append(Evidence(path, line, f"make {target}"))
    for path, text in snapshot.texts(snapshot.find("{,*/}package.json", "{,*/}composer.json")):
        if script := re.search(r'"test"\s*:\s*(\[|"(?!echo .*no test))', text):
            found.append(Evidence(path, text.count("\n", 0, script.start()) + 1, "script test"))
    for path, text in snapshot.texts(snapshot.find("{justfile,Justfile,.justfile}", "Taskfile.{yml,yaml}")):
        if target := re.search(r"^\s*@?(test|check)[\w-]*( [^:\n]*)?:", text, re.MULTILINE):
            found.append(Evidence(path, text.count("\n", 0, target.start()) + 1, target[0].strip()))
    for path, text in snapshot.texts(snapshot.find("pyproject.toml", "setup.cfg")):
        if settings := re.search(r"^\[(tool[.:])?(pytest|tox|nox|hatch\.envs\S*test)\S*\]", text, re.MULTILINE):
            found.append(Evidence(path, text.count("\n", 0, settings.start()) + 1, settings[0]))
    for name, command in _KNOWN.items():
        nearest = sorted(snapshot.find(f"{{,*/}}{name}"), key=lambda path: path.count("/"))
        found += [Evidence(path, None, command) for path in nearest[:1]]
    found += [Evidence(path, None, "dotnet test") for path in snapshot.find("**/*.sln", "**/*.slnx")[:1]]
    found += [
        Evidence(path, None, "a script for tests")
        for path in snapshot.find("{,bin/,script/,scripts/}{run-,run_,}test{s,}{,.sh,.py}")[:1]
    ]
    found += [
        Evidence(path, None, "docker compose")
        for path in snapshot.find("**/{docker-compose,compose}.test{,s}.{yml,yaml}")[:1]
    ]
    if found:
        return met("One command runs the tests.", found)
    return not_met(
        "Tests exist, and no command that runs them is written down.",
        [Evidence(sources(snapshot).tests[0], None, "test")],
    )
