"""What somebody might commit to fool the checks or to harm the portal: neither passes, nor crashes, nor takes long."""

import io
import zipfile
from dataclasses import replace

import pytest

from assessments.evidence.reading import Malformed
from assessments.evidence.snapshot import TEXT_LIMIT, Entry, Kind
from assessments.poc import Level, Refused
from assessments.poc.known import Artifact, Attestation, Job, Referenced, Review, Run, Settings
from assessments.poc.reading.archives import MEMBER_LIMIT, json_member
from tests.assessments.poc.trees import COMMIT, LISTED, ORGANISATION, forge, judge, lines, outcome

CI = ".github/workflows/ci.yml"
HAS_A = {"files": ["a.yml"], "conditions": [{"at": "a", "is": [1]}]}
BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)
)
LINK = Entry("", "1" * 40, Kind.SYMLINK, 11)
MODULE = Entry("", "2" * 40, Kind.SUBMODULE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "more than 100,000 values"),
        ("[" * 20_000, "not YAML"),
        ("[" * 100 + "]" * 100, "nested deeper"),
        ("a: *b", "anchor"),
        ("a: [1", "not YAML"),
        (b"a: \xff\xfe1", "not UTF-8"),
        (b"a: 1\n" + b"#" * TEXT_LIMIT, "larger than 512 KB"),
        (LINK, "symbolic link"),
    ],
)
def test_a_file_that_cannot_be_read_is_unknown_and_says_why(text, why):
    it = judge("yaml", HAS_A, {"a.yml": text})
    assert str(it.outcome) == "unknown" and why in it.because and "a.yml" in it.todo


def test_a_tag_makes_no_object():
    files = {"a.yml": "a: !!python/object/apply:os.system ['touch /tmp/fooled']\n"}
    assert outcome("yaml", HAS_A, files) == "fail"


def test_a_submodule_of_that_name_is_no_file():
    it = judge("file", {"files": ["service"]}, {"service": MODULE})
    assert str(it.outcome) == "unknown" and "submodule" in it.because


def test_a_link_does_not_count_as_absent():
    assert outcome("file", {"files": ["Jenkinsfile"], "absent": True}, {"Jenkinsfile": LINK}) == "fail"


def test_a_link_in_place_of_a_protected_file_fails():
    it = judge("hash", {"files": ["a_test.go"]}, {"a_test.go": LINK}, protected={"a_test.go": "package a\n"})
    assert str(it.outcome) == "fail" and "symbolic link" in it.because


def test_a_protected_file_in_a_tree_that_was_cut_is_unknown():
    parts = {"protected": {"a_test.go": "package a\n"}, "left_out": "it has too many files."}
    assert outcome("hash", {"files": ["a_test.go"]}, {}, **parts) == "unknown"
    assert outcome("hash", {"files": ["a_test.go"]}, {}, protected={"a_test.go": "x"}) == "fail"


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("file", {"files": ["a"]}),
        ("file", {"files": ["a"], "absent": True}),
        ("yaml", HAS_A),
        ("yaml", HAS_A | {"scope": "each", "optional": True}),
        ("go", {"files": ["*.go"], "tests": 1}),
        ("python", {"files": ["*.py"], "tests": 1}),
        ("markdown", {"files": ["a.md"], "words": 1}),
        ("promrules", {"files": ["a.yml"], "held_for": True}),
        ("dockerfile", {"files": ["Dockerfile"], "stages": 1}),
        ("hcl", {"files": ["*.tf"], "rules": ["no secrets"]}),
        ("text", {"files": ["a"], "comments": "#", "has": ["x"]}),
    ],
)
def test_absence_in_a_tree_that_was_cut_is_unknown(kind, params):
    it = judge(kind, params, left_out="it has too many files.")
    assert str(it.outcome) == "unknown" and "too many files" in it.because


def test_what_was_seen_stays_seen_beside_files_that_cannot_be_read():
    files = {"a.yml": "a: 1\n", "b.yml": "a: ["}
    assert outcome("yaml", HAS_A | {"files": ["*.yml"]}, files) == "pass"
    assert outcome("yaml", HAS_A | {"files": ["*.yml"], "scope": "each"}, files) == "unknown"
    files["c.yml"] = "a: 2\n"
    assert outcome("yaml", HAS_A | {"files": ["*.yml"], "scope": "each"}, files) == "fail"


