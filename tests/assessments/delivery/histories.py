"""Random small histories for property tests."""

from hypothesis import strategies as st

from tests.assessments.delivery.story import deploy, incident, merge, says, story

HOURS = st.integers(0, 300)
MAYBE = st.none() | HOURS


@st.composite
def changes(draw, count: int):
    out = []
    for i in range(count):
        hour = draw(st.integers(0, 200))
        times = {
            name: hour - draw(st.integers(-3, 30))
            for name in ("opened", "ready", "review", "approval")
            if draw(st.booleans())
        }
        authored = draw(st.none() | st.integers(-50, 210))
        # A sha is found by its beginning, a number by "#": both lead to an earlier or later change, or to none.
        reverts = f"#{draw(st.integers(0, count))}" if draw(st.integers(0, 4)) == 0 else None
        path = draw(st.sampled_from([None, ["api/a.py"], ["web/b.ts"], ["api/a.py", "web/b.ts"]]))
        out.append(merge(f"#{i}", hour, number=i, authored=authored, reverts=reverts, paths=path, **times))
    return out


@st.composite
def deployments(draw, count: int, changes: int, environments=("prod-eu", "prod-us", "staging")):
    out = []
    for i in range(count):
        change = f"#{draw(st.integers(0, changes - 1))}" if changes and draw(st.integers(0, 9)) else None
        out.append(
            deploy(
                f"d{i}",
                change,
                draw(HOURS),
                environment=draw(st.sampled_from(environments)),
                status=draw(st.sampled_from(["success"] * 4 + ["failure", "cancelled"])),
                on_trunk=draw(st.integers(0, 5)) > 0,
                unplanned=draw(st.sampled_from([None, None, None, True, False])),
            )
        )
    return out


@st.composite
def incidents(draw, count: int, deployments: int):
    out = []
    for i in range(count):
        opened = draw(HOURS)
        resolved = draw(st.none() | st.integers(opened, 320))
        named = f"d{draw(st.integers(0, deployments))}" if draw(st.integers(0, 2)) == 0 else None
        out.append(incident(f"i{i}", opened, resolved, named))
    return out


@st.composite
def words(draw, count: int, deployments: int):
    kinds = st.sampled_from(["deployment.failed", "deployment.not_failed"])
    return [says(draw(kinds), f"d{draw(st.integers(0, deployments))}", restored=draw(MAYBE)) for _ in range(count)]


@st.composite
def events(draw, **options):
    """Changes, deployments, incidents and corrections, told in any order that keeps trunk order."""
    merges, attempts = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    return [
        *draw(changes(merges)),
        *draw(deployments(attempts, merges, **options)),
        *draw(incidents(draw(st.integers(0, 4)), attempts)),
        *draw(words(draw(st.integers(0, 2)), attempts)),
    ]


@st.composite
def stories(draw, **options):
    history = draw(st.none() | st.integers(0, 100))
    return story(*draw(events(**options)), until=310, history=history, hotfix_pattern="")
