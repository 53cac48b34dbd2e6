"""Adds up a trade study, and says whether another weight would turn it round.

    yq --output-format=json docs/trial.yml | python3 ci/weigh.py

Reads the trial as JSON. Ends with 1 and a sentence when something is missing.
"""

import json
import sys


def wrong(trial: dict) -> list[str]:
    """What is missing or contradicts itself; a sentence each."""
    said = []
    for each in trial["criteria"]:
        if isinstance(each["weight"], bool) or not isinstance(each["weight"], int | float) or each["weight"] <= 0:
            said.append(f"{each['name']}: its weight is not a number above 0.")
    for option in trial["options"]:
        for each in trial["criteria"]:
            score = option["scores"].get(each["name"])
            if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 4:
                said.append(f"{option['name']}: its score for {each['name']} is not a number from 0 to 4.")
    return said


def sums(trial: dict, **weights: float) -> dict[str, float]:
    """Points of each option that misses no must, the highest first. weights replace those of criteria."""
    allowed = [option for option in trial["options"] if not option.get("misses")]
    points = {
        option["name"]: sum(
            weights.get(c["name"], c["weight"]) * option["scores"][c["name"]] for c in trial["criteria"]
        )
        for option in allowed
    }
    return dict(sorted(points.items(), key=lambda pair: -pair[1]))


def turned_by(trial: dict) -> list[str]:
    """Changes of one weight, to half or to double, after which another option is first."""
    first = next(iter(sums(trial)))
    return [
        f"{each['name']} {how}"
        for each in trial["criteria"]
        for how, factor in (("at half its weight", 0.5), ("at double its weight", 2))
        if next(iter(sums(trial, **{each["name"]: each["weight"] * factor}))) != first
    ]


def main() -> int:
    trial = json.load(sys.stdin)
    if said := wrong(trial):
        print("\n".join(said), file=sys.stderr)
        return 1
    points = sums(trial)
    if not points:
        print("Every option misses a must. Then the answer is to stop, or to ask for less.", file=sys.stderr)
        return 1
    for name, value in points.items():
        print(f"{value:5g}  {name}")
    for option in trial["options"]:
        if option.get("misses"):
            print(f"  out  {option['name']}: {option['misses']}")
    turns = turned_by(trial)
    print("Another option is first with: " + ("; ".join(turns) if turns else "no weight at half or double"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
