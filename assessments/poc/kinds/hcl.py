"""HCL: Terraform, its tests and policies of Vault. Blocks that are there, and rules that infrastructure must keep."""

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.evidence.reading.hcl import Attribute, Block, read_hcl
from assessments.evidence.reading.secrets import find_secrets
from assessments.poc import vault
from assessments.poc.judging import Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import either, fits
from assessments.poc.schemas import GLOBS, KEYS, PATTERN, PATTERNS, parameters, several, shape, whole

_BLOCK = shape(
    {
        "kind": PATTERN | {"description": "What the block is called, such as `resource` or `run`."},
        "labels": PATTERNS | {"description": "What its labels fit, in order."},
        "attributes": KEYS | {"description": "Attributes it has."},
        "values": {
            "description": "Attributes with a pattern that their text fits.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": PATTERN,
        },
        "inside": KEYS | {"description": "Kinds of blocks it holds."},
        "min": whole(1, "So many at least (1)."),
    },
    ("kind",),
)
_EVERYWHERE = re.compile(r"(?<![0-9.])0\.0\.0\.0/0|(?<![0-9a-f:])::/0")
_WAIVER = re.compile(r"\s*(#|//)\s*waiver:\s*\S+(\s+\S+){2,}", re.IGNORECASE)
_SECRET = re.compile(r"(^|_)(password|passwd|secret|token|api_key|access_key|secret_key|private_key)(_wo)?$", re.I)
_IN_URL = re.compile(r"://[^\s:/@${}]+:[^\s@${}]+@")
_PINNED = re.compile(r"^\s*(=\s*)?v?[0-9]|~>|<")


#: What each rule says.
_MEANINGS = {
    "required version": "each folder with a backend or a provider says which Terraform it needs",
    "providers pinned": "every provider has a version that does not move by itself",
    "remote backend": "each folder with a provider keeps its state in a shared backend",
    "no secrets": "no secret is written out",
    "no open ingress": "nothing is open to everyone without a comment `# waiver: why`",
    "least privilege": "no path of a Vault policy grants sudo, or more than listing on a whole mount",
    "reading apart": "there are two Vault policies at least, one of which only reads",
    "short leases": "logins of databases are made on demand, end within the hour and live a day at most, and those "
    "that stay get a new password within 30 days",
    "bound logins": "a login to Vault with a token of a forge is bound to an audience and to a repository",
}
SCHEMA = parameters(
    {
        "files": GLOBS,
        "blocks": several(_BLOCK, "Blocks that are there."),
        "rules": {
            "description": "Rules that must be kept: "
            + "; ".join(f"{what} ({name})" for name, what in _MEANINGS.items())
            + ".",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": list(_MEANINGS)},
        },
        "same_modules": {
            "description": "Folders that call the same modules, such as those of staging and of production.",
            "type": "array",
            "minItems": 2,
            "items": {"type": "string", "minLength": 1},
        },
    },
    ("files",),
    minProperties=2,
)


class Files:
    """The files with their text, and the blocks of all by folder."""

    def __init__(self, read: dict[str, tuple[str, Block]]):
        self.read = read
        self.folders: dict[str, list[tuple[str, Block]]] = {}
        for path, (_, root) in read.items():
            for block in root.blocks:
                self.folders.setdefault(posixpath.dirname(path), []).append((path, block))

    def blocks(self) -> list[tuple[str, Block]]:
        return [each for listed in self.folders.values() for each in listed]

    def called(self) -> set[str]:
        """Folders that others call as a module."""
        return {
            posixpath.normpath(posixpath.join(posixpath.dirname(path), source.value))
            for path, block in self.blocks()
            if block.kind == "module"
            and (source := block.get("source"))
            and source.value
            and source.value.startswith(".")
        }

    def applied(self) -> dict[str, list[tuple[str, Block]]]:
        """Folders with a provider or a backend that no other calls."""
        called = self.called()
        return {
            folder: listed
            for folder, listed in self.folders.items()
            if (folder or ".") not in called
            and any(b.kind == "provider" or (b.kind == "terraform" and b.inside("backend", "cloud")) for _, b in listed)
        }


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    paths = context.find(params["files"])
    read = dict(context.read("hcl", paths, lambda path, text: (text, read_hcl(text))))
    if not read:
        return failed(f"There is no file {either(params['files'])} that can be read.", missing=True)
    files = Files(read)
    for name in params.get("rules", ()):
        if broken := _broken(name, files):
            where = f"{broken[0].path}: " if broken[0].path else ""
            return failed(f"{where}{broken[0].what}.", broken)
    seen: list[Evidence] = []
    for wanted in params.get("blocks", ()):
        here = [
            Evidence(path, each.line, " ".join((each.kind, *each.labels)))
            for path, block in files.blocks()
            for each in block.everywhere()
            if _is(wanted, each)
        ]
        if len(here) < wanted.get("min", 1):
            text = f"There are {len(here)} blocks {wanted['kind']} as asked for, and {wanted.get('min', 1)} are needed."
            return failed(text, here, missing=True)
        seen += here
    if "same_modules" in params and (wrong := _modules(params["same_modules"], files)):
        return wrong
    seen = seen or [Evidence(path, None, "looked at") for path in read]
    return passed("The files are as they should be.", seen, every="rules" in params or "same_modules" in params)


