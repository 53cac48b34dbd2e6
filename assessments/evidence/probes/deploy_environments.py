"""Do deployments name where they go?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.operating import deployments
from assessments.evidence.pipelines import nothing_to_judge, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import deploying

PROBE = Probe(
    key="deploy-environments",
    title="Jobs that deploy name their environment",
    family="deployment",
    capabilities=("deployment-automation", "streamlining-change-approval"),
    why="An environment gives deployments a history, its own secrets and rules, and a place to ask who changed what "
    "when.",
    how="Jobs with a command or action that is known to deploy (kubectl apply, helm upgrade, terraform apply, cloud "
    "deployments, pages): `environment` of the job.",
    outcomes={
        Outcome.MET: "Every job that deploys names its environment.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.NOT_APPLICABLE: "No job is known to deploy.",
    },
    remedy="Set `environment: production` (or its name) of the job that deploys, and keep its secrets there.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    commands = {(each.workflow.path, each.job.key): each for each in deployments(snapshot) if each.job}
    good, bad = [], []
    for workflow in workflows(snapshot):
        for job in workflow.jobs:
            found = commands.get((workflow.path, job.key))
            step = next((s for s in job.steps if s.uses and deploying(s.uses.name)), None)
            if not found and not step:
                continue
            line, what = (found.line, found.command.text) if found else (step.uses.line, step.uses.text)
            if "environment" in job.plain:
                good.append(Evidence(workflow.path, job.plain.at("environment"), f"environment of job {job.key}"))
            else:
                bad.append(Evidence(workflow.path, line, f"job {job.key} runs {what}"))
    return share(good, bad, "jobs that deploy", "name their environment", "No job is known to deploy.")
