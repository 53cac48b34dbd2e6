import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.workflows import read_action, read_workflow

SHA = "de0fac2e4500dabe0009e67214ff5f5447ce83dd"


def flow(text):
    return read_workflow("x.yml", text)


@pytest.mark.parametrize(
    ("on", "events"),
    [("push", {"push"}), ("[push, fork]", {"push", "fork"}), ("{push: {branches: [main]}, fork: }", {"push", "fork"})],
)
def test_events_in_their_three_forms(on, events):
    assert set(flow(f"on: {on}\njobs: {{}}").triggers) == events


def test_a_step_knows_where_its_commands_stand():
    read = flow("on: push\njobs:\n  a:\n    steps:\n      - name: x\n        run: |\n          ls\n          pytest\n")
    step = read.jobs[0].steps[0]
    assert [(command.text, command.line) for command in step.commands()] == [("ls", 7), ("pytest", 8)]


@pytest.mark.parametrize(
    ("uses", "name", "pinned"),
    [
        (f"actions/checkout@{SHA}", "actions/checkout", True),
        ("Actions/Checkout@v4", "actions/checkout", False),
        ("o/r/path/to@main", "o/r", False),
        ("./local", "", True),
        ("$/local", "", True),
        ("docker://alpine:3", "", False),
        (f"docker://alpine@sha256:{'a' * 64}", "", True),
    ],
)
def test_what_is_called(uses, name, pinned):
    step = flow(f"on: push\njobs: {{a: {{steps: [{{uses: '{uses}'}}]}}}}").jobs[0].steps[0]
    assert (step.uses.name, step.uses.pinned) == (name, pinned)


@pytest.mark.parametrize(
    "text", ["", "a: 1", "- x", "on: push", "jobs: {}", "on: push\njobs: []", "x", "on: push\njobs: {}\n---\n"]
)
def test_what_is_no_workflow_is_refused(text):
    with pytest.raises(Malformed):
        flow(text)


KEYS = [
    "on",
    "jobs",
    "steps",
    "uses",
    "run",
    "with",
    "env",
    "if",
    "a",
    "permissions",
    "concurrency",
    "strategy",
    "matrix",
]
VALUES = st.recursive(
    st.sampled_from(["null", "true", "x", "'${{ a }}'", "1", "[]", "{}"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=15,
)


@given(VALUES)
def test_any_yaml_is_a_workflow_or_refused(text):
    for read in (read_workflow, read_action):
        try:
            read("x.yml", text)
        except Malformed:
            continue
