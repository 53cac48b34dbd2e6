"""Brings the published descriptions up to date, by hand: `python -m tests.fake_github.refresh [folder of packages]`.

Takes the npm packages @octokit/openapi, @octokit/graphql-schema and @octokit/webhooks-examples, and writes to data/:
openapi.json.gz (the responses and parameters of the operations that are served, and every schema they lead to),
schema.graphql.gz (the whole schema, without descriptions) and webhooks.json.gz (all examples).
"""

import dataclasses
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from graphql import parse, print_ast, strip_ignored_characters
from graphql.language import Visitor, visit

from tests.fake_github.routes import TABLE

HERE = Path(__file__).parent / "data"
PACKAGES = ("openapi", "graphql-schema", "webhooks-examples")
#: What says nothing about the shape.
PROSE = {"description", "example", "examples", "summary", "title", "externalDocs", "tags", "deprecated"}


#: Where the description contradicts itself: it asks that an account is a user and an enterprise at once.
CORRECTED = {
    ("GET /app/installations", "200"): {"type": "array", "items": {"$ref": "#/components/schemas/installation"}},
}


def trimmed(node: Any, named: bool = False) -> Any:
    """A schema without prose and with `nullable` said as JSON Schema says it. In `named`, keys are names, not words."""
    if isinstance(node, list):
        return [trimmed(item) for item in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {name: trimmed(value) for name, value in node.items()}
    kept = {
        word: trimmed(value, named=word in ("properties", "schemas", "parameters", "responses", "headers"))
        for word, value in node.items()
        if word not in PROSE and not word.startswith("x-") and word != "nullable"
    }
    if node.get("nullable"):
        return {"anyOf": [kept, {"type": "null"}]}
    return kept


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*(references(item) for item in node)) if node else set()
    if not isinstance(node, dict):
        return set()
    found = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return found.union(*(references(value) for value in node.values())) if node else found


def looked_up(document: dict, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def closure(document: dict, operations: list[tuple[str, str]]) -> dict:
    """{"operations": {"GET /path": {"parameters", "responses"}}, "components": {...}}, with all that is referred to."""
    served = {}
    for method, path in operations:
        operation = document["paths"][path][method.lower()]
        parameters = [
            looked_up(document, each["$ref"]) if "$ref" in each else each for each in operation.get("parameters", [])
        ]
        responses = {}
        for status, response in operation["responses"].items():
            response = looked_up(document, response["$ref"]) if "$ref" in response else response
            content = response.get("content", {}).get("application/json", {})
            corrected = CORRECTED.get((f"{method} {path}", status))
            responses[status] = corrected or trimmed(content.get("schema"))
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        served[f"{method} {path}"] = {
            "parameters": {p["name"]: {"in": p["in"], "schema": trimmed(p.get("schema", {}))} for p in parameters},
            "body": trimmed(body),
            "responses": responses,
        }
    components: dict = {}
    missing = references(served)
    while missing:
        reference = missing.pop()
        kind, name = reference.removeprefix("#/components/").split("/")
        if name not in components.setdefault(kind, {}):
            components[kind][name] = trimmed(looked_up(document, reference))
            missing |= references(components[kind][name])
    for name in ("pull-request", "pull-request-simple"):  # a deleted fork has no repository, a deleted account no user
        head = components["schemas"][name]["properties"]["head"]["properties"]
        head.update({each: {"anyOf": [head[each], {"type": "null"}]} for each in ("repo", "user")})
    return {"version": document["info"]["version"], "operations": served, "components": components}


class WithoutDescriptions(Visitor):
    def enter(self, node, *_):
        return dataclasses.replace(node, description=None) if getattr(node, "description", None) else None


def written(name: str, text: str) -> None:
    path = HERE / f"{name}.gz"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{path.name}: {len(text):,} characters, {path.stat().st_size:,} bytes")


def unpacked(folder: Path) -> None:
    for package in PACKAGES:
        command = ["npm", "pack", "--silent", f"@octokit/{package}"]
        name = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(folder / name) as archive:
            archive.extractall(folder / package, filter="data")


def refresh(folder: Path) -> None:
    generated = folder / "openapi" / "package" / "generated" / "api.github.com.json"
    document = json.loads(generated.read_text(encoding="utf-8"))
    described = [(route.method, route.template) for route in TABLE if route.described]
    written("openapi.json", json.dumps(closure(document, described), separators=(",", ":"), sort_keys=True))
    text = (folder / "graphql-schema" / "package" / "schema.graphql").read_text(encoding="utf-8")
    schema = parse(text, no_location=True)
    written("schema.graphql", strip_ignored_characters(print_ast(visit(schema, WithoutDescriptions()))))
    examples = (folder / "webhooks-examples" / "package" / "api.github.com" / "index.json").read_text(encoding="utf-8")
    slim = [{"name": event["name"], "examples": event["examples"]} for event in json.loads(examples)]
    written("webhooks.json", json.dumps(slim, separators=(",", ":")))
    said = "\n\n\n".join(licence(folder / package / "package") for package in PACKAGES)
    (HERE / "LICENSE").write_text(f"The data in this folder comes from these packages.\n\n{said}\n")


def licence(package: Path) -> str:
    """What a package says of its licence; its text where there is one."""
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    texts = [path.read_text(encoding="utf-8").strip() for path in package.glob("LICENSE*")]
    return "\n\n".join([f"{about['name']}: {about['license']}, {about.get('author', 'Octokit contributors')}", *texts])


def main() -> None:
    if len(sys.argv) > 1:
        refresh(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        unpacked(Path(folder))
        refresh(Path(folder))


if __name__ == "__main__":
    main()
