"""What several checks make together, what is kept of them, and what each says of itself."""

import pytest
from jsonschema import Draft202012Validator

from assessments.evidence.snapshot import Snapshot
from assessments.poc import Check, Known, Level, Outcome, Poc, Severity, State, Verdict, freshness, kinds, read_poc, run
from assessments.poc.engine import wrong
from assessments.poc.judging import DAY
from assessments.poc.known import Attestation, Review, Run
from assessments.poc.places import parts
from tests.assessments.poc.trees import COMMIT, NOW, forge, judge, outcome, tree

RUN = Run(1, COMMIT, ".github/workflows/ci.yml", "push", "success")


def check(id: str, kind="file", gate="", severity=Severity.REQUIRED, level=Level.E1, **params) -> Check:
    return Check(id, id, kind, params or {"files": [f"{id}.txt"]}, severity, level, hint="Do it.", gate=gate)


def files(*names: str) -> dict[str, str]:
    return {f"{name}.txt": name for name in names}


def test_required_checks_decide_and_the_others_do_not():
    poc = Poc(
        "a/b", (check("one"), check("two", severity=Severity.RECOMMENDED), check("three", severity=Severity.CELEBRATE))
    )
    results = run(poc, tree(files("one")), forge())
    assert results.tasks is State.PASSED and results.verdict is Verdict.PRACTISED
    assert [results.count(severity) for severity in Severity] == [(1, 1), (0, 1), (0, 1)]


def test_a_verdict_grows_with_its_evidence():
    gates = [check(gate, gate=gate) for gate in ("performance", "security", "production_readiness")]
    peer = check("peer", "pr-review", "peer_review", level=Level.E4, approvals=1)
    poc = Poc("a/b", (check("one"), *gates, peer))
    alone, reviewed = forge(), forge(reviews=(Review("x", "approved"),))
    assert run(poc, tree({}), alone).verdict is Verdict.FAILED
    assert run(poc, tree(files("one")), alone).verdict is Verdict.PRACTISED
    assert run(poc, tree(files("one")), reviewed).verdict is Verdict.ACCEPTED
    whole = run(poc, tree(files("one", "performance", "security", "production_readiness")), reviewed)
    assert whole.verdict is Verdict.VALIDATED and set(whole.gates.values()) == {State.PASSED}
    assert run(poc, tree(files("one"), left_out="it is cut."), reviewed).verdict is Verdict.ACCEPTED
    assert run(poc, tree({}, left_out="it is cut."), reviewed).verdict is Verdict.OPEN


def test_a_gate_without_checks_does_not_pass():
    results = run(Poc("a/b", (check("one"),)), tree(files("one")), forge())
    assert set(results.gates.values()) == {State.EMPTY}


def test_evidence_below_what_is_asked_for_is_not_enough():
    poc = Poc("a/b", (check("run", "ci-run", level=Level.E3, commit={"workflow": "ci.yml"}),))
    it = run(poc, tree({}), forge(runs=(RUN,))).of("run")
    assert it.outcome is Outcome.FAIL and "E2" in it.because and "E3" in it.because


def test_results_say_how_far_they_are_shown():
    poc = Poc("a/b", (check("one"), check("run", "ci-run", level=Level.E2, commit={"workflow": "ci.yml"})))
    results = run(poc, tree(files("one")), forge())
    assert (results.shown(Level.E1), results.shown(Level.E2)) == (State.PASSED, State.FAILED)
    done = run(poc, tree(files("one")), forge(runs=(RUN,)))
    assert (done.level, done.strongest) == (Level.E1, Level.E2)


def test_what_is_skipped_counts_nowhere():
    poc = Poc("a/b", (check("one"), check("two", severity=Severity.RECOMMENDED)))
    results = run(poc, tree(files("one")), forge(), skipped={"two": "We have no such thing."})
    assert results.count(Severity.RECOMMENDED) == (0, 0)
    assert results.of("two").because == "We have no such thing."


