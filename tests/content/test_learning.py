"""Modules, quizzes, proofs of concept and resources: the example of the manual passes, and each rule refuses."""

import json
import re
import shutil
from copy import deepcopy
from datetime import date

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from assessments.poc import kinds, read_poc, run
from assessments.poc.model import Outcome
from assessments.poc.series import NAMES
from content import catalog, check, learning_rules, markdown_rules, module_rules, poc_rules, resource_rules
from content.checking import SCHEMAS, ContentError
from content.modules import parse
from tests.assessments.poc.trees import forge, tree
from tests.content import example
from tests.content.test_tracks import small as track

TODAY = date(2026, 11, 29)
MODULE = example.file(".md")
STEP_ONE = next(line for line in MODULE.split("\n") if line.startswith("How it gets there"))
FIRST = '"Somebody who is awake at night and did not build the service"'
NAME = "what-a-runbook-says"


def loaded(text: str):
    return YAML(typ="safe", pure=True).load(text)


def poc() -> dict:
    return deepcopy(loaded(example.file("first-runbook.yml")))


# -- modules and quizzes -----------------------------------------------------------------------------------------------


def of_module(text: str) -> list[str]:
    return module_rules.problems("what-a-runbook-says", parse("a.md", text))


def test_a_module_is_read_step_by_step():
    module = parse("a.md", MODULE)
    assert [(step.number, step.title) for step in module.steps] == [
        (1, "Install, operate, roll back, owner"),
        (2, "Say commands, not intentions"),
    ]
    assert module.lead.startswith("Somebody is woken") and "kubectl" in module.steps[1].body
    assert MODULE.split("\n")[module.steps[0].line - 1].startswith("## 1. ")


def test_a_heading_within_code_is_none():
    text = MODULE.replace("kubectl rollout", "## 7. no heading\nkubectl rollout")
    assert len(parse("a.md", text).steps) == 2 and of_module(text) == []


@pytest.mark.parametrize("text", ["", "# Title\n", "---\nid: 1\n", "---\n- a\n---\n", "---\na: [\n---\n"])
def test_what_has_no_front_matter_is_refused(text):
    with pytest.raises(ContentError, match=r"a\.md: "):
        parse("a.md", text)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("slug: what-a-runbook-says", "slug: other", "slug is other, the file is named"),
        ("minutes: 15", "minutes: 61", "minutes: 61 is greater"),
        ("stage: learn", "stage: read", "stage: 'read'"),
        ("id: write-one,", "id: four-parts,", "the objective four-parts stands twice"),
        ("objective: four-parts", "objective: nothing", "quiz item at-night: nothing is no objective"),
        ("answer: [0]", "answer: [2]", "quiz item at-night: its answer 2 is none of its 2 choices"),
        ("answer: [0]", "answer: [0, 1]", "quiz item at-night: all of its choices are right"),
        ("answer: [0]", "answer: []", r"quiz\[0\]\.answer: \[\] should be non-empty"),
        ("answer: [0]", "answer: [-1]", r"answer\[0\]: -1 is less"),
        ('"Whoever wrote it"', FIRST.upper(), "two of its choices say the same"),
        ('"Whoever wrote it"', '"None of the above"', "one of its choices speaks of the others"),
        ('["Somebody', '["Who?"]\n    ignored: ["Somebody', r"'ignored' was unexpected|is too short"),
        ("q: Who reads", "q: Who <b>reads", "quiz item at-night: line 1: '<b' is left out as HTML"),
        ("## 2. Say", "## 3. Say", "its steps are numbered 1, 3, not 1 to 2"),
        ("## 2. Say", "## Say", "the heading 'Say commands, not intentions' is no numbered step"),
        ("## 1. Install", "# Install", "the title stands in the front matter"),
        (f"\n{STEP_ONE}\n", "", "step 1 is empty"),
        ("helps nobody.", "helps [nobody](javascript:alert(1)).", "line 33: the link to 'javascript:alert"),
    ],
)  # fmt: skip
def test_each_rule_of_modules_refuses(old, new, problem):
    assert old in MODULE
    found = of_module(MODULE.replace(old, new))
    assert found and re.search(problem, found[0]), found


