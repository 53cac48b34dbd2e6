"""The readers beyond those of the probes: what they see, and at which line."""

import pytest

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.yamls import load
from assessments.poc import Known, read_poc, run
from assessments.poc.reading.go import read_go
from assessments.poc.reading.markdown import read_markdown
from assessments.poc.reading.promql import alerts, without_texts
from assessments.poc.reading.python import read_python
from tests.assessments.poc.trees import lines, tree

GO = lines("""
    package a

    import (
        "fmt"
        y "gopkg.in/yaml.v3"
        "github.com/x/go-tool/v2"
        . "example.com/dot"
        _ "example.com/blank"
        "example.com/unused"
    )

    var _ = fmt.Sprint(1)

    func (s *S) Run() error {
        fmt.Println("a" + "b")
        _ = s.Do("x")
        go s.Do()
        defer s.Close()
        a, _ := s.Do(), 1
        if err := s.Do(); err != nil {
            return fmt.Errorf("x: %w", s.Do())
        }
        return y.Unmarshal(tool.Read(), Thing{A: nil, B: 1})
    }
""").replace("    ", "\t")


def calls(source: str) -> dict[tuple[str, int], bool]:
    return {(call.name, call.line): call.discarded for call in read_go("a.go", source).calls}


def test_go_names_are_resolved_and_results_that_nobody_looks_at_are_known():
    assert calls(GO) == {
        ("fmt.Sprint", 12): True,
        ("fmt.Println", 15): True,
        (".Do", 16): True,
        (".Do", 17): True,
        (".Close", 18): True,
        (".Do", 19): False,
        (".Do", 20): False,
        ("fmt.Errorf", 21): False,
        (".Do", 21): False,
        ("gopkg.in/yaml.v3.Unmarshal", 23): False,
        ("github.com/x/go-tool/v2.Read", 23): False,
    }


def test_go_imports_that_nothing_uses_do_not_count():
    read = read_go("a.go", GO)
    assert set(read.imports) == {"fmt", "gopkg.in/yaml.v3", "github.com/x/go-tool/v2", "example.com/dot"}
    assert (read.package, read.imports["gopkg.in/yaml.v3"]) == ("a", 5)


def test_go_texts_values_and_functions():
    read = read_go("a.go", GO)
    said = {call.line: (call.text, call.function) for call in read.calls}
    assert (said[15], said[12]) == (("ab", "Run"), (None, ""))
    assert [(each.type, each.fields) for each in read.literals] == [("example.com/dot.Thing", {"B"})]


@pytest.mark.parametrize(
    ("text", "line"), [("package a\n\nfunc f( {\n}\n", 3), ("package a\nvar x = \n\nfunc", 2), ("not go", 1)]
)
def test_what_is_no_go_is_named_with_its_line(text, line):
    with pytest.raises(Malformed, match=f"line {line} is not Go"):
        read_go("a.go", text)


def test_python_names_handlers_and_what_is_kept():
    read = read_python(
        "a.py",
        lines("""
            import asyncio as aio
            from subprocess import run as start
            import os.path


            async def f(x):
                try:
                    got = await aio.gather(x)
                    start(["a"], shell=True)
                except ValueError:
                    raise
                await aio.sleep(1)
                os.path.join("a")
                x.y.z()


            try:
                g()
            except:
                pass
        """),
    )
    found = {call.name: (call.line, call.kept, call.in_try) for call in read.calls}
    assert found == {
        "asyncio.gather": (8, True, True),
        "subprocess.run": (9, False, True),
        "asyncio.sleep": (12, False, False),
        "os.path.join": (13, False, False),
        ".z": (14, False, False),
        "g": (18, False, False),
    }
    assert (read.bare, read.swallowed) == ((19,), (19,))


def test_a_mapping_holds_settings_also_those_whose_value_is_reckoned():
    [call] = read_python("a.py", 'x = {"group.id": name, "enable.auto.commit": False, key: 1, **rest}').calls
    assert call.keywords == {"group.id": ..., "enable.auto.commit": False}


@pytest.mark.parametrize(("code", "outcome"), [("x = {'shell': given}", "pass"), ("run(a, shell=given)", "fail")])
def test_a_mapping_that_names_a_shell_starts_none(code, outcome):
    check = {"id": "a", "title": "A", "severity": "required", "level": "E1", "kind": "python"}
    check["with"] = {"files": ["*.py"], "never": ["shell"]}
    poc = read_poc("t/p", {"tasks": [{"checks": [check]}], "gates": {}})
    assert run(poc, tree({"a.py": code}), Known()).of("a").outcome == outcome


def test_a_text_that_stands_under_a_name_is_looked_up():
    text = 'A = "one"\nB = "two"\nB = "three"\nf(A, B, C)\n\ndef g():\n    C = "four"\n'
    assert read_python("a.py", text).calls[0].texts == ("one",)


def test_a_python_test_claims_something():
    text = "def test_a():\n    assert 1\n\ndef test_b():\n    pass\n\ndef helper():\n    assert 1\n"
    assert read_python("a.py", text).tests == (("test_a", 1),)


def test_markdown_sections_hold_what_stands_below_deeper_headings():
    read = read_markdown("# A\none\n## B\ntwo three\n\nC\n---\nfour\n# D #\n")
    assert [(each.title, each.level, each.line, each.words) for each in read.sections] == [
        ("", 0, 1, 4),
        ("A", 1, 1, 4),
        ("B", 2, 3, 2),
        ("C", 2, 6, 1),
        ("D", 1, 9, 0),
    ]


def test_markdown_leaves_out_code_and_comments():
    text = "a\n```\n# no\n|x|\n```\n<!-- b\n# no\n-->\n    indented\n~~~\nopen\n"
    read = read_markdown(text)
    assert [each.title for each in read.sections] == [""] and read.words == 1


def test_markdown_tables_are_filled_up_and_escapes_kept():
    (table,) = read_markdown("| a | b |\n|---|:-:|\n| `x` |\n| y \\| z | 2 | 3 |\n\ntext | no\n").tables
    assert table.columns == ("a", "b")
    assert table.rows == ((3, ("x", "")), (4, ("y | z", "2")))


def test_an_expression_without_its_texts_and_comments():
    assert without_texts('up{a="> 3 # b"} # > 4\n  > 5') == 'up{a=""} > 5'


def test_rules_in_an_object_of_kubernetes_are_rules_too():
    text = "spec: {groups: [{rules: [{record: a}, {alert: B, expr: 'x > bool 1e2'}, 3]}]}\n"
    (found,) = alerts("a.yml", load(text)[0])
    assert (found.name, found.compared, "x" in found.names) == ("B", ((">", 100.0),), True)
