"""Maps of a few words, for tests."""

from hypothesis import strategies as st


def step(key: str, /, **fields) -> dict:
    return {
        "key": key,
        "name": key.capitalize(),
        "role": "Developer",
        "lead": 60,
        "process": 20,
        "complete_accurate": 0.9,
    } | fields


def plain(*steps: dict, title: str = "A map") -> dict:
    """With these steps, filled up to five."""
    more = [step(f"more-{number}") for number in range(5 - len(steps))]
    return {"title": title, "steps": [*steps, *more]}


def changed(**fields) -> dict:
    """Five steps of which the first has these fields."""
    return plain(step("first", **fields))


@st.composite
def maps(draw) -> dict:
    """Any map that can be read: unknown parts, ranges, both paths, roles left out."""

    def amount(low: float, high: float):
        values = draw(st.lists(st.floats(low, high), min_size=3, max_size=3).map(sorted))
        return {"low": values[0], "value": values[1], "high": values[2]}

    steps = []
    for number in range(draw(st.integers(5, 15))):
        process = amount(1, 60) if draw(st.booleans()) else None
        lead = amount(61, 600) if draw(st.booleans()) else None
        steps.append(
            {
                "key": f"s{number}",
                "name": draw(st.text("ab <&\"'é日🙂ש", min_size=1, max_size=40).filter(str.strip)),
                "path": draw(st.sampled_from(["happy", "happy", "recovery"])),
                "role": draw(st.sampled_from(["", "Developer", "Operations"])),
                "tool": draw(st.sampled_from(["", "A tool with quite a long name <b>"])),
                "lead": lead,
                "process": process,
                "complete_accurate": amount(0.5, 1) if draw(st.booleans()) else None,
            }
        )
    return {"title": draw(st.sampled_from(["A map", "<&> \"'"])), "steps": steps}
