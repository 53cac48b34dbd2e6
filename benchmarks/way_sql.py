"""Way (b): one set-based statement over the fact tables, as a board of DevLake or Grafana has behind its panels.

Window functions find the deployment before and after each one; a change belongs to the deployment whose range of trunk
positions holds it, an incident to the last success before it. Medians are `percentile_cont` on PostgreSQL and the
middle rows of a `row_number` on SQLite. Written anew for the tables of Milepost; `INDEXES` are those that the owner of
such a board would add to them.
"""

import polars as pl
from sqlalchemy import Connection, text

from benchmarks.questions import HOUR_US, MONDAY_US, WEEK_US, Question, answer
from data import store

INDEXES = {
    "ix_board_change": "change (repository_id, position, service_id, authored_at)",
    "ix_board_incident": "incident (service_id, opened_at, resolved_at)",
}
_RULE = {
    "sqlite": "json_extract(s.settings, '$.rule.{}')",
    "postgresql": "s.settings -> 'rule' ->> '{}'",
}

_TEXT = """
with finished as (
    select s.id as service_id, s.repository_id, d.finished_at, d.sha
    from service s
    join deployment d on d.repository_id = s.repository_id and d.kind = {kind}
    where {kind} <> 'workflow' and d.status = 'success' and d.finished_at is not null
      and (d.service_id is null or d.service_id = s.id)
      and (d.environment is null or d.environment like 'prod%') {among}
    union all
    select s.id, s.repository_id, r.finished_at, r.sha
    from service s
    join pipeline_run r on r.repository_id = s.repository_id and r.workflow = {include}
    where {kind} = 'workflow' and r.conclusion = 'success' and r.finished_at is not null {among}
), deployments as (
    select f.service_id, f.repository_id, f.finished_at, {bucket} as bucket, t.position,
        row_number() over one as number,
        lag(t.position) over one as position_before,
        lead(f.finished_at) over one as finished_next
    from finished f
    left join trunk_commit t on t.repository_id = f.repository_id and t.sha = f.sha
    window one as (partition by f.service_id order by f.finished_at)
), shown as (
    select * from deployments where finished_at >= :start and finished_at < :end
), leads as ({leads}
), failures as (
    select d.service_id, d.bucket, d.number,
        case when count(*) = count(i.resolved_at) then max(i.resolved_at) - d.finished_at end as span
    from shown d
    join incident i on i.service_id = d.service_id
        and i.opened_at > d.finished_at and i.opened_at <= d.finished_at + {limit}
        and (d.finished_next is null or i.opened_at <= d.finished_next)
    group by d.service_id, d.bucket, d.number, d.finished_at
), counted as (
    select service_id, bucket, count(*) as deployments from shown group by service_id, bucket
), failed as (
    select service_id, bucket, count(*) as failures from failures group by service_id, bucket
), {medians}
select service_id, bucket, max(lead) / {hour}, max(deployments), coalesce(max(failures), 0) * 1.0 / max(deployments),
    max(recovery) / {hour}
from (
    select service_id, bucket, deployments, cast(null as bigint) as failures,
        cast(null as double precision) as lead, cast(null as double precision) as recovery
    from counted
    union all select service_id, bucket, null, failures, null, null from failed
    union all select service_id, bucket, null, null, median, null from lead_medians
    union all select service_id, bucket, null, null, null, median from recovery_medians
) as parts
group by service_id, bucket
"""

_LEADS = """
    select d.service_id, d.bucket, d.finished_at - c.authored_at as span
    from shown d
    join change c on c.repository_id = d.repository_id
        and c.position > coalesce(d.position_before, -1) and c.position <= d.position
        and (c.service_id is null or c.service_id = d.service_id)
    where c.authored_at is not null"""

#: What is often found in its place: for each change the first of all deployments that are not before it.
_LEADS_OFTEN = """
    select f.service_id, {bucket} as bucket, f.finished_at - f.authored_at as span
    from (
        select d.service_id, c.id, c.authored_at, min(d.finished_at) as finished_at
        from change c
        join deployments d on d.repository_id = c.repository_id and d.position >= c.position
            and (c.service_id is null or c.service_id = d.service_id)
        where c.authored_at is not null
        group by d.service_id, c.id, c.authored_at
    ) as f
    where f.finished_at >= :start and f.finished_at < :end"""

_MEDIANS = {
    "postgresql": """{name} as (
    select service_id, bucket, percentile_cont(0.5) within group (order by span) as median
    from {rows} group by service_id, bucket
)""",
    "sqlite": """{name} as (
    select service_id, bucket, avg(span) as median from (
        select service_id, bucket, span,
            row_number() over (partition by service_id, bucket order by span) as place,
            count(*) over (partition by service_id, bucket) as size
        from {rows} where span is not null
    ) where place in ((size + 1) / 2, (size + 2) / 2) group by service_id, bucket
)""",
}


def statement(question: Question, dialect: str, often: bool = False) -> str:
    """The SQL of a question; `start` and `end` are its parameters. often: with the join that is often found."""
    bucket = f"(f.finished_at + {MONDAY_US}) / {WEEK_US}" if question.weekly else "0"
    medians = [
        _MEDIANS[dialect].format(name=name, rows=rows)
        for name, rows in (("lead_medians", "leads"), ("recovery_medians", "failures"))
    ]
    among = "" if question.services is None else f"and s.id in ({', '.join(map(str, question.services))})"
    return _TEXT.format(
        kind=_RULE[dialect].format("kind"),
        include=_RULE[dialect].format("include"),
        among=among,
        bucket=bucket,
        leads=_LEADS_OFTEN.format(bucket=bucket) if often else _LEADS,
        limit=24 * HOUR_US,
        hour=f"{HOUR_US}.0",
        medians=", ".join(medians),
    )


def ready(connection: Connection) -> None:
    """The board's own indexes, and fresh statistics for the planner."""
    for name, columns in INDEXES.items():
        connection.execute(text(f"create index if not exists {name} on {columns}"))
    connection.execute(text("analyze"))


def ask(question: Question, often: bool = False) -> list[tuple]:
    """Rows of service, number of the week (0 for a whole window) and the four numbers."""
    engine = store.engine()
    sql = text(statement(question, engine.dialect.name, often))
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("set local jit to default"))  # as the server has it, not as Milepost asks for it
        return connection.execute(sql, {"start": question.start, "end": question.end}).fetchall()


def shaped(question: Question, raw: list[tuple]) -> pl.DataFrame:
    """As frame ANSWER."""
    return answer([(service, week if question.weekly else None, *numbers) for service, week, *numbers in raw])


def plan(connection: Connection, question: Question) -> str:
    """How the store means to answer, as it says itself."""
    dialect = connection.dialect.name
    explain = "explain query plan " if dialect == "sqlite" else "explain "
    rows = connection.execute(
        text(explain + statement(question, dialect)), {"start": question.start, "end": question.end}
    )
    return "\n".join(str(row[-1]) for row in rows)


def drop_indexes(connection: Connection) -> None:
    """The tables as Milepost has them."""
    for name in INDEXES:
        connection.execute(text(f"drop index if exists {name}"))
