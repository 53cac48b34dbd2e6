"""Does somebody propose new versions?"""

from assessments.evidence.dependencies import used
from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.probe import Probe
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.documents import line_of
from assessments.evidence.reading.yamls import Map, Seq, single
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="dependency-updates",
    title="Updates of dependencies are proposed by a program",
    family="supply-chain",
    capabilities=("supply-chain-security", "code-maintainability"),
    why="Many small updates are safe and boring; one large update after two years is a project.",
    how="The settings of Dependabot or Renovate: with Dependabot, an entry for each ecosystem that the repository "
    "uses (packages, actions, images, Terraform).",
    outcomes={
        Outcome.MET: "Renovate is set up, or Dependabot for all ecosystems.",
        Outcome.PARTLY: "Dependabot covers some of them.",
        Outcome.NOT_MET: "Neither is set up.",
        Outcome.NOT_APPLICABLE: "The repository has no dependencies of a known kind.",
    },
    remedy="Add .github/dependabot.yml with an entry for each ecosystem, weekly, in groups; or the settings of "
    "Renovate.",
    effort=Effort.MINUTES,
    version=2,
)

_RENOVATE = (
    "renovate.{json,json5}",
    ".github/renovate.{json,json5}",
    ".renovaterc{,.json,.json5}",
    ".gitlab/renovate.json",
)


def judge(snapshot: Snapshot) -> Finding:
    needed = used(snapshot)
    if not needed:
        return not_applicable("The repository has no dependencies of a known kind.")
    renovate = [Evidence(path, None, "settings of Renovate") for path in snapshot.find(*_RENOVATE)]
    for path, text in snapshot.texts(snapshot.find("package.json")):
        if line := line_of(text, '"renovate"'):
            renovate.append(Evidence(path, line, "settings of Renovate"))
    if renovate:
        return met("Renovate proposes updates.", renovate)
    updatecli = snapshot.find("updatecli/updatecli.d/**/*.{yml,yaml,tpl}", "updatecli.{yml,yaml}")
    if updatecli:
        return met("Updatecli proposes updates.", [Evidence(path, None, "settings of Updatecli") for path in updatecli])
    settings = snapshot.find(".github/dependabot.{yml,yaml}")
    covered: dict[str, Evidence] = {}
    for path, text in snapshot.texts(settings):
        try:
            read = single(text)
        except Malformed as error:
            snapshot.refuse(path, str(error))
            continue
        listed = read.get("updates") if isinstance(read, Map) else None
        for entry in listed if isinstance(listed, Seq) else ():
            if isinstance(entry, Map):
                name = str(entry.get("package-ecosystem"))
                covered.setdefault(name, Evidence(path, entry.at("package-ecosystem"), name))
    if not covered:
        return not_met("Neither Dependabot nor Renovate is set up.")
    missing = [each for each in needed if not covered.keys() & set(each.updates)]
    places = list(covered.values())
    if not missing:
        return met("Dependabot proposes updates for everything that is used.", places)
    open_ = [Evidence(needed[each][0], None, f"{each.name} is not covered") for each in missing]
    return partly(
        f"Dependabot proposes updates, but not for {', '.join(each.name for each in missing)}.", open_, places
    )