def _broken(name: str, files: Files) -> list[Evidence]:
    """The places at which a rule is broken."""
    if name in _OF_TERRAFORM:
        return _OF_TERRAFORM[name](files)
    return _OF_VAULT[name](files.blocks())


def _is(wanted: Mapping[str, Any], block: Block) -> bool:
    labels = wanted.get("labels", [])
    if block.kind != wanted["kind"] or len(block.labels) < len(labels):
        return False
    if not all(fits(pattern, label) for pattern, label in zip(labels, block.labels, strict=False)):
        return False
    if not all(name in block.attributes for name in wanted.get("attributes", ())):
        return False
    if not all(block.inside(kind) for kind in wanted.get("inside", ())):
        return False
    return all(fits(pattern, _text(block.get(name))) for name, pattern in wanted.get("values", {}).items())


def _text(attribute: Attribute | None) -> str:
    return "" if attribute is None else attribute.value if attribute.value is not None else attribute.text


def _modules(folders: list[str], files: Files) -> Judgement | None:
    """Local sources by the folder they lead to, others without the version they name."""
    sources: dict[str, dict[str, Evidence]] = {}
    for folder in folders:
        found: dict[str, Evidence] = {}
        for path, block in files.folders.get(folder.strip("/"), ()):
            source = block.get("source") if block.kind == "module" else None
            if source and source.value:
                local = source.value.startswith(".")
                name = posixpath.normpath(posixpath.join(folder, source.value)) if local else source.value.split("?")[0]
                found[name] = Evidence(path, source.line, source.value)
        if not found:
            return failed(f"{folder} calls no module.", missing=True)
        sources[folder] = found
    first, *others = folders
    for other in others:
        if odd := set(sources[first]) ^ set(sources[other]):
            places = [sources[f][name] for f in (first, other) for name in odd if name in sources[f]]
            return failed(f"{first} and {other} do not call the same modules.", places)
    return None


def _required_version(files: Files) -> list[Evidence]:
    folders = files.applied() or files.folders
    return [
        Evidence(listed[0][0], None, "its folder has no required_version")
        for listed in folders.values()
        if not any(block.kind == "terraform" and _text(block.get("required_version")).strip() for _, block in listed)
    ]


def _providers_pinned(files: Files) -> list[Evidence]:
    found, known = [], set()
    for path, block in files.blocks():
        for providers in block.inside("required_providers") if block.kind == "terraform" else ():
            for name, given in providers.attributes.items():
                known.add(name)
                version = re.search(r'\bversion\s*=\s*"([^"]*)"', given.text)
                said = given.value if given.value is not None else version[1] if version else ""
                if not _PINNED.search(said):
                    found.append(Evidence(path, given.line, f"provider {name} has no version that stays"))
    for path, block in files.blocks():
        used = block.labels[:1] if block.kind in ("provider", "resource", "data") else ()
        for label in used:
            name = label if block.kind == "provider" else label.split("_", 1)[0]
            if name not in known and name != "terraform" and not any(each.startswith(f"{name}-") for each in known):
                found.append(Evidence(path, block.line, f"provider {name} is not among required_providers"))
    return found


