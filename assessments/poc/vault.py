"""Rules for what is written for Vault: policies, leases of database logins, and who may log in with tokens of a forge.

Policies are read where teams keep them: files of `path` blocks, `vault_policy_document`, texts within `vault_policy`.
Each rule takes top-level blocks with the paths of their files, and gives the places at which it is broken.
"""

import math
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.evidence.finding import Evidence
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.hcl import Attribute, Block, read_hcl, texts

Blocks = list[tuple[str, Block]]

#: What a policy may grant; Vault refuses to keep any other.
CAPABILITIES = frozenset(
    {"create", "read", "update", "patch", "delete", "list", "sudo", "deny", "subscribe", "recover"}
)
_READING = frozenset({"read", "list", "deny", "subscribe"})
_SHORTHAND = {"write": ("create", "read", "update", "delete", "list"), "read": ("read", "list")}
#: Parts of a path that belong to the engine and name nothing that is kept there.
_ENGINE = frozenset({"data", "metadata", "delete", "undelete", "destroy", "subkeys", "creds", "static-creds"})
HOUR, DAY, MONTH = 3_600, 86_400, 2_592_000
_WHO = ("sub", "repository", "repository_id", "workflow_ref", "job_workflow_ref")
_WHO += ("project_path", "project_id", "ci_config_ref_uri")
#: What a token does with itself and with leases whose number it knows: no writing.
_OWN = ("auth/token/renew-self", "auth/token/revoke-self", "sys/renew", "sys/leases/renew", "sys/leases/revoke")
#: With a star behind them: all policies, or all keys of an engine that encrypts.
_ALL = re.compile(r"sys/policies/acl|sys/policy|[^/]+/(decrypt|encrypt|rewrap)")


@dataclass(frozen=True)
class Rule:
    path: str
    line: int
    place: str
    capabilities: frozenset[str]


def policies(blocks: Blocks) -> list[list[Rule]]:
    """The rules of each policy."""
    found: dict[tuple, list[Rule]] = {}
    for path, block in blocks:
        if block.kind == "path" and block.labels:
            found.setdefault((path,), []).append(_rule(path, block.line, block.labels[0], block))
        elif block.kind == "data" and block.labels[:1] == ("vault_policy_document",):
            rules = [
                _rule(path, each.line, _plain(each.get("path")), each)
                for each in block.inside("rule")
                if each.get("path")
            ]
            found.setdefault((path, block.line), []).extend(rules)
        elif block.kind == "resource" and block.labels[:1] == ("vault_policy",):
            for each in _written(_plain(block.get("policy"))):
                at = block.line + each.line
                found.setdefault((path, block.line), []).append(_rule(path, at, each.labels[0], each))
    return [rules for rules in found.values() if rules]


def least_privilege(blocks: Blocks) -> list[Evidence]:
    rules = [rule for policy in policies(blocks) for rule in policy]
    if not rules:
        return [_nothing(blocks, "no policy of Vault is written here")]
    found = []
    for rule in rules:
        for capability in sorted(rule.capabilities - CAPABILITIES):
            found.append(Evidence(rule.path, rule.line, f"{rule.place} grants {capability}, which is no capability"))
        if "sudo" in rule.capabilities:
            found.append(Evidence(rule.path, rule.line, f"{rule.place} grants sudo"))
        enough = {"list", "deny"} | ({"read"} if "metadata" in rule.place.split("/") else set())
        more = sorted((rule.capabilities & CAPABILITIES) - enough - {"sudo"})
        if more and _whole(rule.place):
            text = f"{rule.place} is a whole mount, and grants {', '.join(more)}"
            found.append(Evidence(rule.path, rule.line, text))
    return found


def reading_apart(blocks: Blocks) -> list[Evidence]:
    found = policies(blocks)
    places = [Evidence(rules[0].path, rules[0].line, "a policy") for rules in found]
    if len(found) < 2:
        return places or [_nothing(blocks, "no policy of Vault is written here")]
    others = [[rule for rule in rules if rule.place not in _OWN] for rules in found]
    if not any(
        all(rule.capabilities <= _READING for rule in rules) and any("read" in rule.capabilities for rule in rules)
        for rules in others
    ):
        return [
            Evidence(each.path, each.line, "this policy does more than read, as every other does") for each in places
        ]
    return []


def short_leases(blocks: Blocks) -> list[Evidence]:
    found, dynamic, named = [], False, _named(blocks)
    for path, block in blocks:
        kind = block.labels[0] if block.kind == "resource" and block.labels else ""
        if kind == "vault_database_secret_backend_role":
            dynamic = True
            limits = {"default_ttl": HOUR, "max_ttl": DAY}
        elif kind == "vault_database_secret_backend_static_role" and not block.get("rotation_schedule"):
            limits = {"rotation_period": MONTH}
        else:
            continue
        for name, most in limits.items():
            given = block.get(name)
            seconds = None if given is None else _seconds(given, path, named)
            if seconds is None:
                said = "is not written as a number" if given else "is not given, so that the one of the mount counts"
                found.append(Evidence(path, given.line if given else block.line, f"{name} {said}"))
            elif not 0 < seconds <= most:
                text = f"{name} is {seconds} seconds, and 1 to {most} are meant"
                found.append(Evidence(path, given.line, text))
    if not dynamic:
        found.append(_nothing(blocks, "no vault_database_secret_backend_role is written here"))
    return found


