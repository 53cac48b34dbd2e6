"""Whether a repository is one from which something is operated, rather than a library or a tool."""

import re

from assessments.evidence.finding import Evidence
from assessments.evidence.images import shipped
from assessments.evidence.manifests import services, templates, title
from assessments.evidence.pipelines import Ran, ran, workflows
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import deploying, deploys
from assessments.evidence.writing import README

#: Actions that begin a cluster for one run, in which nothing is deployed for users.
_TRIAL = re.compile(
    r"^(helm/kind-action|engineerd/setup-kind|container-tools/kind-action|medyagh/setup-minikube|"
    r"manusa/actions-setup-minikube|absaoss/k3d-action|nolar/setup-k3d-k3s|rinx/setup-k3d|debianmaster/actions-k3s|"
    r"jupyterhub/action-k3s-helm|canonical/setup-lxd|balchua/microk8s-actions)"
)
_TRIAL_COMMANDS = re.compile(r"^(kind create|minikube start|k3d cluster create|ctlptl (create|apply)|microk8s )")
#: What the title of a README says where nothing is run for users.
_SHOWN = re.compile(
    r"\b(examples?|samples?|demos?|tutorials?|workshops?|guides|boilerplate)\b|\btemplate\W*$", re.IGNORECASE
)
_TITLE = re.compile(r"^(?:# +(.+)|(.+)\n[=*]{4,}\s*$)", re.MULTILINE)
_PROCESSES = re.compile(r"^(web|worker|release)\s*:", re.MULTILINE)

#: Pages of documents are deployed too, and nobody is called at night for them.
_PAGES = re.compile(r"pages|gh-pages|mkdocs|netlify|hosting-deploy|mike deploy|docs", re.IGNORECASE)


def operated(snapshot: Snapshot) -> list[Evidence]:
    """What says that it is: manifests of services, a pipeline that deploys, settings of a platform."""
    return snapshot.once(_operated)


def showcase(snapshot: Snapshot) -> bool:
    """Whether the title of the README says that what is here are examples or a template."""
    for _, text in snapshot.texts(snapshot.find(*README)[:1]):
        if title_ := _TITLE.search(text[:5000]):
            return bool(_SHOWN.search(re.sub(r"\[?!?\[[^\]]*\]\([^)]*\)\]?(\([^)]*\))?", "", title_[1] or title_[2])))
    return False


def deployments(snapshot: Snapshot) -> list[Ran]:
    """Commands that bring software to where it runs for others."""
    trials = snapshot.once(_trials)
    return [
        each
        for each in ran(snapshot)
        if deploys(each.command) and not (each.workflow and each.job and (each.workflow.path, each.job.key) in trials)
    ]


def tried(snapshot: Snapshot) -> list[Ran]:
    """Commands that deploy to a cluster which the job itself began, as a test."""
    trials = snapshot.once(_trials)
    return [
        each
        for each in ran(snapshot)
        if deploys(each.command) and each.workflow and each.job and (each.workflow.path, each.job.key) in trials
    ]


def _trials(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """(path, key) of jobs that begin a cluster of their own."""
    found = {
        (flow.path, job.key)
        for flow in workflows(snapshot)
        for job, step in flow.steps()
        if step.uses and _TRIAL.match(step.uses.where.lower())
    }
    found |= {
        (each.workflow.path, each.job.key)
        for each in ran(snapshot)
        if each.workflow and each.job and _TRIAL_COMMANDS.match(each.command.spoken)
    }
    return frozenset(found)


def _operated(snapshot: Snapshot) -> list[Evidence]:
    if showcase(snapshot):
        return []
    found = [Evidence(group[0].path, group[0].line, title(group[0])) for group in services(snapshot).values()]
    if shipped(snapshot):  # a chart alone is installed elsewhere, by others
        found += [Evidence(path, None, "template of a chart") for path in templates(snapshot)[:1]]
    found += [each.evidence() for each in deployments(snapshot) if not _PAGES.search(each.command.text)]
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and deploying(step.uses.name) and not _PAGES.search(step.uses.name):
                found.append(Evidence(flow.path, step.uses.line, step.uses.text))
    files = list(snapshot.active("fly.toml", "app.yaml", "render.yaml", "railway.{json,toml}"))
    files += [path for path, text in snapshot.texts(snapshot.active("Procfile")) if _PROCESSES.search(text)]
    found += [Evidence(path, None, "settings of a platform") for path in files]
    return found
