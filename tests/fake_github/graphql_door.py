"""POST /graphql."""

from typing import TYPE_CHECKING

from tests.fake_github.access import Token
from tests.fake_github.call import Problem

if TYPE_CHECKING:
    from tests.fake_github.faults import Fault
    from tests.fake_github.gate import Answer, Asked
    from tests.fake_github.hub import GitHub


def answer(hub: "GitHub", asked: "Asked", token: Token, fault: "Fault | None") -> "Answer":
    raise Problem(501, "GraphQL is not served yet")
