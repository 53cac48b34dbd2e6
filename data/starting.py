"""What is looked at before anything else, at every door."""

import sys


def refuse_optimised() -> None:
    """Call at every start. Raises SystemExit under `python -O`, which takes away the checks (assert) by which PyGithub
    keeps tokens from being sent to other hosts."""
    if sys.flags.optimize:
        raise SystemExit(
            "Milepost does not run under python -O or with PYTHONOPTIMIZE: safety checks would be missing. Start it "
            "without."
        )