@pytest.mark.parametrize("skipped", [{"one": "Too hard."}, {"two": " "}, {"three": "Why not."}])
def test_what_may_not_be_skipped(skipped):
    poc = Poc("a/b", (check("one"), check("two", severity=Severity.RECOMMENDED)))
    with pytest.raises(ValueError):
        run(poc, tree({}), forge(), skipped=skipped)


def test_a_check_that_is_broken_says_so_and_stops_no_other():
    broken = Check("odd", "Odd", "file", {"flies": ["a"]})
    strange = Check("strange", "Strange", "exec", {"run": "make"})
    weak = Check("weak", "Weak", "file", {"files": ["one.txt"]}, level=Level.E3)
    results = run(Poc("a/b", (broken, strange, weak, check("one"))), tree(files("one")), forge())
    assert [str(each.outcome) for each in results.results] == ["error", "error", "error", "pass"]
    assert "flies" in results.of("odd").because and "no kind exec" in results.of("strange").because
    assert "E1 at most" in results.of("weak").because and results.verdict is Verdict.OPEN


def test_a_failing_check_says_what_to_do():
    assert run(Poc("a/b", (check("one"),)), tree({}), forge()).of("one").todo == "Do it."


BEFORE = forge(added={"docs/base.yml": 1, "docs/base.json": 1, "docs/base.md": 1, "docs/base.txt": 1}, begun=2)


@pytest.mark.parametrize(
    ("name", "text", "because"),
    [
        ("base.yml", "", "docs/base.yml is empty."),
        ("base.yml", " \n\t\n", "docs/base.yml is empty."),
        ("base.yml", "# later\n", "docs/base.yml holds no value."),
        ("base.yml", "minutes:\nshare: {}\nlist: ['']\n", "docs/base.yml holds no value."),
        ("base.yml", "minutes: [", "docs/base.yml cannot be read: line 2 is not YAML."),
        ("base.json", '{"minutes": null}', "docs/base.json holds no value."),
        ("base.md", "# Before\n\n## Numbers\n<!-- later -->\n", "docs/base.md has no words beside headings and code."),
        ("base.txt", "\n", "docs/base.txt is empty."),
    ],
)
def test_a_file_that_says_nothing_was_not_there_before_the_start(name, text, because):
    params = {"files": [f"docs/{name}"], "before_start": True}
    it = judge("file", params, {f"docs/{name}": text}, BEFORE)
    assert (it.outcome, it.because) == (Outcome.FAIL, because)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("base.yml", "---\n---\nminutes: 0\n"),
        ("base.yml", "share: {low: false}"),
        ("base.json", '[{"minutes": 48}]'),
        ("base.json", '{"minutes":\t48}'),
        ("base.md", "# Before\n\n| minutes |\n|---|\n| 48 |\n"),
        ("base.txt", "48"),
    ],
)
def test_a_file_that_says_something_was_there_before_the_start(name, text):
    params = {"files": [f"docs/{name}"], "before_start": True}
    assert judge("file", params, {f"docs/{name}": text}, BEFORE).outcome is Outcome.PASS


# -- what is kept ------------------------------------------------------------------------------------------------------

YAML = {"files": ["docs/*.yml"], "conditions": [{"at": "a", "is": [1]}]}


class Counting:
    """A snapshot that counts what is read."""

    def __init__(self, texts: dict[str, str]):
        made = tree(texts)
        self.read: list[str] = []

        def reader(names):
            names = list(names)
            self.read += names
            return made._read(names)

        self.snapshot = Snapshot(made.entries.values(), reader, commit=COMMIT, as_of=NOW)


def test_unchanged_files_are_not_read_again():
    poc = Poc("a/b", (check("it", "yaml", **YAML),))
    first = Counting({"docs/a.yml": "a: 1\n", "other.md": "x"})
    results = run(poc, first.snapshot, forge())
    assert first.read and results.results[0].rests == (("docs/a.yml", results.results[0].rests[0][1]),)
    second = Counting({"docs/a.yml": "a: 1\n", "other.md": "changed"})
    again = run(poc, second.snapshot, forge(), held=results.kept)
    assert second.read == [] and again.results[0].held
    assert again.of("it") == results.of("it")