def test_a_module_without_steps_is_refused():
    head = MODULE.split("\n## 1.")[0]
    assert of_module(head + "\n") == ["it has no steps: write ## 1. and a title"]


# -- Markdown ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Write <service> here", "line 1: '<service' is left out as HTML; write it in backticks"),
        ("a\n\n<script>alert(1)</script>", "line 3: '<script' is left out"),
        ("<!-- later -->", "is left out"),
        ("[a](javascript:alert(1))", "the link to 'javascript:alert\\(1' is not shown"),
        ("[a](http://example.com)", "the link to 'http://example.com' is not shown"),
        ("[a](data:text/html,x)", "is not shown"),
        ("[a]: ftp://example.com", "is not shown"),
        ("[a](other.md)", "is not shown"),
        ("![a](https://example.com/a.png)", "a picture is not loaded"),
        ("It costs $5 or $6.", "two \\$ in a line"),
        ("Say :rocket: now", "':rocket:' is taken for a sign"),
        ("Say :red[now]", "':red\\[' is taken for a sign"),
        ("#Title", "a heading needs a space"),
        ("Text\n---", "line 2: the line above becomes a heading"),
        ("Text\n- item", "line 2: a list needs a free line before it"),
        ("```sh\nls", "line 1: the code that begins there has no end"),
        ("~~~\n```\n", "line 1: the code that begins there has no end"),
        ("A :material/home: here", "':material/' is taken for a sign"),
        ("Say :+1: now", "':\\+1:' is taken for a sign"),
        ("<?xml version='1.0'?>", "is left out as HTML"),
        ("```mermaid\ngraph TD\n```", "line 1: a fence mermaid is not drawn"),
        ("```dot\ndigraph { a -> b }\n```", "line 1: a diagram needs a title"),
        ("Text\n\n```dot A\ndigraph { a -> a }\n```", "line 3: an arrow from 'a' to itself is not drawn"),
        ("- item\n\n  ```dot A\n  digraph { a -> b }\n  ```", "a diagram stands by itself, not in a list"),
    ],
)
def test_what_a_renderer_swallows_is_named(text, problem):
    found = markdown_rules.problems(text)
    assert found and re.search(problem, found[0]), found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a\nb](javascript:alert(1))", "line 1: the link to 'javascript:alert\\(1\\)' is not shown"),
        ("[a][x]\n\n[x]:\n  data:text/html,x", "the link to 'data:text/html,x' is not shown"),
        ("> [x]: vbscript:a\n\n[x]", "the link to 'vbscript:a' is not shown"),
        ("![a\nb](https://evil.example/a.png)", "a picture is not loaded"),
        ("It costs $5\nor $6 today.", "two \\$ in a paragraph are taken for a formula"),
        ("$$\nx\n$$", "two \\$ in a paragraph"),
    ],
)
def test_what_is_spread_over_lines_is_seen_by_a_parser(text, problem):
    found = markdown_rules.problems(text)
    assert found and re.search(problem, found[0]) and not markdown_rules.is_safe(text), found


@pytest.mark.parametrize(
    "text",
    [
        "`<service>` and ``a ` <b>`` and <https://example.com/a>",
        "```html\n<script>\n$1 $2 :rocket:\n```",
        "[a](https://example.com/a_b) and [b](#step-1)",
        "It costs $5, at 10:30 or 12:45:10.",
        "Text:\n\n- item\n  more\n- item\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "## 1. Title\n\nText\n\n---\n\nText",
        "a < b and c > d, std::vector, key: value",
        "1. Run\n\n   ```sh\n   ls <b> $1 $2\n   ```\n\n2. Look",
        "```dot How it flows\ndigraph { a -> b }\n```",
    ],
)
def test_what_comes_out_as_meant_is_fine(text):
    assert markdown_rules.problems(text) == []