@pytest.mark.parametrize(
    ("kind", "params", "text"),
    [
        ("go", {"files": ["a.go"], "tests": 1}, "package a\nfunc {"),
        ("go", {"files": ["a.go"], "tests": 1}, "package a\nvar x = " + "(" * 5_000),
        ("go", {"files": ["a.go"], "tests": 1}, "package a\n" + "//" * 150_000),
        ("python", {"files": ["a.py"], "tests": 1}, "def x(:\n"),
        ("python", {"files": ["a.py"], "tests": 1}, "x = " + "(" * 5_000),
        ("python", {"files": ["a.py"], "tests": 1}, "x = " + "-" * 50_000 + "1"),
        ("python", {"files": ["a.py"], "tests": 1}, "x = " + "not " * 50_000 + "1"),
        ("python", {"files": ["a.py"], "tests": 1}, "x" + ".a" * 90_000),
        ("python", {"files": ["a.py"], "tests": 1}, "x = " + "1+" * 90_000 + "1"),
        ("python", {"files": ["a.py"], "tests": 1}, "".join(f"{' ' * n}if x:\n" for n in range(150))),
        ("python", {"files": ["a.py"], "tests": 1}, "a\0b"),
        ("hcl", {"files": ["a.tf"], "rules": ["no secrets"]}, "a { " * 5_000),
        ("dockerfile", {"files": ["Dockerfile"], "stages": 2}, "FROM a AS b\n" * 201),
        ("hcl", {"files": ["a.tf"], "rules": ["no secrets"]}, 'x = "' + "${" * 5_000),
    ],
)
def test_code_that_cannot_be_read_is_unknown(kind, params, text):
    name = params["files"][0]
    it = judge(kind, params, {name: text})
    assert str(it.outcome) == "unknown" and name in it.because


def test_long_chains_of_else_are_read_or_refused():
    text = "if x:\n    pass\n" + "elif x:\n    pass\n" * 3_000
    assert outcome("python", {"files": ["a.py"], "tests": 1}, {"a.py": text}) in ("fail", "unknown")


def test_files_that_go_does_not_build_count_for_nothing():
    test = 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) { t.Log(1) }\n'
    params = {"files": ["**/*.go"], "tests": 1}
    assert outcome("go", params, {"a_test.go": test}) == "pass"
    for files in (
        {"a_test.go": "//go:build ignore\n\n" + test},
        {"testdata/a_test.go": test},
        {"_old/a_test.go": test},
        {"a_test.go.txt": test},
        {"a.go": test},
    ):
        assert outcome("go", params, files) == "fail", files


def test_vendored_code_is_not_the_teams():
    assert outcome("file", {"files": ["**/*.tf"]}, {"node_modules/a/main.tf": ""}) == "fail"


# -- archives ----------------------------------------------------------------------------------------------------------


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_one_json_file_is_read_without_unpacking():
    assert json_member(packed(**{"coverage.json": b'{"percent": 80}', "notes.txt": b"x"})) == {"percent": 80}


@pytest.mark.parametrize(
    ("archive", "name", "why"),
    [
        (packed(**{"a.json": b" " * (MEMBER_LIMIT + 1)}), "", "larger than 2 MB"),
        (packed(**{"../../etc/a.json": b"{}"}), "", "leads out"),
        (packed(**{"/etc/a.json": b"{}"}), "", "leads out"),
        (packed(**{"..\\a.json": b"{}"}), "", "leads out"),
        (packed(**{"a.json": b"{}", "b.json": b"{}"}), "", "several"),
        (packed(**{"a.txt": b"{}"}), "", "no JSON file"),
        (packed(**{"a.json": b"{}"}), "b.json", "no b.json"),
        (packed(**{"a.json": b"[" * 100_000}), "", "nested deeper"),
        (packed(**{"a.json": b"\xff"}), "", "no archive"),
        (packed(**{f"{n}.txt": b"" for n in range(2_001)}), "", "more than 2,000 files"),
        (b"PK\x03\x04 no", "", "no archive"),
        (b"x" * (10 * 1024 * 1024 + 1), "", "larger than 10 MB"),
    ],
)
def test_an_archive_that_is_a_trap_is_refused(archive, name, why):
    with pytest.raises(Malformed, match=why):
        json_member(archive, name)


def test_a_bomb_is_not_unpacked_whatever_it_says_of_its_size():
    bomb = bytearray(packed(**{"a.json": b"0" * 50_000_000}))
    with pytest.raises(Malformed):
        json_member(bytes(bomb))


def test_an_artifact_that_could_not_be_read_is_unknown():
    known = forge(artifacts={"a.json": Artifact(None, 1, "the archive is larger than 10 MB")}, runs=())
    it = judge("artifact", {"name": "a.json", "conditions": [{"at": "", "type": "map"}]}, {}, known)
    assert str(it.outcome) == "unknown" and "10 MB" in it.because


# -- the forge ---------------------------------------------------------------------------------------------------------