@pytest.mark.parametrize(
    "texts",
    [{"docs/a.yml": "a: 2\n"}, {"docs/a.yml": "a: 1\n", "docs/b.yml": "b: 1\n"}, {"docs/b.yml": "a: 1\n"}, {}],
)
def test_any_file_it_may_look_at_makes_it_look_again(texts):
    poc = Poc("a/b", (check("it", "yaml", **YAML),))
    kept = run(poc, tree({"docs/a.yml": "a: 1\n"}), forge()).kept
    assert not run(poc, tree(texts), forge(), held=kept).results[0].held


def test_other_parameters_and_a_cut_tree_make_it_look_again():
    kept = run(Poc("a/b", (check("it", "yaml", **YAML),)), tree({"docs/a.yml": "a: 1\n"}), forge()).kept
    other = Poc("a/b", (check("it", "yaml", **YAML | {"scope": "each"}),))
    assert not run(other, tree({"docs/a.yml": "a: 1\n"}), forge(), held=kept).results[0].held
    same = Poc("a/b", (check("it", "yaml", **YAML),))
    assert not run(same, tree({"docs/a.yml": "a: 1\n"}, left_out="cut"), forge(), held=kept).results[0].held


def test_what_is_unknown_or_rests_on_the_forge_is_not_kept():
    poc = Poc("a/b", (check("it", "yaml", **YAML), check("run", "ci-run", commit={"workflow": "ci.yml"})))
    assert run(poc, tree({"docs/a.yml": "a: ["}), forge(runs=(RUN,))).kept == {}


def test_what_depends_on_the_day_is_judged_anew_each_day():
    condition = {"at": "on", "days_from": {"of": "today", "least": 0, "most": 3}}
    poc = Poc("a/b", (check("it", "yaml", files=["a.yml"], conditions=[condition]),))
    texts = {"a.yml": 'on: "2024-10-05"\n'}
    kept = run(poc, tree(texts), forge()).kept
    assert kept and run(poc, tree(texts), forge(), held=kept).results[0].held
    later = run(poc, tree(texts, as_of=NOW + 9 * DAY), forge(), held=kept)
    assert later.results[0].outcome is Outcome.FAIL
    assert outcome("yaml", {"files": ["a.yml"], "conditions": [condition]}, texts, as_of=None) == "unknown"


@pytest.mark.parametrize(("days", "said"), [(0, "fresh"), (29.9, "fresh"), (30, "due"), (89, "due"), (90, "stale")])
def test_evidence_grows_old(days, said):
    assert freshness(NOW, NOW + int(days * DAY)) == said


# -- kinds -------------------------------------------------------------------------------------------------------------


def test_the_list_of_kinds_is_closed_and_runs_nothing():
    files = "file hash text yaml dockerfile hcl go python markdown promrules"
    assert list(kinds()) == f"{files} ci-run pr-review repo-setting artifact metric attest".split()


@pytest.mark.parametrize("name", list(kinds()))
def test_each_kind_documents_its_parameters(name):
    kind = kinds()[name]
    Draft202012Validator.check_schema(kind.schema)
    assert kind.name == name and kind.what.endswith(".")
    assert kind.schema["additionalProperties"] is False
    assert [key for key, each in kind.schema["properties"].items() if "description" not in each] == []


def test_a_poc_is_read_from_its_plain_values():
    plain = {
        "id": "one",
        "title": "One",
        "kind": "file",
        "with": {"files": ["a"]},
        "severity": "required",
        "level": "E1",
    }
    poc = read_poc(
        "a/b",
        {
            "tasks": [{"checks": [plain]}],
            "gates": {"security": {"checks": [plain | {"id": "two"}]}},
            "starter": {"protected": [{"path": "a", "blob": "0" * 40}]},
        },
    )
    assert [(each.id, each.gate) for each in poc.checks] == [("one", ""), ("two", "security")]
    assert poc.of_gate("security") == poc.checks[1:] and poc.protected[0].path == "a"
    with pytest.raises(ValueError, match="the check one stands twice"):
        read_poc("a/b", {"tasks": [{"checks": [plain, plain]}], "gates": {}})


