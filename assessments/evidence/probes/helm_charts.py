"""Does a wrong value of a chart show before it is installed?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.manifests import chart_folders
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="helm-charts",
    title="Charts say which values they take",
    family="infrastructure",
    capabilities=("deployment-automation", "platform-engineering"),
    why="A misspelt value is silently ignored, and the chart installs something else than was meant.",
    how="Charts of the repository, without those in examples: values.schema.json beside values.yaml.",
    outcomes={
        Outcome.MET: "Every chart has a schema.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.NOT_APPLICABLE: "There are no Helm charts with values.",
    },
    remedy="Write values.schema.json (JSON Schema) for the values that people set; Helm then checks them.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    charts = {path.rpartition("/")[0] for path in snapshot.active("**/Chart.yaml")}
    for folder in chart_folders(snapshot):
        if folder not in charts:
            continue
        values, schema = (f"{folder}/{name}".lstrip("/") for name in ("values.yaml", "values.schema.json"))
        if values in snapshot.entries:
            fits = schema in snapshot.entries
            (good if fits else bad).append(
                Evidence(schema if fits else values, None, "has a schema" if fits else "has no schema")
            )
    return share(good, bad, "charts", "have a schema of their values", "There are no Helm charts with values.")
