"""A plan is read, or refused with a sentence that says what to mend."""

import pytest
from orchestrator.plan import BadPlan, read

GOOD = """
[[validators]]
name = "image"
check = ["docker", "manifest", "inspect", "shop:{version}"]

[[steps]]
name = "release"
execute = ["kubectl", "set", "image", "deployment/shop", "shop=shop:{version}"]
undo = ["kubectl", "rollout", "undo", "deployment/shop"]
seconds = 30
"""


def written(folder, text):
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder / "plan.toml"


def test_a_plan_has_validators_and_steps(tmp_path):
    plan = read(written(tmp_path, GOOD))
    assert [each.name for each in plan.validators] == ["image"]
    assert plan.steps[0].undoes == ("kubectl", "rollout", "undo", "deployment/shop") and plan.steps[0].seconds == 30


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no"),
        ("steps = 1", r"written as \[\[steps\]\]"),
        ("[[steps]]\nexecute = ['a']\nundo = ['b']", "needs a name"),
        ("[[steps]]\nname = 'a'\nexecute = 'a b'\nundo = ['b']", "execute of a is a list of words"),
        ("[[steps]]\nname = 'a'\nexecute = ['a']", "undo of a is a list of words"),
        ("[[steps]]\nname = 'a'\nexecute = []\nundo = []", "execute of a is a list of words"),
        ("[[steps]]\nname = 'a'\nexecute = ['a']\nundo = []\nretry = 3", "retry, which is not known"),
        ("[[steps]]\nname = 'a'\nexecute = ['a']\nundo = []\nseconds = 0", "a number above 0"),
        (GOOD + GOOD, "image, release stands twice"),
        ("[[", "is not TOML"),
    ],
)
def test_a_plan_that_is_wrong_says_what_to_mend(tmp_path, text, says):
    with pytest.raises(BadPlan, match=says):
        read(written(tmp_path, text))


def test_a_plan_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadPlan, match=r"plan\.toml cannot be read"):
        read(tmp_path / "plan.toml")


def test_that_nothing_has_to_be_undone_is_said_with_an_empty_list(tmp_path):
    plan = read(written(tmp_path, "[[steps]]\nname = 'a'\nexecute = ['b']\nundo = []"))
    assert plan.steps[0].undoes == ()