OF_JOBS = {"at": "jobs.*", "need": "some", "runs": "make test*"}
OF_STEPS = {"at": "jobs.*.steps[]", "need": "some", "all": [{"at": "", "runs": "make test*"}]}


# -- places ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["a]", "a[0]", "**.a.**", "'a", "["])
def test_what_is_no_place_is_refused(path):
    with pytest.raises(ValueError):
        parts(path)


@pytest.mark.parametrize(
    ("condition", "text", "expected"),
    [
        ({"at": "'a.b'.c", "is": [1]}, "a.b: {c: 1}", "pass"),
        ({"at": "a", "is": [1]}, "a: true", "fail"),
        ({"at": "a", "is": [True]}, "a: 1", "fail"),
        ({"at": "a[]", "is": ["x"]}, "a: x", "pass"),
        ({"at": "a", "has": ["b"]}, "a: {b: }", "fail"),
        ({"at": "a", "names": ["b"]}, "a: {b: }", "pass"),
        ({"at": "a", "names_none": ["b"]}, "a: [b]", "fail"),
        ({"at": "a", "at_least": 1}, "a: .nan", "fail"),
        ({"at": "a", "at_most": 1}, "a: true", "fail"),
        ({"at": "a", "count": {"min": 2, "max": 2}}, "a: [1, 2]", "pass"),
        ({"at": "a", "form": "date"}, "a: 2024-02-30", "fail"),
        ({"at": "a", "form": "https"}, "a: http://example.com", "fail"),
        ({"at": "a", "form": "pinned"}, "a: ./.github/actions/build", "pass"),
        ({"at": "a", "form": "pinned"}, "a: $/.github/actions/build", "pass"),
        ({"at": "a", "form": "pinned"}, "a: $someone/tool@v1", "fail"),
        ({"at": "a", "form": "duration"}, "a: 1h30m", "pass"),
        ({"at": "a.*", "need": {"max": 1}, "is": [1]}, "a: {b: 1, c: 1}", "fail"),
        ({"at": "a", "runs": "make test*"}, "a: {run: 'make test || true'}", "fail"),
        ({"at": "a", "runs": "make test*"}, "a: {run: 'cd x && make test all'}", "pass"),
        ({"at": "a", "runs": "make test*"}, "a: {run: 'make test | tee log'}", "fail"),
        ({"at": "a", "runs": "make test*"}, "a: {run: 'make test | tee log', shell: bash}", "pass"),
        ({"at": "a", "runs": "make test*"}, "a: {run: 'set -o pipefail; make test | tee log'}", "pass"),
        ({"at": "a", "runs": "make test*"}, "a: {run: 'yes | make test'}", "pass"),
        ({"at": "a", "runs": "make test*", "need": "none"}, "a: {run: 'make test | tee log'}", "fail"),
        ({"at": "a", "runs": "make test*", "need": "none"}, "a: {run: 'make test || true'}", "fail"),
        (OF_JOBS, "jobs: {a: {steps: [{run: 'make test | tee log'}]}}", "fail"),
        (OF_JOBS, "jobs: {a: {steps: [{run: 'make test | tee log'}], defaults: {run: {shell: bash}}}}", "pass"),
        (OF_JOBS, "{jobs: {a: {steps: [{run: 'make test | tee log'}]}}, defaults: {run: {shell: bash}}}", "pass"),
        (OF_STEPS, "jobs: {a: {steps: [{run: 'make test | tee log'}]}}", "fail"),
        (OF_STEPS, "jobs: {a: {steps: [{run: 'make test | tee log'}], defaults: {run: {shell: bash}}}}", "pass"),
        (OF_STEPS, "{jobs: {a: {steps: [{run: 'make test | tee log'}]}}, defaults: {run: {shell: bash}}}", "pass"),
        ({"at": "a", "times_baseline": {"name": "b", "at_most": 2}}, "a: 3", "unknown"),
        ({"at": "x", "is": [1]}, "a: 1", "fail"),
        ({"at": "x", "is": [1], "absent": "allowed"}, "a: 1", "pass"),
    ],
)
def test_conditions(condition, text, expected):
    assert outcome("yaml", {"files": ["a.yml"], "conditions": [condition]}, {"a.yml": text}) == expected


