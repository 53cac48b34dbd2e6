"""How a team wants its delivery judged: what counts as a production deployment, and the limits of attribution."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

#: Raised with every change of a definition; stored with every number.
RULES_VERSION = 1

#: Hours; a limit beyond it is a slip of the pen.
TEN_YEARS = 87_600

RuleKind = Literal["github_deployment", "release", "tag", "workflow", "import", "webhook", "merge"]


class ProductionRule(BaseModel):
    """Which deployments count as production. Patterns are shell globs, compared without regard to case.

    kind: the only kind of deployment that counts; `merge` makes every merge to trunk one.
    include, exclude: on the tag or release name (tag, release), the workflow name (workflow), else unused. Several
    patterns are separated by commas.
    environment: on the environment (github_deployment, import, webhook); an import without environment counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: RuleKind
    include: str = Field("*", max_length=1000)
    exclude: str = Field("", max_length=1000)
    environment: str = Field("prod*, live", max_length=1000)


class Settings(BaseModel):
    """Settings of one service. Hours are float. `path_globs` empty = the whole repository."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: ProductionRule
    path_globs: tuple[str, ...] = ()
    leading_environment: str | None = None  # the one that counts where several match
    same_release_hours: float = Field(
        24, ge=0, le=TEN_YEARS
    )  # without a leading one: one sha within this time is one deployment
    attribution_hours: float = Field(
        24, gt=0, le=TEN_YEARS
    )  # how long after a deployment an incident may still be its failure
    hotfix_pattern: str = Field("*hotfix*", max_length=1000)  # on ref or on the title of a shipped change
    incidents_collected: bool = False  # an incident source is connected
