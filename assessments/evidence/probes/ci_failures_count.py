"""Does a failing check fail the run?"""

from assessments.evidence.finding import Effort, Finding, Outcome, share
from assessments.evidence.pipelines import nothing_to_judge, ran_on_changes
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import checks, tests

PROBE = Probe(
    key="ci-failures-count",
    title="A failing check fails the run",
    family="pipelines",
    capabilities=("continuous-integration", "continuous-delivery"),
    why="A check whose failure is ignored is green for ever, and people stop looking.",
    how="Commands on changes that test or check: none of them is followed by `|| true`, goes through a pipe into "
    "`tee`, `grep`, `cat` or the like where the shell has no `pipefail`, or stands in a step or job with "
    "`continue-on-error: true`. An expression there is a decision and is not counted.",
    outcomes={
        Outcome.MET: "No failure is ignored.",
        Outcome.PARTLY: "Failures of some are ignored.",
        Outcome.NOT_MET: "Failures of all are ignored.",
        Outcome.NOT_APPLICABLE: "No command on changes is known to test or check.",
    },
    remedy="Remove `continue-on-error` and `|| true`, and give steps with a pipe `shell: bash`, which sets `pipefail`. "
    "What cannot pass yet goes into a job of its own, with the day on which it must.",
    effort=Effort.HOURS,
    every=True,
    version=3,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    found = [each for each in ran_on_changes(snapshot) if tests(each.command) or checks(each.command)]
    good = [each.evidence() for each in found if not each.ignored]
    bad = [each.evidence() for each in found if each.ignored]
    none = "No command on changes is known to test or check."
    return share(good, bad, "tests and checks", "fail the run when they fail", none)
