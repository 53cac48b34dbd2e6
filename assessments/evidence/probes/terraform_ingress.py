"""Is a door open to the whole internet?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.infrastructure import terraform
from assessments.evidence.probe import Probe
from assessments.evidence.reading.hcl import texts
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="terraform-ingress",
    title="Only web ports are open to everyone",
    family="infrastructure",
    capabilities=("pervasive-security", "flexible-infrastructure"),
    why="Machines on the internet are tried within minutes; a port for administration must not be among what they "
    "reach.",
    how="Firewall rules for incoming traffic of AWS, Google Cloud and Azure with 0.0.0.0/0, ::/0 or `*` as the "
    "source, for other ports than 80 and 443. Values from variables are left out.",
    outcomes={
        Outcome.MET: "No rule opens another port to everyone.",
        Outcome.NOT_MET: "A rule opens another port to everyone.",
        Outcome.NOT_APPLICABLE: "There are no firewall rules of a known kind.",
    },
    remedy="Name the networks that need the port, or reach machines through a bastion or a session service.",
    effort=Effort.HOURS,
    version=2,
)

_EVERYONE = re.compile(r"0\.0\.0\.0/0|::/0")


def judge(snapshot: Snapshot) -> Finding:
    seen, bad = [], []
    for path, file in terraform(snapshot).items():
        for block in file.blocks:
            if block.kind != "resource" or len(block.labels) < 2:
                continue
            for rule, source, ports in _rules(block):
                place = Evidence(path, rule.line, f"{'.'.join(block.labels)} opens {ports} to everyone")
                seen.append(Evidence(path, rule.line, ".".join(block.labels)))
                if source and ports not in ("80-80", "443-443", "80", "443"):
                    bad.append(place)
    if bad:
        return not_met("Firewall rules open other ports than 80 and 443 to everyone.", bad)
    if seen:
        return met("No firewall rule opens another port than 80 and 443 to everyone.", seen[:3])
    return not_applicable("There are no firewall rules of a known kind.")


def _rules(block):
    """(block, whether everyone may, ports) of each rule for incoming traffic whose ports are stated."""
    kind = block.labels[0]
    rules = block.inside("ingress") if kind in ("aws_security_group", "aws_default_security_group") else []
    if kind == "aws_security_group_rule" and _value(block, "type") == "ingress":
        rules = [block]
    if kind == "aws_vpc_security_group_ingress_rule":
        rules = [block]
    for rule in rules:
        said = " ".join(
            rule.get(name).text
            for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")
            if rule.get(name)
        )
        begin, end = _number(rule, "from_port"), _number(rule, "to_port")
        protocol = _value(rule, "protocol") or _value(rule, "ip_protocol")
        if protocol == "-1":
            yield rule, bool(_EVERYONE.search(said)), "all ports"
        elif begin is not None and end is not None:
            yield rule, bool(_EVERYONE.search(said)), f"{begin}-{end}"
    if kind == "google_compute_firewall" and _value(block, "direction") != "EGRESS":
        for rule in block.inside("allow"):
            everyone = any(_EVERYONE.search(text) for text in texts(block.get("source_ranges")))
            for port in texts(rule.get("ports")) or ["all ports"]:
                yield rule, everyone and _value(rule, "protocol") != "icmp", port
    nested = block.inside("security_rule") if kind == "azurerm_network_security_group" else []
    for rule in [block] if kind == "azurerm_network_security_rule" else nested:
        if _value(rule, "direction") == "Inbound" and _value(rule, "access") == "Allow":
            everyone = _value(rule, "source_address_prefix") in ("*", "0.0.0.0/0", "Internet")
            yield rule, everyone, _value(rule, "destination_port_range") or "several ports"


def _value(block, name: str) -> str:
    given = block.get(name)
    return (given.value or "") if given else ""


def _number(block, name: str) -> int | None:
    given = block.get(name)
    text = (given.value or given.text).strip() if given else ""
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else None
