"""`python -m tests.soak --kills 1000`: kills a process that syncs so many times and says what is wrong afterwards.

Ends with 1 when a row was lost, stale or there twice, or when the same without guards was not found out.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from data import store
from tests.soak import rounds
from tests.soak.far import FAULTS

IN_A_ROUND = 50


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="in all (1000)")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each has the next one (1)")
    parser.add_argument("--control", type=int, default=100, help="kills without the guards, at most; 0 for none (100)")
    parser.add_argument("--folder", type=Path, help="where stores are made, and kept when something is wrong")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=given.folder))
    migrated = _migrated(folder)
    done = []
    for number, kills in enumerate(_parts(given.kills)):
        done.append(rounds.run(given.seed + number, kills, folder / f"round-{number}", migrated))
        _say(done[-1])
    _sum(done)
    wrong = sum(each.wrong for each in done)
    found_out = _control(given, folder, migrated)
    if not wrong:
        _remove(folder)
    else:
        print(f"The stores are kept in {folder}.")
    return 0 if not wrong and found_out else 1


def _parts(kills: int) -> list[int]:
    return [min(IN_A_ROUND, kills - begun) for begun in range(0, kills, IN_A_ROUND)]


def _control(given: argparse.Namespace, folder: Path, migrated: Path) -> bool:
    """Whether the same with its guards taken away goes wrong, and is seen to."""
    if not given.control:
        return True
    print("Control: without version guard, without margin for copies that lag, whatever was asked for is done.")
    for number, kills in enumerate(_parts(given.control)):
        outcome = rounds.run(given.seed + number, kills, folder / f"control-{number}", migrated, careless=True)
        _say(outcome)
        if outcome.wrong:
            return True
    print("Nothing was wrong without the guards: this proves nothing.")
    return False


def _migrated(folder: Path) -> Path:
    os.environ["MILEPOST_HOME"] = str(folder / "migrated")
    os.environ.pop("DATABASE_URL", None)
    store.migrate()
    with store.engine().connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.dispose()
    return folder / "migrated" / "milepost.db"


def _say(outcome: rounds.Outcome) -> None:
    print(
        f"seed {outcome.seed}: {outcome.kills} kills, {outcome.changes} changes, {outcome.faults} faults, "
        f"{outcome.commits} transactions, {outcome.rows} rows in {outcome.seconds:.0f} s; {_wrong(outcome)}",
        flush=True,
    )


def _wrong(outcome: rounds.Outcome) -> str:
    said = []
    for name in ("lost", "stale", "twice", "too_many"):
        found = Counter({table: count for table, count in getattr(outcome, name).items() if count})
        tables = f" ({', '.join(f'{table} {count}' for table, count in found.items())})" if found else ""
        said.append(f"{found.total()} {name.replace('_', ' ')}{tables}")
    return ", ".join(said)


def _sum(done: list[rounds.Outcome]) -> None:
    total = {name: sum(getattr(each, name) for each in done) for name in ("kills", "changes", "faults", "seconds")}
    wrong = {name: sum(sum(getattr(each, name).values()) for each in done)
             for name in ("lost", "stale", "twice", "too_many")}  # fmt: skip
    kinds = set().union(*(each.kinds for each in done))
    print(
        f"In all: {total['kills']} kills, {total['changes']} changes, {total['faults']} faults of {len(kinds)} of "
        f"{len(FAULTS)} kinds in {total['seconds'] / 60:.1f} minutes; "
        + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in wrong.items())
    )


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