# -- proofs of concept -------------------------------------------------------------------------------------------------


HASH = {"kind": "hash", "with": {"files": ["a"]}}
FILE = {"path": "a", "blob": "0" * 40}


def changed(edit) -> list[str]:
    data = poc()
    edit(data)
    return poc_rules.problems("first-runbook", data)


def test_the_example_is_a_proof_of_concept_that_the_engine_takes():
    made = read_poc("keep-a-runbook/first-runbook", poc())
    sections = "".join(
        f"## {each}\n{'What to do, word for word, in order. ' * 4}\n"
        for each in ("Install", "Operate", "Rollback", "Owner")
    )
    files = {"docs/runbook.md": sections, "CODEOWNERS": "* @shop/web\n"}
    results = run(made, tree(files), forge())
    passed = {each.check.id for each in results.results if each.outcome is Outcome.PASS}
    assert passed == {"four-parts", "no-password", "owned"}


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda d: d.update(slug="other"), "slug is other"),
        (lambda d: d["tasks"][0].update(n=2), "its tasks are numbered 2, not 1 to 1"),
        (lambda d: d["tasks"][0]["checks"].append(d["tasks"][0]["checks"][0]), "the check four-parts stands twice"),
        (lambda d: d["tasks"][0]["checks"][0].update(severity="celebrate"), "no check of its tasks is required"),
        (lambda d: d["gates"]["security"]["checks"][0].update(severity="recommended"), "gate security is required"),
        (lambda d: d["gates"].pop("performance"), "'performance' is a required property"),
        (lambda d: d["tasks"][0]["checks"][0].update(kind="exec"), "kind: 'exec' is not one of"),
        (lambda d: d["tasks"][0]["checks"][0]["with"].update(wrds=1), "check four-parts: with.*'wrds' was unexpected"),
        (lambda d: d["tasks"][0]["checks"][0].update({"with": {}}), "check four-parts: with"),
        (lambda d: d["tasks"][0]["checks"][0].update(level="E3"), "markdown shows E1 at most, and E3 is asked for"),
        (lambda d: d["tasks"][0]["checks"][0].update(HASH), "a is not among starter"),
        (lambda d: d.update(starter={"protected": [{"path": "../a", "blob": "0" * 40}]}), "should not be valid|path"),
        (lambda d: d.update(starter={"protected": [{"path": "a", "blob": "x"}]}), "blob: 'x' does not match"),
        (lambda d: d.update(starter={"protected": [FILE, FILE]}), "protected file a stands twice"),
        (lambda d: d.update(timebox_days=0), "timebox_days: 0"),
        (lambda d: d.update(outcome_metric="happiness"), "outcome_metric: 'happiness' is not one of"),
        (lambda d: d["tasks"][0].update(body="Write <name>.md"), "'<name' is left out"),
    ],
)  # fmt: skip
def test_each_rule_of_proofs_refuses(edit, problem):
    assert changed(lambda data: None) == []
    found = changed(edit)
    assert found and any(re.search(problem, each) for each in found), found


