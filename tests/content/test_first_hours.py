"""First hours: what is shipped can be walked, and each rule refuses."""

from copy import deepcopy
from uuid import UUID

import pytest

from content import catalog
from content.first_hour_rules import problems
from content.track_rules import OPEN
from tests.content.test_learning import module
from tests.content.test_tracks import small as head

NAME = "what-a-runbook-says"


def step(number: int, **changes) -> dict:
    base = {
        "id": str(UUID(int=(4 << 76) + (8 << 60) + number)),
        "title": f"Step {number}",
        "minutes": 15,
        "page": "plan",
    }
    return base | {"text": "Open the plan of your team and look at what is recommended."} | changes


def small(*steps: dict, **changes) -> dict:
    listed = list(steps) or [step(1), step(2), step(3, page="module", track="runbook", module=NAME)]
    role = {"id": step(9)["id"], "key": "builder", "name": "Builder", "who": "You build.", "right": "member"}
    return {"roles": [role | {"steps": listed} | changes]}


def found(data: dict, module_changes: dict | None = None, status: str = "active", ids=()) -> list[str]:
    texts = {"runbook": {NAME: module(**(module_changes or {}))}}
    return problems(data, {"runbook": head("runbook", status=status)}, texts, ids)


def test_a_first_hour_that_breaks_no_rule():
    assert found(small()) == []


def test_each_role_that_is_shipped_has_an_hour_that_begins_with_a_module_of_an_open_track():
    roles = catalog.first_hours()
    assert list(roles) == ["developer", "operations", "lead", "leader"]
    for role in roles.values():
        assert sum(each["minutes"] for each in role["steps"]) <= 60
        (read,) = [each for each in role["steps"] if each["page"] == "module"]
        assert catalog.tracks()[read["track"]]["status"] in OPEN


MODULE = {"page": "module", "track": "runbook", "module": NAME}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (small(step(1), step(2), step(3, minutes=31)), "its steps take 61 minutes, an hour is 40 to 60"),
        (small(step(1), step(2), step(3, minutes=5)), "its steps take 35 minutes"),
        (small(step(1), step(2), step(2)), "stands twice"),
        (small(step(1), step(2), step(9)), "stands twice"),
        (small(step(1), step(2), step(3, **MODULE | {"module": "gone"})), "there is no module runbook/gone"),
        (small(step(1), step(2), step(3, **MODULE | {"track": "gone"})), "there is no module gone/"),
        (small(step(1), step(2), step(3, **MODULE, minutes=20)), "takes 15 minutes, and the step says 20"),
        (small(step(1), step(2), step(3, page="module")), "'track' is a required property"),
        (small(step(1), step(2), step(3, track="runbook")), "should not be valid"),
        (small(step(1), step(2), step(3, page="../plan")), "does not match"),
        (small(step(1), step(2)), "too short"),
        (small(right="admin"), "'admin' is not one of"),
        (small(step(1), step(2), step(3, text="Look.")), "too short"),
    ],
)
def test_each_rule_refuses(data, problem):
    said = found(data)
    assert said and problem in said[0], said


def test_two_roles_have_two_keys():
    data = small()
    data["roles"].append(deepcopy(data["roles"][0]))
    assert found(data)[0] == "the role builder stands twice"


def test_an_id_that_progress_hangs_on_elsewhere_is_refused():
    assert found(small(), ids=[step(1)["id"]]) == [f"the id {step(1)['id']} stands twice"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (lambda: found(small(), {"requires": ["other"]}), "it requires other, so it is nothing to begin with"),
        (lambda: found(small(), status="wip"), "the track is wip"),
    ],
)
def test_the_module_is_one_to_begin_with(said, problem):
    assert len(said()) == 1 and problem in said()[0]