def bound_logins(blocks: Blocks) -> list[Evidence]:
    found, there = [], False
    for path, block in blocks:
        if block.kind != "resource" or block.labels[:1] != ("vault_jwt_auth_backend_role",):
            continue
        if _plain(block.get("role_type")) != "jwt":
            continue  # one for people, who log in with a browser
        there = True
        found += [Evidence(path, block.line, what) for what in _unbound(block)]
    return found if there else [_nothing(blocks, "no vault_jwt_auth_backend_role of the type jwt is written here")]


# -- how they are read -------------------------------------------------------------------------------------------------


def _rule(path: str, line: int, place: str, block: Block) -> Rule:
    given = set(texts(block.get("capabilities")))
    for word in texts(block.get("policy")):
        given |= set(_SHORTHAND.get(word, (word,)))
    return Rule(path, line, place.strip("/"), frozenset(given))


def _plain(attribute: Attribute | None) -> str:
    """A text as it is written, with what is filled in later left as it stands."""
    if attribute is None:
        return ""
    return attribute.value if attribute.value is not None else attribute.text.strip('"')


def _written(text: str) -> Iterable[Block]:
    """Blocks `path` of a policy within a text; none when it is something else, such as a call of file()."""
    try:
        read = read_hcl(text)
    except Malformed:
        return []
    return [each for each in read.blocks if each.kind == "path" and each.labels]


def _whole(place: str) -> bool:
    """Whether a path with a wildcard names nothing below its mount."""
    parts = place.split("/")
    wild = next((index for index, part in enumerate(parts) if part in ("*", "+") or part.endswith("*")), None)
    if wild is None or parts[wild] not in ("*", "+") or any(part not in ("*", "+") for part in parts[wild:]):
        return False
    fixed = parts[:wild]
    if _ALL.fullmatch("/".join(fixed)):
        return True
    engine = next((index for index, part in enumerate(fixed) if index and part in _ENGINE), None)
    return len(fixed) <= 1 if engine is None else engine == len(fixed) - 1


def _named(blocks: Blocks) -> dict[tuple[str, str, str], Attribute]:
    """Defaults of variables and locals, by folder, `var` or `local`, and name."""
    found = {}
    for path, block in blocks:
        folder = posixpath.dirname(path)
        if block.kind == "variable" and block.labels and block.get("default"):
            found[folder, "var", block.labels[0]] = block.attributes["default"]
        elif block.kind == "locals":
            found |= {(folder, "local", name): given for name, given in block.attributes.items()}
    return found


def _seconds(given: Attribute, path: str, named: dict[tuple[str, str, str], Attribute]) -> int | None:
    """A number, a product of numbers, or a variable of that folder with one as its default."""
    text = given.text.strip().strip('"')
    if name := re.fullmatch(r"(var|local) ?\. ?([\w-]+)", text):
        other = named.get((posixpath.dirname(path), name[1], name[2]))
        text = other.text.strip().strip('"') if other else ""
    if not re.fullmatch(r"[0-9]{1,9}( ?\* ?[0-9]{1,9}){0,4}", text):
        return None
    return math.prod(int(each) for each in text.split("*"))


def _unbound(block: Block) -> list[str]:
    """What leaves a login open to more than was meant."""
    found = []
    name = _plain(block.get("role_name")) or block.labels[-1]
    audiences = block.get("bound_audiences")
    if audiences is None or re.fullmatch(r"\[\s*\]", audiences.text) or "*" in texts(audiences):
        found.append(f"{name} takes tokens for any audience")
    subject, claims = block.get("bound_subject"), block.get("bound_claims")
    if "*" in _plain(subject):
        found.append(f"{name} has a star in bound_subject, which is compared letter by letter")
    pairs = dict(re.findall(r'"?([\w./-]+)"? [=:] ("(?:[^"\\]|\\.)*"|[^,"}]+)', claims.text)) if claims else {}
    values = {key: value.strip().strip('"') for key, value in pairs.items()}
    if not _plain(subject).strip() and not any(key in _WHO for key in values):
        found.append(f"{name} does not say whose tokens it takes")
    patterns = _plain(block.get("bound_claims_type")) == "glob"
    for key, value in values.items():
        if "*" not in value:
            continue
        if not patterns:
            found.append(f"{name} has a star in {key}, which is a pattern with bound_claims_type glob alone")
        elif not re.search(r"[\w-]/[\w.@-]+[:/]", value.split("*", 1)[0]) and key in _WHO:
            found.append(f"{name} takes {key} {value}, which names no repository")
    return found


def _nothing(blocks: Blocks, what: str) -> Evidence:
    return Evidence(blocks[0][0] if blocks else "", None, what)