def test_a_condition_names_the_line():
    it = judge(
        "yaml",
        {"files": ["a.yml"], "conditions": [{"at": "jobs.*", "has": ["b"]}]},
        {"a.yml": "jobs:\n  x:\n    c: 1\n"},
    )
    assert [(place.path, place.line) for place in it.places] == [("a.yml", 2)]


def test_each_condition_that_does_not_hold_says_why_in_the_sentence_or_at_its_place():
    conditions = [{"at": "day", "form": "date"}, {"at": "size", "at_least": 1, "say": "size is no number"}]
    it = judge("yaml", {"files": ["a.yml"], "conditions": conditions}, {"a.yml": "day:\nsize: big\n"})
    assert it.because == "a.yml: day is nothing, not a date as YYYY-MM-DD, and 1 more."
    assert [(place.line, place.what) for place in it.places] == [(1, "nothing"), (2, "size is no number: big")]
    it = judge("yaml", {"files": ["a.yml"], "conditions": conditions}, {"a.yml": "day: 3\n"})
    assert [(place.line, place.what) for place in it.places] == [(1, "3"), (None, "size is no number")]


def test_what_is_not_there_is_named_by_its_kind():
    params = {"files": ["*.yml"], "select": [{"at": "kind", "is": ["Job", "CronJob"]}], "conditions": [{"at": "a"}]}
    assert judge("yaml", params, {"a.yml": "kind: Pod\n"}).because == "a.yml holds no Job or CronJob."
    either = {"any": [params, {"files": ["b.json"], "conditions": [{"at": "a"}]}]}
    said = judge("yaml", either, {"a.yml": "kind: Pod\n"}).because
    assert said == "a.yml holds no Job or CronJob; and there is no b.json."


def test_a_document_with_too_many_places_is_unknown():
    text = "a: [" + ",".join(["[1,1,1,1,1,1,1,1,1]"] * 3_000) + "]\n"
    condition = {"at": "**", "need": "none", "where": [{"at": "**", "need": "some", "is": ["x"]}]}
    assert outcome("yaml", {"files": ["a.yml"], "conditions": [condition]}, {"a.yml": text}) == "unknown"


# -- text and file, which no track of the first six needs on its own ---------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [(".git\nnode_modules\n", "pass"), ("# .git\n", "fail"), ("a # .git\n", "fail"), (".github\n", "fail")],
)
def test_a_line_in_a_comment_does_not_count(text, expected):
    assert (
        outcome("text", {"files": [".dockerignore"], "comments": "#", "has": [".git"]}, {".dockerignore": text})
        == expected
    )


def test_a_line_that_must_not_be_there():
    params = {"files": ["*.txt"], "comments": "none", "lacks": ["*latest*"]}
    assert outcome("text", params, {"a.txt": "image:latest"}) == "fail"
    assert outcome("text", params, {"a.txt": "image:1"}) == "pass"
    assert outcome("text", params, {"a.txt": "image:1", "b.txt": b"\xff"}) == "unknown"


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("", True),
        ("a.b", True),
        ("'a.b'[].*", True),
        ("[].a", True),
        ("a.**.b", True),
        ("a]", False),
        ("a[0]", False),
        ("a..b", False),
        ("**.**", False),
    ],
)
def test_a_place_is_held_against_the_schema_of_its_kind(path, good):
    params = {"files": ["a"], "conditions": [{"at": path, "is": [1]}]}
    assert (wrong(Check("it", "It", "yaml", params)) == "") is good


