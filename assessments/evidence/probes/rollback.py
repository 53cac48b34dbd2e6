"""Is the way back written as a command?"""

import re

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.operating import deployments
from assessments.evidence.pipelines import ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import deploying

PROBE = Probe(
    key="rollback",
    title="Going back to the version before is one command",
    family="deployment",
    capabilities=("deployment-automation", "continuous-delivery"),
    why="The way back is needed in the worst hour; it should not be invented then.",
    how="Workflows and commands that go back (helm rollback, kubectl rollout undo, argocd app rollback, a job or "
    "workflow named rollback or revert, automatic rollback of ECS or CodeDeploy, `--atomic` of Helm), where "
    "something is deployed.",
    outcomes={
        Outcome.MET: "A way back is written as a command.",
        Outcome.NOT_MET: "Something is deployed from here, and no way back was found.",
        Outcome.NOT_APPLICABLE: "Nothing is deployed from here.",
    },
    remedy="Add a workflow that takes a version and deploys it, and rehearse it once a quarter.",
    effort=Effort.HOURS,
    version=2,
)

_BACK = re.compile(
    r"^(helm (\S+ )*rollback|kubectl (\S+ )*rollout undo|argocd (\S+ )*rollback|kubectl argo rollouts (undo|abort)|"
    r"helm (\S+ )*upgrade .*(--atomic|--rollback-on-failure)|helmfile .*--atomic|eb deploy .*--version|"
    r"heroku rollback|vercel rollback|fly (\S+ )*deploy .*--image|aws deploy .*rollback|kamal rollback|"
    r"cap \S+ deploy:rollback|netlify \S*rollback|wrangler rollback)"
)
_NAME = re.compile(r"roll[-_ ]?back|revert[-_ ]?(deploy|release)", re.IGNORECASE)
_SETTING = re.compile(
    r"deployment_circuit_breaker|auto_rollback_configuration|automatic_rollback|AutoRollbackConfiguration|"
    r"DeploymentCircuitBreaker"
)


def judge(snapshot: Snapshot) -> Finding:
    found = [each.evidence() for each in ran(snapshot) if _BACK.match(each.command.spoken)]
    deploy = [each.evidence() for each in deployments(snapshot)]
    for flow in workflows(snapshot):
        if _NAME.search(flow.path.rsplit("/", 1)[-1]) or _NAME.search(flow.name):
            found.append(Evidence(flow.path, None, flow.name or "rollback"))
        for job in flow.jobs:
            if _NAME.search(job.key) or _NAME.search(str(job.get("name") or "")):
                found.append(Evidence(flow.path, job.line, f"job {job.key}"))
            deploy += [
                Evidence(flow.path, step.uses.line, step.uses.text)
                for step in job.steps
                if step.uses and deploying(step.uses.name)
            ]
    for path, text in snapshot.texts(snapshot.active("**/*.tf", "**/{template,stack}.{yml,yaml}")):
        if setting := _SETTING.search(text):
            found.append(Evidence(path, text.count("\n", 0, setting.start()) + 1, setting[0]))
    found += [
        Evidence(path, None, "a script for it")
        for path in snapshot.active("**/*rollback*.{sh,py,yml,yaml}")
        if "migration" not in path.lower()
    ][:3]
    if found:
        return met("A way back is written as a command.", found)
    pages = ("deploy-pages", "gh-pages", "github-pages")
    deploy = [place for place in deploy if not any(page in place.what for page in pages)]
    if not deploy:
        return not_applicable("Nothing but pages is deployed from here.")
    return not_met("Something is deployed, and no way back was found.", deploy[:3])
