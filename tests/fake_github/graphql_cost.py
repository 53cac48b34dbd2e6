"""What a query costs: requests to fill every connection, divided by a hundred; and how many nodes it may ask for.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

from tests.fake_github.graphql_engine import schema
from tests.fake_github.records import Row

MOST_NODES = 500_000


class Cost:
    """`points` (at least 1) and `nodes` of a document with its variables."""

    def __init__(self, document: DocumentNode, variables: Row):
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._requests, self.nodes = 0, 0
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._walk(node.selection_set, schema().query_type, 1)

    @property
    def points(self) -> int:
        return max(1, round(self._requests / 100))

    def _argument(self, node: FieldNode, *names: str) -> Any:
        for argument in node.arguments or ():
            if argument.name.value in names:
                return value_from_ast_untyped(argument.value, self._variables)
        return None

    def _walk(self, selections: SelectionSetNode | None, parent: Any, times: int) -> None:
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                self._walk(fragment.selection_set, schema().type_map[fragment.type_condition.name.value], times)
            elif isinstance(node, InlineFragmentNode):
                kind = schema().type_map[node.type_condition.name.value] if node.type_condition else parent
                self._walk(node.selection_set, kind, times)
            elif isinstance(node, FieldNode):
                self._field(node, parent, times)

    def _field(self, node: FieldNode, parent: Any, times: int) -> None:
        name = node.name.value
        fields = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
        if name not in fields:
            return
        kind = get_named_type(fields[name].type)
        inner = times
        if "first" in fields[name].args:
            size = self._argument(node, "first", "last")
            inner = times * (size if isinstance(size, int) else 1)
            self._requests += times
            self.nodes += inner
        elif name == "nodes" and parent is schema().query_type:
            inner = len(self._argument(node, "ids") or ())
            self._requests += 1
            self.nodes += inner
        self._walk(node.selection_set, kind, inner)