def test_a_file_is_read_once_for_all_checks():
    made = Counting({"a.py": "x = 1\n"})
    checks = tuple(check(f"c{n}", "python", files=["a.py"], tests=n) for n in (1, 2, 3))
    run(Poc("a/b", checks), made.snapshot, forge())
    assert len(made.read) == 1


def test_a_broken_file_is_unknown_for_every_check_that_asks():
    checks = tuple(check(f"c{n}", "python", files=["a.py"], tests=n) for n in (1, 2))
    results = run(Poc("a/b", checks), tree({"a.py": "def ("}), forge())
    assert [str(each.outcome) for each in results.results] == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("image", "expected"), [("x@sha256:" + "a" * 64, "pass"), ("x@sha256:abc", "fail"), ("x:1", "fail")]
)
def test_a_digest_is_whole(image, expected):
    params = {"files": ["Dockerfile"], "final_by_digest": True}
    assert outcome("dockerfile", params, {"Dockerfile": f"ARG B={image}\nFROM $B\n"}) == expected


def test_a_shell_is_seen_behind_keywords_that_are_handed_on():
    params = {"files": ["a.py"], "never": ["shell"]}
    assert (
        outcome("python", params, {"a.py": "import subprocess\nx = {'shell': True}\nsubprocess.run('a', **x)\n"})
        == "fail"
    )
    assert outcome("python", params, {"a.py": "import subprocess\nsubprocess.run('a', shell=False)\n"}) == "pass"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("subprocess.run(['bash', '-c', f'deploy {v}'])", "fail"),
        ("subprocess.Popen(('/bin/sh', '-ec', v))", "fail"),
        ("asyncio.create_subprocess_exec('sh', '-c', v)", "fail"),
        ("subprocess.run(['bash', 'deploy.sh', v])", "pass"),
        ("subprocess.run(['git', '-c', 'color.ui=never', 'log'])", "pass"),
        ("subprocess.run(['bash', v, '-c', 'x'])", "pass"),  # a flag of the script
        ("print('sh', '-c')", "pass"),
    ],
)
def test_a_shell_is_seen_when_it_is_called_as_a_program(call, expected):
    params = {"files": ["a.py"], "never": ["shell"]}
    assert outcome("python", params, {"a.py": f"import asyncio, subprocess\nv = 'v1'\n{call}\n"}) == expected


@pytest.mark.parametrize(
    ("call", "keywords", "expected"),
    [
        ("f(acks=-1)", {"acks": -1}, "pass"),
        ("f({'acks': -1})", {"acks": -1}, "pass"),
        ("f(acks=~1)", {"acks": -2}, "fail"),  # reckoned, and so not known
        ("f(name='Board_Lag')", {"name": "*lag*"}, "pass"),
        ("f(name='board_delay')", {"name": "*lag*"}, "fail"),
        ("f(acks=True)", {"acks": "*"}, "fail"),
        ("f(key=service)", {"key": None}, "pass"),
        ("f(key=None)", {"key": None}, "fail"),
        ("f(**{'key': None})", {"key": None}, "fail"),
    ],
)
def test_what_a_keyword_may_be(call, keywords, expected):
    params = {"files": ["a.py"], "calls": [{"name": "*", "keywords": keywords}]}
    assert outcome("python", params, {"a.py": f"{call}\n"}) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("except Exception:\n        continue", "fail"),
        ("except (ValueError, Exception):\n        return", "fail"),
        ("except BaseException:\n        return None", "fail"),
        ("except ValueError:\n        pass", "fail"),
        ("except ValueError:\n        continue", "pass"),  # somebody chose: look again
        ("except Exception:\n        return False", "pass"),  # whoever called is told
        ("except Exception as error:\n        log(error)\n        continue", "pass"),
    ],
)
def test_an_exception_is_swallowed_where_nothing_follows_from_it(body, expected):
    params = {"files": ["a.py"], "never": ["swallowed exception"]}
    text = f"def f():\n  while True:\n    try:\n        g()\n    {body}\n"
    assert outcome("python", params, {"a.py": text}) == expected


