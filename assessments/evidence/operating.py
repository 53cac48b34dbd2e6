"""Whether a repository is one from which something is operated, rather than a library or a tool."""

import re

from assessments.evidence.finding import Evidence
from assessments.evidence.manifests import services, templates, title
from assessments.evidence.pipelines import ran, workflows
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import deploying, deploys

#: Pages of documents are deployed too, and nobody is called at night for them.
_PAGES = re.compile(r"pages|gh-pages|mkdocs|netlify|hosting-deploy|mike deploy|docs", re.IGNORECASE)


def operated(snapshot: Snapshot) -> list[Evidence]:
    """What says that it is: manifests of services, a pipeline that deploys, settings of a platform."""
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
    files = snapshot.active("Procfile", "fly.toml", "app.yaml", "render.yaml", "railway.{json,toml}")
    found += [Evidence(path, None, "settings of a platform") for path in files]
    return found
