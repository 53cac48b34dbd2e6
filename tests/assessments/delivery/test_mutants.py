"""The truth table guards the calculator: the cases a slip names notice it, and every case notices one. So do pairs of
services judged together, where a slip takes one for the other.

A slip, in slips/, replaces a piece of source in the module its file is named after.
"""

import sys
import tomllib
from contextlib import contextmanager
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

import pytest

from tests.assessments.delivery.test_fleet_judge import BESIDE, differs
from tests.assessments.delivery.test_truth import CASES, expected, told

PACKAGE = "assessments"
SLIPS = {
    name: (file.stem, slip)
    for file in sorted((Path(__file__).parent / "slips").glob("*.toml"))
    for name, slip in tomllib.loads(file.read_text()).items()
}


class _Slipped(SourceFileLoader):
    """Loads a module with one piece of its source replaced."""

    old = new = ""

    def get_code(self, fullname):
        source = self.get_source(fullname)
        found = source.count(self.old)
        assert found == 1, f"{self.old!r} stands {found} times in {self.path}; a slip needs one place"
        return compile(source.replace(self.old, self.new), self.path, "exec", dont_inherit=True)


@contextmanager
def slipped(module: str, old: str, new: str):
    """The calculator with that slip, imported anew; the true one is back afterwards."""
    room = PACKAGE if module == "statistics" else f"{PACKAGE}.delivery"
    target = room if module == "__init__" else f"{room}.{module}"

    class Finder:
        @staticmethod
        def find_spec(fullname, path=None, into=None):
            if fullname != target:
                return None
            found = PathFinder.find_spec(fullname, path)
            loader = _Slipped(fullname, found.origin)
            loader.old, loader.new = old, new
            places = found.submodule_search_locations
            return spec_from_file_location(fullname, found.origin, loader=loader, submodule_search_locations=places)

    def ours() -> list[str]:
        return [name for name in sys.modules if name.split(".")[0] == PACKAGE]

    true = {name: sys.modules.pop(name) for name in ours()}
    sys.meta_path.insert(0, Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(Finder)
        for name in ours():
            del sys.modules[name]
        sys.modules.update(true)


def notices(case: str) -> bool:
    return bool(differs(*BESIDE[case])) if case in BESIDE else told(case) != expected(case)


@pytest.mark.parametrize("name", SLIPS)
def test_the_slip_is_noticed(name):
    module, slip = SLIPS[name]
    assert slip["noticed_by"]
    with slipped(module, slip["old"], slip["new"]):
        unnoticed = [case for case in slip["noticed_by"] if not notices(case)]
    assert not unnoticed


def test_every_case_notices_a_slip():
    assert {case for _, slip in SLIPS.values() for case in slip["noticed_by"]} == {*CASES, *BESIDE}


def test_no_slip_hides_another():
    files = (Path(__file__).parent / "slips").glob("*.toml")
    assert sum(len(tomllib.loads(file.read_text())) for file in files) == len(SLIPS)


def test_the_true_calculator_is_back_after_a_slip():
    module, slip = SLIPS["rates are floored"]
    case = slip["noticed_by"][0]
    with slipped(module, slip["old"], slip["new"]):
        assert told(case) != expected(case)
    assert told(case) == expected(case)
