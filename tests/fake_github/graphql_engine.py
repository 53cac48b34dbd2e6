"""Executes queries on GitHub's published schema; the other graphql_* modules say which field gives what."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, build_ast_schema, execute_sync, parse, validate

from tests.fake_github.access import Token
from tests.fake_github.records import Row
from tests.fake_github.repository import Repository

if TYPE_CHECKING:
    from tests.fake_github.world import World

DATA = Path(__file__).parent / "data"
#: Type -> field -> (resolver, permission that a fine-grained token needs).
FIELDS: dict[str, dict[str, tuple[Callable[..., Any], str]]] = {}
#: Where else a type's fields are looked for.
INHERITED = {
    "Bot": "Actor", "User": "Actor", "Organization": "Actor", "ClosedEvent": "Event", "ConvertToDraftEvent": "Event",
    "LabeledEvent": "Event", "MergedEvent": "Event", "ReadyForReviewEvent": "Event", "ReopenedEvent": "Event",
    "UnlabeledEvent": "Event",
}  # fmt: skip


class Refused(Exception):
    """A field that is answered with null and an error of a type: NOT_FOUND, FORBIDDEN..."""

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind


class NotServed(AssertionError):
    """The schema has it, the test GitHub does not: add it where its type is, or do without."""


@dataclass
class Context:
    """What resolvers need. `forbidden` collects permissions that were missing."""

    world: "World"
    url: str
    token: Token
    rate: Callable[[], Row]
    broken: list[str] = field(default_factory=list)


@dataclass
class Thing:
    """An object of the schema: the name of its type, its row, the repository it is in, and what it hangs on."""

    typename: str
    row: Row
    repository: Repository | None = None
    parent: "Thing | None" = None

    @property
    def repo(self) -> Repository:
        assert self.repository, f"a {self.typename} is not in a repository"
        return self.repository


def gives(typename: str, *names: str, needs: str = "") -> Callable[[Callable], Callable]:
    """Registers `resolver(thing, context, **arguments)` for fields of a type; without names, the function's own."""

    def register(resolver: Callable) -> Callable:
        for name in names or (resolver.__name__.rstrip("_"),):
            FIELDS.setdefault(typename, {})[name] = (resolver, needs)
        return resolver

    return register


def constant(typename: str, **values: Any) -> None:
    """Fields that are the same for all."""
    for name, value in values.items():
        FIELDS.setdefault(typename, {})[name] = (lambda *_, value=value, **__: value, "")


@cache
def schema() -> GraphQLSchema:
    text = gzip.decompress((DATA / "schema.graphql.gz").read_bytes()).decode()
    return build_ast_schema(parse(text, no_location=True), assume_valid=True, assume_valid_sdl=True)


@lru_cache(256)
def understood(query: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """(the document, what is wrong with it by the schema)."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, (error,)
    return document, tuple(validate(schema(), document))


def _resolve(source: Any, info: Any, **arguments: Any) -> Any:
    name, typename = info.field_name, info.parent_type.name
    if isinstance(source, dict):
        return source[name]
    context: Context = info.context
    found = FIELDS.get(typename, {}).get(name) or FIELDS.get(INHERITED.get(typename, ""), {}).get(name)
    if found is None:
        context.broken.append(f"{typename}.{name}")
        raise NotServed(f"the test GitHub does not serve {typename}.{name}")
    resolver, needs = found
    if _counts_only(info, arguments):
        arguments = {**arguments, "first": 0}
    if needs and not _may(source, context, needs):
        who = "integration" if context.token.kind == "app" else "personal access token"
        raise Refused("FORBIDDEN", f"Resource not accessible by {who}")
    return resolver(source, context, **arguments)


def _counts_only(info: Any, arguments: Row) -> bool:
    """Whether a connection is asked for nothing but numbers: then it needs no `first`."""
    if "first" not in info.parent_type.fields[info.field_name].args or arguments.keys() & {"first", "last"}:
        return False
    chosen = {getattr(each, "name", None) and each.name.value for each in info.field_nodes[0].selection_set.selections}
    return chosen <= {"totalCount", "filteredCount", "totalDiskUsage", "updatedAt", "__typename"}


def _may(source: Any, context: Context, needs: str) -> bool:
    """Public things may be read without a permission, save the settings."""
    row = source.repository.row if isinstance(source, Thing) and source.repository else None
    if row and not row["private"] and needs != "administration":
        return True
    return context.token.may(needs)


def run(document: DocumentNode, context: Context, variables: Row, operation: str | None) -> Row:
    """{"data", "errors"?} as GitHub words them."""
    result = execute_sync(
        schema(), document, root_value=Thing("Query", {}), context_value=context, variable_values=variables,
        operation_name=operation, field_resolver=_resolve, type_resolver=lambda value, *_: value.typename,
    )  # fmt: skip
    body: Row = {"data": result.data}
    if result.errors:
        body["errors"] = [said(error) for error in result.errors]
    return body


def said(error: GraphQLError) -> Row:
    """One error in GitHub's words: type and path before the usual."""
    original, formatted = error.original_error, error.formatted
    found: Row = {}
    if isinstance(original, Refused):
        found["type"] = original.kind
    if formatted.get("path"):
        found["path"] = formatted["path"]
    if isinstance(original, Refused) and original.kind == "FORBIDDEN":
        found["extensions"] = {"saml_failure": False}
    return {**found, "locations": formatted.get("locations", []), "message": formatted["message"]}
