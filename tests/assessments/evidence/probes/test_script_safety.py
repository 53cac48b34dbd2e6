import pytest

from tests.assessments.evidence.trees import CODE, outcome

WORK = "".join(f"step{n} a\n" for n in range(12))


@pytest.mark.parametrize(
    "head", ["#!/bin/bash\nset -euo pipefail\n", "#!/bin/sh -e\n", "#!/usr/bin/env bash\nset -o errexit\n"]
)
def test_a_script_that_stops_is_met(head):
    assert outcome("script-safety", {"deploy.sh": head + WORK}) == "met"


def test_one_that_goes_on_is_not_met():
    assert outcome("script-safety", {"deploy.sh": "#!/bin/bash\n# set -e\n" + WORK}) == "not met"


def test_some_is_partly():
    assert outcome("script-safety", {"a.sh": "#!/bin/sh\nset -e\n" + WORK, "b.sh": "#!/bin/sh\n" + WORK}) == "partly"


def test_short_or_sourced_scripts_are_not_applicable():
    assert outcome("script-safety", {"a.sh": "#!/bin/sh\nmake\n", "lib.sh": WORK}) == "not applicable"
    assert outcome("script-safety", CODE) == "not applicable"


def test_files_that_others_read_in_are_left_out():
    body = "".join(f"f{n}() {{\n  ls {n}\n  cat {n}\n}}\n" for n in range(6))
    assert outcome("script-safety", {"ci/utils.sh": "#!/bin/bash\n" + body}) == "not applicable"


def test_checks_that_exit_are_met():
    body = "".join(f"if ! cp a b{n}; then\n  echo no\n  exit 1\nfi\n" for n in range(4))
    assert outcome("script-safety", {"a.sh": "#!/bin/sh\n" + body}) == "met"