@pytest.mark.parametrize(
    ("named", "expected"), [("Exception", "fail"), ("KeyError, BaseException", "fail"), ("KeyError", "pass")]
)
def test_whoever_suppresses_everything_swallows_it(named, expected):
    params = {"files": ["a.py"], "never": ["swallowed exception"]}
    text = f"from contextlib import suppress\nwith suppress({named}):\n    g()\n"
    assert outcome("python", params, {"a.py": text}) == expected


def test_a_clone_is_not_blamed_for_what_the_portal_knows_by_itself():
    params = {"series": "lead_time", "n": 5}
    assert "not collected" in judge("metric", params, {}, Known()).because
    assert "A clone does not show" in judge("pr-review", {"approvals": 1}, {}, Known()).because


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Commands", "pass"),
        ("🛠️ Commands", "pass"),
        ("2. Build,  test and run", "pass"),
        ("Commanders", "fail"),
        ("Layout", "fail"),
    ],
)
def test_a_heading_may_be_a_pattern(title, wanted):
    said = {"docs/a.md": f"# A page\n\n## {title}\n\nWhat there is to say.\n"}
    wants = {"files": ["docs/a.md"], "sections": ["Commands|* commands|*build, test*"]}
    assert outcome("markdown", wants, said) == wanted


def test_a_heading_that_is_missing_is_told_by_its_first_name():
    wants = {"files": ["a.md"], "sections": ["Commands|*build*"]}
    assert judge("markdown", wants, {"a.md": "# Page\n\nWords.\n"}).because == "a.md: there is no heading Commands."


@pytest.mark.parametrize(
    ("kind", "params", "text", "because"),
    [
        ("dockerfile", {"stages": 2}, "FROM a\n", "a: it has 1 stage, and 2 are needed."),
        (
            "dockerfile",
            {"never_runs": ["*apt-get * install *|*apt-get install *|*apk add *"]},
            "FROM a\nRUN apt-get update && apt-get install curl\n",
            "a: the final stage runs apt-get install.",
        ),
        (
            "dockerfile",
            {"never_runs": ["*apt-get * install *|*apk add *"]},
            "FROM a\nRUN apt-get -y install curl\n",
            "a: the final stage runs apt-get ... install.",
        ),
        ("text", {"comments": "#", "has": [".git|.git/|*/.git"]}, "x", "No line says .git, .git/ or /.git."),
        ("text", {"comments": "#", "has": ["*a*|b*|c *|d|e"]}, "x", "No line says a, b, c or the like."),
        ("text", {"comments": "#", "lacks": ["*pg_dump*|*mysqldump*"]}, "mysqldump x", "A line says mysqldump."),
        ("text", {"comments": "#", "has": ["*"]}, "# x", "No line says anything."),
        ("markdown", {"mentions": ["*pg_dump*|*backup of *"]}, "x", "a: no line of text says pg_dump or backup of."),
    ],
)
def test_what_is_missing_or_too_much_is_said_in_words_and_not_as_a_pattern(kind, params, text, because):
    assert judge(kind, {"files": ["a"], **params}, {"a": text}).because == because


def test_a_review_of_an_earlier_commit_is_not_called_none():
    params = {"rubric": ["It holds."]}
    before = Attestation("it", "coach", True, commit="b" * 40, criteria=("It holds.",))
    it = judge("attest", params, {}, forge(attestations=(before,)), level=Level.E4)
    assert str(it.outcome) == "unknown" and it.because == "A person other than the authors looked at an earlier commit."
    assert it.todo == "Ask a person for a review of the newest one."
    own = Attestation("it", "author", True, commit="b" * 40)
    it = judge("attest", params, {}, forge(attestations=(own,)), level=Level.E4)
    assert it.because == "No person other than the authors has said anything yet. Authors cannot answer for themselves."