def _remote_backend(files: Files) -> list[Evidence]:
    found = []
    for listed in (files.applied() or files.folders).values():
        backends = [
            (path, inner)
            for path, block in listed
            if block.kind == "terraform"
            for inner in block.inside("backend", "cloud")
        ]
        if not backends:
            found.append(Evidence(listed[0][0], None, "its folder has no backend"))
        found += [
            Evidence(path, each.line, "the backend is local")
            for path, each in backends
            if each.labels[:1] == ("local",)
        ]
    return found


def _no_secrets(files: Files) -> list[Evidence]:
    found = []
    for path, (text, root) in files.read.items():
        found += [Evidence(path, hit.line, f"a {hit.kind} is written out") for hit in find_secrets(text.encode())]
        for block in root.everywhere():
            for given in block.attributes.values():
                named = (
                    block.labels[-1]
                    if block.kind == "variable" and block.labels and given.name == "default"
                    else given.name
                )
                value = given.value or ""
                if _SECRET.search(named) and value.strip():
                    found.append(Evidence(path, given.line, f"{named} is written out"))
                elif named == "connection_url" and _IN_URL.search(value):
                    found.append(Evidence(path, given.line, f"a password is written out in {named}"))
    return found


def _no_open_ingress(files: Files) -> list[Evidence]:
    found = []
    for path, (text, root) in files.read.items():
        lines = text.split("\n")
        for block, given in (each for top in root.blocks for each in _opening(top)):
            if not _waived(lines, block.line) and not _waived(lines, given.line):
                found.append(Evidence(path, given.line, f"{given.name} is open to everyone"))
    return found


def _opening(top: Block) -> list[tuple[Block, Attribute]]:
    """(block, attribute) of everything that lets everyone in. Values are looked for where they are written down, in
    variables and locals too."""
    if top.kind in ("variable", "locals"):
        return [(top, given) for given in top.attributes.values() if _EVERYWHERE.search(given.text)]
    if top.kind == "module":
        return [
            (top, each)
            for each in top.attributes.values()
            if "egress" not in each.name and _EVERYWHERE.search(each.text)
        ]
    kind = top.labels[0] if top.kind == "resource" and top.labels else ""
    if (
        "egress" in kind
        or _text(top.get("direction")).upper() in ("EGRESS", "OUTBOUND")
        or _text(top.get("type")) == "egress"
    ):
        return []
    if not re.search(r"security_group|firewall|network_security|security_list|network_acl", kind):
        return []
    found, waiting = [], [top]
    while waiting:
        block = waiting.pop()
        way_out = block.kind == "egress" or block.labels[:1] == ("egress",)
        if way_out or _text(block.get("direction")).casefold() == "outbound":
            continue
        waiting += block.blocks
        for given in block.attributes.values():
            azure = given.name == "source_address_prefix" and given.value in ("*", "Internet", "0.0.0.0/0")
            if given.name != "egress" and (azure or _EVERYWHERE.search(given.text)):
                found.append((block, given))
    return sorted(found, key=lambda each: each[1].line)


def _waived(lines: list[str], line: int) -> bool:
    """Whether the line above holds a comment that says why."""
    return 2 <= line <= len(lines) + 1 and bool(_WAIVER.match(lines[line - 2]))


_OF_TERRAFORM: Mapping[str, Callable[[Files], list[Evidence]]] = {
    "required version": _required_version,
    "providers pinned": _providers_pinned,
    "remote backend": _remote_backend,
    "no secrets": _no_secrets,
    "no open ingress": _no_open_ingress,
}
_OF_VAULT: Mapping[str, Callable[[vault.Blocks], list[Evidence]]] = {
    "least privilege": vault.least_privilege,
    "reading apart": vault.reading_apart,
    "short leases": vault.short_leases,
    "bound logins": vault.bound_logins,
}
KIND = Kind(
    "hcl", "Terraform, its tests and policies of Vault: blocks, and rules that must be kept.", SCHEMA, Level.E1, judge
)