VERIFY = lines(f"""
    on: push
    jobs:
      verify:
        uses: {ORGANISATION}/go-cli.yml@{LISTED}
""")
SHOWS_E3 = {"commit": {"reusable": "go-cli.yml", "job": "test"}}


def ran(**changes) -> Run:
    base = {
        "id": 7,
        "sha": COMMIT,
        "workflow": CI,
        "event": "push",
        "conclusion": "success",
        "referenced": (Referenced(f"{ORGANISATION}/go-cli.yml", LISTED),),
        "jobs": (Job("verify / test", "success"),),
    }
    return Run(**base | changes)


def through(text: str = VERIFY, **changes):
    known = forge(runs=(ran(**changes),), allowed={f"{ORGANISATION}/go-cli.yml": frozenset({LISTED})})
    return judge("ci-run", SHOWS_E3, {CI: text}, known, level=Level.E3)


def test_a_run_through_the_listed_workflow_is_e3():
    it = through()
    assert (str(it.outcome), it.level) == ("pass", Level.E3)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sha": "d" * 40}, "No such workflow ran"),
        ({"referenced": ()}, "does not call"),
        ({"referenced": (Referenced(f"{ORGANISATION}/go-cli.yml", "b" * 40),)}, "not allow-listed"),
        ({"referenced": (Referenced("author/fork/.github/workflows/go-cli.yml", LISTED),)}, "not allow-listed"),
        ({"jobs": (Job("verify / test", "skipped"),)}, "ended with skipped"),
        ({"jobs": (Job("test", "success"),)}, "no job test"),
        ({"jobs": (Job("verify / test", "success"), Job("verify / test", "failure"))}, "ended with failure"),
        ({"conclusion": "failure"}, "ended with failure"),
    ],
)
def test_what_only_looks_like_it_fails(changes, why):
    it = through(**changes)
    assert str(it.outcome) == "fail" and why in it.because, it


@pytest.mark.parametrize(
    "text",
    [
        VERIFY + "  mine:\n    name: verify / test\n    runs-on: x\n",
        VERIFY + "  mine:\n    name: ${{ github.actor }}\n    runs-on: x\n",
        VERIFY + "  mine:\n    name: verify\n    uses: ./.github/workflows/mine.yml\n",
        VERIFY + "  mine:\n    name: VERIFY \n    uses: ./.github/workflows/mine.yml\n",
        VERIFY + "  mine:\n    name: verify (1)\n    uses: ./.github/workflows/mine.yml\n",
        VERIFY.replace("verify:\n", "org:\n    name: verify\n") + "  verify:\n    uses: ./.github/workflows/mine.yml\n",
        VERIFY.replace(LISTED, "main"),
        VERIFY.replace(ORGANISATION, "author/fork/.github/workflows"),
        f"on: push\njobs:\n  verify:\n    runs-on: x\n    steps: []\n# uses: {ORGANISATION}/go-cli.yml@{LISTED}\n",
    ],
)
def test_a_workflow_that_could_imitate_the_organisations_fails(text):
    assert str(through(text).outcome) == "fail"


@pytest.mark.parametrize(("caller", "other"), [("'1'", "1"), ("a (b)", "a")])
def test_whatever_the_organisations_job_is_called_no_other_one_stands_for_it(caller, other):
    text = VERIFY.replace("verify:\n", f"verify:\n    name: {caller}\n")
    jobs = (Job(f"{caller.strip(chr(39))} / test", "success"),)
    assert str(through(text, jobs=jobs).outcome) == "pass"
    text += f"  mine:\n    name: {other}\n    uses: ./.github/workflows/mine.yml\n"
    assert str(through(text, jobs=jobs).outcome) == "fail"


def test_another_job_may_be_called_otherwise():
    beside = "  verify-docs:\n    uses: ./.github/workflows/docs.yml\n  docs:\n    name: verify docs\n    runs-on: x\n"
    assert str(through(VERIFY + beside).outcome) == "pass"


def test_a_run_that_takes_the_code_of_another_commit_says_nothing_of_this_one():
    """A pull_request_target runs what stands on the branch that is merged into."""
    assert str(through(event="pull_request_target").outcome) == "fail"


def test_a_success_does_not_outlive_a_newer_failure():
    runs = (ran(instant=1), ran(id=8, instant=2, conclusion="failure"))
    known = forge(runs=runs, allowed={f"{ORGANISATION}/go-cli.yml": frozenset({LISTED})})
    assert outcome("ci-run", SHOWS_E3, {CI: VERIFY}, known) == "fail"
    assert outcome("ci-run", SHOWS_E3, {CI: VERIFY}, replace(known, runs=runs[::-1][1:])) == "pass"


