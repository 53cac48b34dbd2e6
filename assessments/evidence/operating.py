"""Whether a repository is one from which something is operated, rather than a library or a tool."""

import re

from assessments.evidence.compose import compose_files
from assessments.evidence.finding import Evidence
from assessments.evidence.images import shipped
from assessments.evidence.manifests import services, templates, title
from assessments.evidence.pipelines import ran, workflows
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import deploying, deploys

#: Pages of documents are deployed too, and nobody is called at night for them.
_PAGES = re.compile(r"pages|gh-pages|mkdocs|netlify|hosting-deploy|mike deploy|docs", re.IGNORECASE)


def operated(snapshot: Snapshot) -> list[Evidence]:
    """What says that it is: manifests of services, a pipeline that deploys, an image that exposes a port."""
    return snapshot.once(_operated)


def _operated(snapshot: Snapshot) -> list[Evidence]:
    found = [Evidence(group[0].path, group[0].line, title(group[0])) for group in services(snapshot).values()]
    found += [Evidence(path, None, "template of a chart") for path in templates(snapshot)[:1]]
    found += [
        each.evidence() for each in ran(snapshot) if deploys(each.command) and not _PAGES.search(each.command.text)
    ]
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and deploying(step.uses.name) and not _PAGES.search(step.uses.name):
                found.append(Evidence(flow.path, step.uses.line, step.uses.text))
    files = {
        path: None for path in snapshot.active("Procfile", "fly.toml", "app.yaml", "render.yaml", "railway.{json,toml}")
    }
    found += [Evidence(path, None, "settings of a platform") for path in files]
    return found


def exposes(snapshot: Snapshot) -> list[Evidence]:
    """Images that expose a port, and services of compose files that are built here."""
    found = [
        Evidence(file.path, each.line, f"EXPOSE {each.value}")
        for file in shipped(snapshot)
        for each in file.last.all("EXPOSE")
    ]
    for path, named in compose_files(snapshot):
        found += [
            Evidence(path, each.line, name) for name, each in named.items() if "build" in each and "ports" in each
        ]
    return found
