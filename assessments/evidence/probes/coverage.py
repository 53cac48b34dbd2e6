"""Is it known which code no test runs?"""

import re

from assessments.evidence.files import language, sources
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.pipelines import calls, ran, unseen
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="coverage",
    title="Coverage of the tests is measured",
    family="tests",
    capabilities=("test-automation",),
    why="Coverage does not say that tests are good; it says where there are none.",
    how="Coverage in commands of the pipeline or in settings (pytest-cov, jest, go test -cover, JaCoCo, tarpaulin, "
    "coverlet and the like), or actions that upload it, where tests exist.",
    outcomes={
        Outcome.MET: "Coverage is measured.",
        Outcome.NOT_MET: "Tests exist, and their coverage is not known to be measured.",
        Outcome.NOT_APPLICABLE: "There are no tests.",
    },
    remedy="Turn on coverage in the test command and upload the report; look at its trend, and set no target for "
    "its own sake.",
    effort=Effort.HOURS,
    version=2,
)

_COMMANDS = re.compile(
    r"--cov\b|--cov[-=]|--coverage|-coverprofile|go test .*-cover|^(coverage|codecov|coveralls|kcov|grcov|"
    r"cargo (tarpaulin|llvm-cov)|nyc|c8|gcov|lcov|gcovr|slather|xcov|llvm-cov)\b|XPlat Code Coverage|jacoco|"
    r"koverXmlReport|enable-coverage|mix coveralls|test-coverage|test:coverage|coverage:ci|collect-coverage"
)
_ACTIONS = re.compile(
    r"^(codecov/codecov-action|coverallsapp/github-action|codacy/\S+|py-cov-action/\S+|orgoro/coverage|"
    r"irongut/codecoveragesummary|paambaati/codeclimate-action|qltysh/qlty-action|romeovs/lcov-reporter-action|"
    r"5monkeys/cobertura-action|sonarsource/\S+|madrapps/jacoco-report|davelosert/vitest-coverage-report-action|"
    r"barecheck/code-coverage-action|deepsourcelabs/\S+)"
)
_SETTINGS = {
    (
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
        "pytest.ini",
        ".coveragerc",
    ): r"^\[(tool\.|)coverage[.:]|--cov\b|^\[run\]|fail_under",
    (
        "**/package.json",
        "**/{jest,vitest,vite}.config.{js,ts,mjs,cjs,mts}",
    ): r"collectCoverage|coverageThreshold|coverage:|--coverage|\"(c8|nyc)\"|\bnyc \b",
    ("**/pom.xml", "**/build.gradle", "**/build.gradle.kts"): r"jacoco|kover|scoverage|cobertura",
    ("**/*.csproj", "**/Directory.{Build,Packages}.props"): r"coverlet",
    ("**/Gemfile", "**/*_helper.rb"): r"simplecov",
    (
        "codecov.{yml,yaml}",
        ".codecov.{yml,yaml}",
        ".github/codecov.{yml,yaml}",
        ".coveralls.yml",
        "sonar-project.properties",
    ): r"\S",
    ("**/mix.exs",): r"test_coverage|excoveralls",
    ("phpunit.xml{,.dist}",): r"<coverage",
}


def judge(snapshot: Snapshot) -> Finding:
    if not any(language(path) for path in sources(snapshot).tests):
        return not_applicable("There are no tests.")
    found = [each.evidence() for each in ran(snapshot) if _COMMANDS.search(each.command.whole)] + calls(
        snapshot, _ACTIONS
    )
    for globs, pattern in _SETTINGS.items():
        for path, text in snapshot.texts(snapshot.active(*globs)[:100]):
            if said := re.search(pattern, text, re.MULTILINE):
                found.append(Evidence(path, text.count("\n", 0, said.start()) + 1, "settings of coverage"))
    if found:
        return met("Coverage of the tests is measured.", found)
    return unseen(snapshot) or not_met(
        "Coverage of the tests is not known to be measured.", [Evidence(sources(snapshot).tests[0], None, "test")]
    )
