"""What a value stream map comes to.

    yq --output-format=json docs/vsm.yml | python3 ci/vsm.py

Ends with 1 and a sentence for everything that is wrong with the map.
"""

import json
import math
import sys
from datetime import date

DAY = 24 * 60


def problems(vsm: dict) -> list[str]:
    """What stops the sums from being right, one sentence each."""
    steps = vsm.get("steps") or []
    found = [] if len(steps) >= 5 else [f"The map has {len(steps)} steps, and 5 is the least."]
    for number, step in enumerate(steps, start=1):
        name = step.get("name") or f"Step {number}"
        for field in ("process_min", "wait_min", "pct_complete_accurate"):
            if not _number(step.get(field)) or step[field] < 0:
                found.append(f"{name}: {field} is not a number of 0 or more.")
        if _number(share := step.get("pct_complete_accurate")) and share > 100:
            found.append(f"{name}: {share} % is more than all of it.")
        if not step.get("owner"):
            found.append(f"{name}: it has no owner.")
    names = [step.get("name") for step in steps]
    constraints = [each.get("step") for each in vsm.get("constraints") or []]
    if len(constraints) != 3:
        found.append(f"There are {len(constraints)} constraints, and 3 are asked for.")
    found += [f"The constraint {each} is not the name of a step." for each in constraints if each not in names]
    return found + _of_target(vsm.get("target") or {})


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _of_target(target: dict) -> list[str]:
    if missing := [field for field in ("metric", "from", "to", "set_on", "review") if not target.get(field)]:
        return [f"The target has no {', '.join(missing)}."]
    try:
        days = (date.fromisoformat(str(target["review"])) - date.fromisoformat(str(target["set_on"]))).days
    except ValueError:
        return ["set_on and review are days such as 2026-08-31."]
    return [] if 1 <= days <= 90 else [f"The review is {days} days after the target was set; it is due within 90."]


def totals(steps: list[dict]) -> dict[str, float]:
    """lead, process and waiting in minutes; activity and complete as shares of 1."""
    process, waiting = (sum(step[field] for step in steps) for field in ("process_min", "wait_min"))
    complete = math.prod(step["pct_complete_accurate"] / 100 for step in steps)
    lead = process + waiting
    return {
        "lead": lead,
        "process": process,
        "waiting": waiting,
        "activity": process / lead if lead else 0,
        "complete": complete,
    }


def main() -> int:
    vsm = json.load(sys.stdin)
    if found := problems(vsm):
        print("\n".join(found), file=sys.stderr)
        return 1
    steps, sums = vsm["steps"], totals(vsm["steps"])
    print(f"lead time   {sums['lead']:7,.0f} min  ({sums['lead'] / DAY:.1f} days)")
    print(f"work        {sums['process']:7,.0f} min")
    print(f"waiting     {sums['waiting']:7,.0f} min")
    print(f"activity    {sums['activity']:7.1%}      of the lead time somebody works on it")
    print(f"complete    {sums['complete']:7.1%}      goes through without being sent back")
    for step in sorted(steps, key=lambda each: -each["wait_min"])[:3]:
        share = step["wait_min"] / sums["waiting"] if sums["waiting"] else 0
        print(f"waits       {step['wait_min']:7,.0f} min  before {step['name']}, {share:.0%} of all waiting")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
