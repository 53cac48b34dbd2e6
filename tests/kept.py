"""A migrated PostgreSQL database that one test after another gets, each as if it was made for it.

Making one for every test takes a server a third of a second, and more than most tests. So what a test left is found and
put right: rows, counters, what a migrated store holds. Where it did anything else (another shape, rights, statistics,
somebody still connected) the database is dropped and the next test gets another, under another name.
"""

import time

import psycopg
from psycopg import sql

from data import store
from tests.servers import MADE, create_database, drop_database

LARGE = 256 * 1024  # bytes of a table from which what was deleted is taken out of it too
PATIENCE = 2.0  # seconds for connections that were closed to end on the server's side


class LeftBehind(AssertionError):
    """A test left something on the server itself, where every other test can see it."""


class Kept:
    """`url` is the database for the next test. Call `clean` after each.

    template: a migrated database, which nobody uses. own: nobody else uses the server, so what is new on it is ours.
    """

    def __init__(self, server: str, template: str, own: bool):
        self._server, self._template, self._own = server, template, own
        self._admin: psycopg.Connection | None = None
        self.url = ""
        self._make()

    def clean(self) -> None:
        """Nothing of the test before is left. Raises LeftBehind for roles and databases that it made."""
        store.dispose()
        try:
            as_made = self._alone() and self._shape() == self._was
            if as_made:
                self._put_right()
        except psycopg.OperationalError:  # the server was stopped, or our connection cut
            as_made = False
        if not as_made:
            self.remove()
            self._make()
        self._refuse_what_is_on_the_server()

    def remove(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        if self.url:
            drop_database(self._server, self.url)
            self.url = ""

    def _make(self) -> None:
        self.url = create_database(self._server, self._template)
        self._admin = psycopg.connect(self.url, autocommit=True, prepare_threshold=0)
        self._ask_for_the_shape()
        self._was = self._shape()
        self._ask_for_what_changed()
        self._roles = self._on_the_server()[0]

    def _all(self, query: str) -> list[tuple]:
        return self._admin.execute(query).fetchall()

    def _alone(self) -> bool:
        """Whether everybody else has gone, with their locks; also nobody left a transaction prepared."""
        give_up = time.monotonic() + PATIENCE
        while self._all(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ):
            if time.monotonic() > give_up:
                return False
            time.sleep(0.001)
        return not self._all("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")

    def _ask_for_the_shape(self) -> None:
        """Of every catalog of the database: how many rows, and how many were written since now. Whatever makes, changes
        or drops anything in a database does so by rows of its catalogs."""
        ((since,),) = self._all("SELECT pg_current_xact_id()::xid::text")
        catalogs = self._all(
            "SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'"
            " AND NOT relisshared ORDER BY relname"
        )
        newer = f"count(*) FILTER (WHERE age(xmin) < age('{since}'::xid))"
        counted = [f"(SELECT (count(*), {newer})::text FROM {name})" for (name,) in catalogs]
        counted.append("(SELECT xmin::text FROM pg_database WHERE datname = current_database())")
        counted.append("(SELECT count(*)::text FROM pg_db_role_setting)")
        self._of_shape = f"SELECT {', '.join(counted)}"

    def _shape(self) -> list[tuple]:
        return self._all(self._of_shape)

    def _ask_for_what_changed(self) -> None:
        tables = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        names = [name for (name,) in self._all(f"SELECT relname {tables} ORDER BY relname")]
        self._rows = {name: found for name in names if (found := self._all(_all_rows(name))[0][0]) is not None}
        changed = [
            sql.SQL("SELECT 'rows', {} WHERE {}").format(
                name,
                sql.SQL("({}) IS DISTINCT FROM {}").format(sql.SQL(_all_rows(name)), self._rows[name])
                if name in self._rows
                else sql.SQL("EXISTS (SELECT FROM {})").format(sql.Identifier(name)),
            )
            for name in names
        ]
        self._counters = {name: restart for name, restart in self._all(_COUNTERS)}
        changed.append(sql.SQL(f"SELECT 'large', relname {tables} AND pg_relation_size(oid) > {LARGE}"))
        self._of_changes = sql.SQL(" UNION ALL ").join(changed).as_string(self._admin)

    def _put_right(self) -> None:
        found = self._all(self._of_changes)
        counters = [(name, now) for name, now in self._all(_COUNTERS) if now != self._counters[name]]
        dirty = [name for kind, name in found if kind == "rows"]
        if dirty or counters:
            # As a replica: every table is emptied for itself, without a look at who refers to it.
            steps = ["BEGIN", "SET LOCAL session_replication_role = replica"]
            steps += [f'DELETE FROM "{name}"' for name in dirty]
            steps += [_insert(name, self._rows[name]) for name in dirty if name in self._rows]
            steps += [f"SELECT {self._counters[name]}" for name, _ in counters]
            self._admin.execute("; ".join([*steps, "COMMIT"]), prepare=False)
        for kind, name in found:
            if kind == "large":
                self._admin.execute(f'VACUUM "{name}"', prepare=False)

    def _on_the_server(self) -> tuple[set[str], set[str]]:
        found = self._all("SELECT 'role', rolname FROM pg_roles UNION ALL SELECT 'database', datname FROM pg_database")
        return {name for kind, name in found if kind == "role"}, {name for kind, name in found if kind == "database"}

    def _refuse_what_is_on_the_server(self) -> None:
        if not self._own:
            return
        roles, databases = self._on_the_server()
        more = sorted((roles - self._roles) | (databases - MADE - {"postgres", "template0", "template1"}))
        if more:
            self._roles = roles
            raise LeftBehind(f"left on the server of all tests: {', '.join(more)}")


#: Every counter, and what sets it to where it is.
_COUNTERS = """
SELECT sequencename, format('setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename),
                            coalesce(last_value, start_value), last_value IS NOT NULL)
FROM pg_sequences
"""


def _all_rows(table: str) -> str:
    return f'SELECT json_agg(t ORDER BY t::text)::text FROM "{table}" t'


def _insert(table: str, rows: str) -> str:
    return f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", {sql.quote(rows)})'
