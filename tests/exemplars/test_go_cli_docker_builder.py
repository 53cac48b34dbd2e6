"""The command-line tool of the track builds, keeps its contract and needs no Docker for its tests; what is handed out
to begin with does not keep it."""

import json
import shutil

from assessments.poc import Known, Poc, read_poc
from assessments.poc import run as judge
from content import catalog
from tests.assessments.poc.trees import tree
from tests.exemplars import copied, exemplar, linted, run
from tests.need import need

TRACK = "go-cli-docker-builder"
POCS = ("command-tree", "settings-and-logs", "shipped")
#: Where modules of Go are kept between tests; nothing is looked up while they are there.
GO = {"GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}


def starter(folder, poc, *protected):
    """What is handed out: the stub with the protected files beside it."""
    made = folder / "starter"
    shutil.copytree(exemplar(TRACK, poc).parent / "stub", made)
    for name in protected:
        shutil.copy(exemplar(TRACK, poc) / name, made / name)
    return made


def test_the_tool_with_commands_builds_and_names_its_flags(tmp_path):
    go, folder = need("go"), copied(tmp_path, TRACK, "command-tree")
    run([go, "build", "-o", "docker-builder", "."], folder, **GO)
    help_ = run(["./docker-builder", "build", "--help"], folder).stdout
    assert "-f, --dockerfile string" in help_ and "-t, --tag strings" in help_ and "--dry-run" in help_


def test_the_tests_of_the_tool_with_commands_pass(tmp_path):
    go, folder = need("go"), copied(tmp_path, TRACK, "command-tree")
    run([go, "test", "./..."], folder, **GO)


def test_the_handed_out_tests_fail_on_the_first_program(tmp_path):
    go = need("go")
    folder = starter(tmp_path, "command-tree", "acceptance_test.go", "bench_test.go")
    said = run([go, "test", "./..."], folder, code=1, **GO).stdout
    assert said.count("    --- FAIL: TestAcceptance/") == 9


def test_a_tool_that_throws_its_error_away_does_not_keep_the_contract(tmp_path):
    go = need("go")
    folder = copied(tmp_path, TRACK, "command-tree", "near/error-looked-at--thrown-away")
    said = run([go, "test", "."], folder, code=1, **GO).stdout
    assert "TestAcceptance/a_failed_build_fails_the_tool" in said


def test_the_tests_of_the_tool_with_settings_pass(tmp_path):
    go, folder = need("go"), copied(tmp_path, TRACK, "settings-and-logs")
    run([go, "test", "./..."], folder, **GO)


def test_the_order_of_the_first_program_is_wrong(tmp_path):
    go = need("go")
    folder = starter(tmp_path, "settings-and-logs", "precedence_test.go", "bench_test.go")
    said = run([go, "test", "./..."], folder, code=1, **GO).stdout
    assert said.count("    --- FAIL: TestPrecedence/") == 12


def test_flags_that_are_copied_instead_of_bound_do_not_win(tmp_path):
    go = need("go")
    folder = copied(tmp_path, TRACK, "settings-and-logs", "near/bound--flags-copied")
    said = run([go, "test", "-run", "TestPrecedence", "."], folder, code=1, **GO).stdout
    assert "TestPrecedence/flag_over_environment" in said


def test_the_shipped_tool_says_its_version_and_starts_fast_enough(tmp_path):
    go, folder = need("go"), copied(tmp_path, TRACK, "shipped")
    run([go, "build", "-ldflags", "-X main.version=v1.2.3", "-o", "docker-builder", "."], folder, **GO)
    assert run(["./docker-builder", "version"], folder).stdout == "v1.2.3\n"
    run([go, "test", "-run", "TestColdStart", "."], folder, BENCH_JSON="bench.json", **GO)
    measured = json.loads((folder / "bench.json").read_text(encoding="utf-8"))["version"]
    assert measured["n"] == 50 and 0 < measured["p50_ms"] <= measured["p95_ms"] <= measured["max_ms"]


def test_tests_run_enough_of_the_shipped_tool(tmp_path):
    go, folder = need("go"), copied(tmp_path, TRACK, "shipped")
    run([go, "test", "-coverpkg=./...", "-coverprofile=cover.out", "./internal/..."], folder, **GO)
    *_, share = run([go, "tool", "cover", "-func=cover.out"], folder, **GO).stdout.split()
    assert float(share.rstrip("%")) >= 70


def test_the_first_program_cannot_say_its_version(tmp_path):
    go = need("go")
    folder = starter(tmp_path, "shipped", "bench_test.go")
    said = run([go, "test", "./..."], folder, code=1, BENCH_JSON="bench.json", **GO).stdout
    assert "docker-builder version: exit status 2" in said


def test_other_tools_find_nothing_in_what_is_shipped():
    folder = exemplar(TRACK, "shipped")
    run([need("zizmor"), "--offline", "--no-progress", "--quiet", folder], folder)
    run([need("hadolint"), folder / "Dockerfile"], folder)


def test_the_workflows_are_right():
    paths = [path for poc in POCS for path in sorted(exemplar(TRACK, poc).glob(".github/workflows/*.yml"))]
    assert len(paths) >= len(POCS) and linted(paths) == []


def outcome_of(poc: str, check: str, over: dict[str, str]) -> str:
    """What one check says of the exemplar with these files put over it."""
    whole = read_poc(f"{TRACK}/{poc}", catalog.pocs(TRACK)[poc])
    only = Poc(whole.key, tuple(each for each in whole.checks if each.id == check))
    there = [path for path in exemplar(TRACK, poc).rglob("*") if path.suffix in (".go", ".yml", ".mod")]
    files = {path.relative_to(exemplar(TRACK, poc)).as_posix(): path.read_text(encoding="utf-8") for path in there}
    return judge(only, tree(files | over), Known()).of(check).outcome


def test_a_function_of_ones_own_that_is_called_execute_returns_nothing_that_could_be_thrown_away():
    """As the generator of cobra lays it out: the error is looked at in the package cmd."""
    root = """
        package cmd

        import (
            "os"

            "github.com/spf13/cobra"
        )

        var rootCmd = &cobra.Command{Use: "docker-builder"}

        func Execute() {
            %s
        }
        """
    main = 'package main\n\nimport "example.com/platform/docker-builder/cmd"\n\nfunc main() { cmd.Execute() }\n'
    bodies = {"if err := rootCmd.Execute(); err != nil {\nos.Exit(1)\n}": "pass", "rootCmd.Execute()": "fail"}
    for body, outcome in bodies.items():
        over = {"main.go": main, "cmd/root.go": root % body}
        assert outcome_of("command-tree", "error-looked-at", over) == outcome


def test_systems_may_stand_in_the_settings_of_a_tool_that_releases():
    workflow = 'on: {push: {tags: ["v*"]}}\njobs: {go: {steps: [{uses: goreleaser/goreleaser-action@v6}]}}\n'
    for systems, outcome in (("goos: [linux, darwin]\n    goarch: [amd64, arm64]", "pass"), ("goos: [linux]", "fail")):
        over = {
            ".github/workflows/release.yml": workflow,
            ".goreleaser.yaml": f"version: 2\nbuilds:\n  - main: .\n    {systems}\n",
        }
        assert outcome_of("shipped", "systems", over) == outcome