@pytest.mark.parametrize("name", list(kinds()))
def test_the_schema_of_a_kind_is_that_of_the_engine(name):
    shipped = json.loads((SCHEMAS / "kinds" / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(shipped)
    head = {"title": f"Parameters of a check of kind {name}", "description": kinds()[name].what}
    assert shipped == {**kinds()[name].schema, **head}
    assert poc_rules.REACHES.get(name, 1) == kinds()[name].reaches


def test_the_metrics_of_the_schema_are_those_that_are_measured():
    schema = json.loads((SCHEMAS / "poc.json").read_text(encoding="utf-8"))
    assert schema["properties"]["outcome_metric"]["enum"] == list(NAMES)


def test_the_kinds_of_the_schema_are_those_of_the_engine_and_of_the_manual():
    schema = json.loads((SCHEMAS / "poc.json").read_text(encoding="utf-8"))
    assert schema["$defs"]["check"]["properties"]["kind"]["enum"] == list(kinds())
    assert sorted(path.stem for path in (SCHEMAS / "kinds").iterdir()) == sorted(kinds())
    manual = (catalog.HERE.parent / "docs" / "authoring.md").read_text(encoding="utf-8")
    assert [name for name in kinds() if f"`{name}`" not in manual] == []


# -- resources ---------------------------------------------------------------------------------------------------------


def resource(**changes) -> dict:
    base = {
        "id": "pro-git",
        "title": "Pro Git",
        "url": "https://git-scm.com/book",
        "type": "book",
        "minutes": 600,
        "free": True,
        "license": "CC BY-NC-SA 3.0",
        "level": "foundation",
        "verified": "2026-11-01",
    }
    return base | changes


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ([resource(url="http://git-scm.com/book")], "url: 'http://"),
        ([resource(), resource(url="https://git-scm.com/b")], "the resource pro-git stands twice"),
        ([resource(), resource(id="other")], "the address https://git-scm.com/book stands twice"),
        ([resource(replaced_by="gone")], "it is replaced by gone, which is no other resource"),
        ([resource(replaced_by="pro-git")], "which is no other resource"),
        ([resource(verified="2026-02-30")], "2026-02-30 is no day"),
        ([resource(verified="soon")], "verified: 'soon'"),
    ],
)
def test_each_rule_of_resources_refuses(listed, problem):
    assert resource_rules.problems({"resources": [resource()]}) == []
    found = resource_rules.problems({"resources": listed})
    assert len(found) == 1 and re.search(problem, found[0]), found


@pytest.mark.parametrize(
    ("verified", "used", "said"),
    [
        ("never", True, "nobody has looked yet"),
        ("2026-06-01", True, "181 days ago"),
        ("2026-06-02", True, ""),
        ("never", False, ""),
    ],
)
def test_a_resource_in_use_that_nobody_looked_at_is_a_warning(verified, used, said):
    found = resource_rules.stale({"resources": [resource(verified=verified)]}, {"pro-git"} if used else set(), TODAY)
    assert said in found[0] if said else found == []


def test_the_shipped_resources_are_read_by_id():
    assert catalog.resources()["asyncio-tasks"]["url"].startswith("https://docs.python.org/")


# -- beside each other -------------------------------------------------------------------------------------------------


def module(**changes):
    made = parse("a.md", MODULE)
    made.head.update(changes)
    return made


def beside(modules=None, pocs=None, track_changes=None) -> list[str]:
    name = "what-a-runbook-says"
    modules = {name: module()} if modules is None else modules
    pocs = {"first-runbook": poc()} if pocs is None else pocs
    head = track("runbook") | {"modules": list(modules), "pocs": list(pocs)} | (track_changes or {})
    return learning_rules.together(
        {"runbook": head}, {"runbook": modules}, {"runbook": pocs}, {"pro-git"}, {"documentation-quality"}
    )