@pytest.mark.parametrize(("job", "expected"), [("test", Level.E3), ("*", Level.E2), ("other", Level.E2)])
def test_an_artifact_is_worth_what_its_job_is(job, expected):
    jobs = (Job("verify / test", "success"), Job("verify / notify", "skipped"))
    artifacts = {"a.json": Artifact({"percent": 80}, 7)}
    allowed = {f"{ORGANISATION}/go-cli.yml": frozenset({LISTED})}
    known = forge(runs=(ran(jobs=jobs),), allowed=allowed, artifacts=artifacts)
    params = {"name": "a.json", "reusable": "go-cli.yml", "job": job, "conditions": [{"at": "percent", "at_least": 70}]}
    assert judge("artifact", params, {CI: VERIFY}, known).level is expected


def test_a_run_that_goes_on_is_unknown():
    assert str(through(conclusion="").outcome) == "unknown"


def test_jobs_that_were_not_collected_are_unknown():
    assert str(through(jobs=None).outcome) == "unknown"
    it = through(jobs=Refused("actions: read"))
    assert (str(it.outcome), it.permission) == ("unknown", "actions: read")


@pytest.mark.parametrize(
    ("kind", "params", "known"),
    [
        ("ci-run", {"commit": {"workflow": "*"}}, {"runs": Refused("actions: read")}),
        ("ci-run", {"deployments": {"min_successful": 1}}, {"deployments": Refused("deployments: read")}),
        ("pr-review", {"approvals": 1}, {"reviews": Refused("pull_requests: read")}),
        (
            "repo-setting",
            {"required_check": "*"},
            {"settings": Settings(required_checks=Refused("administration: read"))},
        ),
        (
            "repo-setting",
            {"reviewers": {"environment": "production", "min": 1}},
            {"settings": Settings(reviewers=Refused("environments: read"))},
        ),
        ("artifact", {"name": "a", "conditions": [{"at": "", "type": "map"}]}, {"artifacts": Refused("actions: read")}),
    ],
)
def test_what_the_token_may_not_read_is_unknown_with_the_permission(kind, params, known):
    it = judge(kind, params, {}, forge(**known))
    assert str(it.outcome) == "unknown"
    assert it.permission in it.because and it.permission in it.todo and it.permission


def test_who_is_in_two_teams_speaks_for_one():
    known = {"groups": {"@o/a": frozenset({"x"}), "@o/b": frozenset({"x"})}, "reviews": (Review("x", "approved"),) * 2}
    params = {"approvals": 1, "owner_groups": 2}
    assert outcome("pr-review", params, {"CODEOWNERS": "* @o/a @o/b\n"}, forge(**known)) == "fail"


def test_somebody_who_asks_for_changes_stands_in_the_way():
    reviews = (Review("x", "approved", 1), Review("y", "changes_requested", 2))
    assert outcome("pr-review", {"approvals": 1}, {}, forge(reviews=reviews)) == "fail"


def test_an_author_cannot_attest_for_oneself():
    rubric = ["It is safe."]
    for by, expected in (("author", "unknown"), ("other", "pass")):
        said = (Attestation("it", by, True, criteria=tuple(rubric)),)
        assert outcome("attest", {"rubric": rubric}, {}, forge(attestations=said), level=Level.E4) == expected
    said = (Attestation("it", "other", True, commit="d" * 40, criteria=tuple(rubric)),)
    assert outcome("attest", {"rubric": rubric}, {}, forge(attestations=said)) == "unknown"


def test_secrets_are_not_shown():
    token = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
    it = judge("yaml", {"files": ["a.yml"], "conditions": [{"at": "t", "need": "none"}]}, {"a.yml": f"t: {token}\n"})
    assert str(it.outcome) == "fail" and token not in repr(it.places)


def test_json_with_tabs_is_read():
    assert outcome("yaml", HAS_A | {"files": ["a.json"]}, {"a.json": '{\n\t"a":\t1}'}) == "pass"


INGRESS = 'ingress {\n cidr_blocks = ["0.0.0.0/0"]\n}\n'
EGRESS = 'dynamic "egress" {\n content {\n cidr_blocks = ["0.0.0.0/0"]\n}\n}\n'


@pytest.mark.parametrize(
    ("inside", "expected"), [(INGRESS * 2_000, "fail"), (EGRESS * 2_000, "pass"), (EGRESS + INGRESS, "fail")]
)
def test_a_file_of_many_rules_is_judged_block_by_block(inside, expected, monkeypatch):
    """Blocks are compared with no others: that took a minute."""
    monkeypatch.setattr("assessments.evidence.reading.hcl.Block.__eq__", None)
    files = {"a.tf": f'resource "aws_security_group" "x" {{\n{inside}}}\n'}
    assert outcome("hcl", {"files": ["a.tf"], "rules": ["no open ingress"]}, files) == expected
