"""Do tests grow with the code?"""

from assessments.evidence.files import is_test, language
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
    unknown,
)
from assessments.evidence.history import DAY
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot, sample, vendored

PROBE = Probe(
    key="tests-trend",
    title="Tests grow with the code",
    family="tests",
    capabilities=("test-automation",),
    why="Where the code grows and the tests do not, what is new is untested.",
    how="Bytes of test files for each byte of source files, now and in the trees of 90, 180 or 365 days ago (the "
    "oldest held): met when the share stays within a tenth or grows, partly to a quarter less. Code that grew by "
    "less than a tenth is not judged.",
    outcomes={
        Outcome.MET: "The share of tests holds or grows.",
        Outcome.PARTLY: "It shrinks by up to a quarter.",
        Outcome.NOT_MET: "It shrinks by more.",
        Outcome.UNKNOWN: "Earlier trees are not held.",
        Outcome.NOT_APPLICABLE: "The code hardly changed, or there is none; or there were and are hardly any tests.",
    },
    remedy="Ask in each review which test would have failed without the change.",
    effort=Effort.WEEKS,
    asks="history",
    version=2,
)
#: Bytes of tests for each byte of code beyond which less than before is nothing to mend.
ENOUGH = 1.0
#: The same, below which there is no trend to speak of; that tests are missing is judged elsewhere.
HARDLY = 0.05


def judge(snapshot: Snapshot) -> Finding:
    history = snapshot.history
    if history is None or not history.past:
        return unknown("Earlier trees are not held, so that there is nothing to compare with.")
    now = {path: snapshot.entries[path].size or 0 for path in snapshot.own}
    before = history.past[0]
    code_now, tests_now = _bytes(now)
    code_then, tests_then = _bytes(before.sizes)
    if code_then < 2_000 or abs(code_now - code_then) < code_then / 10:
        return not_applicable("The code grew by less than a tenth since then, or there was hardly any.")
    if not tests_now and not tests_then:
        return not_applicable("There are no tests of a known language, then or now.")
    share_now, share_then = tests_now / code_now if code_now else 0.0, tests_then / code_then
    if max(share_now, share_then) < HARDLY:
        return not_applicable("There were hardly any tests then, and there are hardly any now.")
    days = (snapshot.as_of - before.instant) // DAY if snapshot.as_of else 0
    said = f"{share_now * 1000:.0f} bytes of tests for each kilobyte of code; {days} days ago {share_then * 1000:.0f}."
    if tests_now and (share_now >= share_then * 0.9 or share_now >= ENOUGH):
        return met(said)
    return partly(said) if tests_now and share_now >= share_then * 0.75 else not_met(said, [Evidence(None, None, said)])


def _bytes(sizes) -> tuple[int, int]:
    """Bytes of product and of tests."""
    product = tests = 0
    for path, size in sizes.items():
        if vendored(path):
            continue
        if is_test(path):
            tests += size
        elif language(path) and not sample(path):
            product += size
    return product, tests