def test_the_example_goes_together():
    assert beside() == []


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (lambda: beside(track_changes={"modules": [NAME, "two"]}), "modules/two.md: track.yml names it, and it is not"),
        (lambda: beside(track_changes={"pocs": []}), "pocs/first-runbook.yml: track.yml does not name it"),
        (lambda: beside({NAME: module(resources=["gone"])}), "the resource gone is not in resources.yml"),
        (lambda: beside({NAME: module(teaches=["gone"])}), "the capability gone is not in practices.yml"),
        (lambda: beside({NAME: module(requires=["gone"])}), "it requires gone, which is no module of the track"),
        (lambda: beside({NAME: module(requires=[NAME])}), "requires runs in a circle"),
        (lambda: beside({NAME: module(quiz=[])}), "nothing tells whether the objective four-parts is reached"),
        (lambda: beside(pocs={}), "nothing tells whether the objective write-one is reached"),
        (lambda: beside({NAME: module(objectives=module().head["objectives"][:1])}), f"it shows {NAME}/write-one"),
        (lambda: beside({NAME: module(), "two": module()}), "stands twice"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(found, problem):
    said = found()
    assert any(problem in each for each in said), said


BEFORE = {"a/track.yml": "1", "a/modules/m.md": "2", "a/pocs/p.yml": "3"}


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (dict(BEFORE), ""),
        (BEFORE | {"a/modules/new.md": "9"}, ""),
        ({"b/track.yml": "1", "b/modules/m.md": "2", "b/pocs/p.yml": "3"}, ""),
        (BEFORE | {"a/modules/m.md": "8"}, "a/modules/m.md: its id was 2"),
        ({"a/track.yml": "1", "a/modules/m.md": "2"}, "a/pocs/p.yml: it is gone; content is deprecated, never deleted"),
        (BEFORE | {"a/modules/m.md": "3", "a/pocs/p.yml": "2"}, "went to another file"),
    ],
)
def test_ids_stay_what_they_were(now, problem):
    found = learning_rules.moved(BEFORE, now.items())
    assert any(problem in each for each in found) if problem else found == []


def test_a_capability_that_no_active_track_teaches_is_a_warning_once_one_is_active():
    wip, active = track("wip"), track("active", 2, status="active")
    assert learning_rules.untaught({"wip": wip}, ["map"]) == []
    assert learning_rules.untaught({"wip": wip, "active": active}, ["map"]) == []
    active["capabilities"][0]["from_level"] = 1
    assert learning_rules.untaught({"wip": wip, "active": active}, ["map"]) == [
        "no active track teaches map from level 0 on"
    ]


# -- the whole folder --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The shipped content with the track of the manual."""
    root = tmp_path_factory.mktemp("content")
    shutil.copytree(
        catalog.HERE, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "fonts", "schemas", "__pycache__")
    )
    for path, text in example.files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def test_the_example_of_the_manual_passes_every_rule(folder):
    assert len(example.files()) == 3
    found = check.check(folder, TODAY)
    assert found.problems == ()
    assert [each for each in found.warnings if "keep-a-runbook" in each] == []
    with catalog.at(folder):
        assert list(catalog.modules("keep-a-runbook")) == ["what-a-runbook-says"]
        assert catalog.pocs("keep-a-runbook")["first-runbook"]["timebox_days"] == 5
    assert "keep-a-runbook" not in catalog.tracks()


def test_what_looks_at_the_same_folder_within_reads_nothing_again(folder):
    with catalog.at(folder):
        read = catalog.tracks()
        with catalog.at(folder):
            assert catalog.tracks() is read
        assert catalog.tracks() is read
    assert "keep-a-runbook" in read and "keep-a-runbook" not in catalog.tracks()


def test_what_is_wrong_in_a_folder_is_named_with_its_file(folder):
    path = folder / "tracks" / "keep-a-runbook" / "modules" / f"{NAME}.md"
    path.write_text(MODULE.replace("answer: [0]", "answer: [5]"), encoding="utf-8")
    where = rf"^tracks/keep-a-runbook/modules/{NAME}\.md: quiz item at-night: its answer 5"
    with catalog.at(folder), pytest.raises(ContentError, match=where):
        catalog.modules("keep-a-runbook")
    path.write_text(MODULE, encoding="utf-8")


def test_the_day_and_the_last_commit_count(folder):
    gone = {"keep-a-runbook/modules/old.md": "5d0d6f2e-0f5c-4c53-9c1b-8a2f4a1f0a77"}
    found = check.check(folder, date(2031, 1, 1), gone).problems
    assert "tracks/keep-a-runbook: it was to be looked over by 2030-06-30; do so and choose a new day" in found
    assert any(each.startswith("tracks/keep-a-runbook/modules/old.md: it is gone") for each in found)


def test_a_folder_without_content_is_refused(tmp_path):
    with pytest.raises(ContentError, match="is no folder of content: it has no practices"):
        check.check(tmp_path, TODAY)
