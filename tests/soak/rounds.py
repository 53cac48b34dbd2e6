"""A round: so many kills of a process that syncs, then peace, then a comparison with what is true."""

import os
import random
import shutil
import signal
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from data import store
from data.sources.github import commits, errors, issues, runs, saving
from data.sources.github.sync import sync
from tests.data.sources.hub.arrange import Place, place
from tests.soak.far import Far

SIZES = {"pulls": 25, "issues": 12, "deployments": 12, "runs": 30, "releases": 4, "days": 20}
LIFE = (0.005, 0.5)  # seconds until a process is killed
EVERY = 0.03  # seconds between two changes
RATE = 0.12  # of requests that fail
LAG = 240  # seconds that copies are behind, at most
SMALL = 10  # rows of a page, so that there are many
TIMEOUTS = (2.0, 0.4, 0.7)  # seconds: what hangs and trickles does so for one
#: What tells two rows apart, in each table of `Place.held`.
KEYS = {
    "issues": (0,), "changes": (0,), "deployments": (0,), "releases": (0,), "tags": (0,), "runs": (0, 1),
    "incidents": (0,), "trunk": (0,),
}  # fmt: skip


@dataclass
class Outcome:
    """What a round has come to. lost, stale, twice: rows, by table; too_many: of things that are no more."""

    seed: int
    kills: int = 0
    changes: int = 0
    faults: int = 0
    kinds: set[str] = field(default_factory=set)
    commits: int = 0
    seconds: float = 0.0
    rows: int = 0
    lost: Counter = field(default_factory=Counter)
    stale: Counter = field(default_factory=Counter)
    twice: Counter = field(default_factory=Counter)
    too_many: Counter = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        return sum(sum(each.values()) for each in (self.lost, self.stale, self.twice, self.too_many))


def run(seed: int, kills: int, home: Path, migrated: Path, careless: bool = False) -> Outcome:
    """careless: with the guards of the sync taken away, to see that this finds out."""
    begun, dice, outcome = time.monotonic(), random.Random(seed), Outcome(seed, kills)
    os.environ["MILEPOST_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    home.mkdir(mode=0o700)
    shutil.copy(migrated, home / "milepost.db")
    for module in (issues, commits, runs):
        module.PAGE = SMALL
    with Far(seed, SIZES) as far:
        shop, name = place(far), "acme/shop"
        store.dispose()  # connections must not cross a fork
        far.call("begin", seed, EVERY, RATE, LAG)
        renamed = dice.randrange(kills)
        for number in range(kills):
            far.clock.look()
            _killed(shop, dice, careless)
            if number == renamed:
                name = "acme/store"
                far.on("acme/shop", "rename", name)
            if dice.random() < 0.3:
                far.clock.advance(dice.uniform(1, 90))
        said = far.call("calm")
        outcome.changes, outcome.faults, outcome.kinds = said["changes"], said["faults"], set(said["kinds"])
        far.clock.look()
        far.clock.advance(LAG + 60)
        _in_peace(shop, careless)
        outcome.commits = store.version()
        _compare(outcome, shop.held(), far.call("expected", name))
        store.dispose()
    outcome.seconds = time.monotonic() - begun
    return outcome


def _killed(shop: Place, dice: random.Random, careless: bool) -> None:
    """Lets a process of its own sync, and kills it after a while."""
    life, process = dice.uniform(*LIFE), os.fork()
    if process == 0:
        try:
            _go_on(shop, careless, random.Random(dice.random()))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(3)
    time.sleep(life)
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status), "a process that syncs has ended by itself, see above"


def _go_on(shop: Place, careless: bool, dice: random.Random) -> None:
    """Syncs for ever, as a worker does."""
    if careless:
        take_guards_away()
    while True:
        api = shop.api(timeouts=TIMEOUTS)
        try:
            sync(shop.source_id, api, sweep=dice.random() < 0.1)
        except errors.Paused as pause:
            shop.hub.clock.advance(min(5.0, max(1.0, pause.resume_at - shop.hub.clock.now())))
        except errors.GitHubError:
            pass  # it says so, and is tried again
        finally:
            api.close()


def _in_peace(shop: Place, careless: bool) -> None:
    """Until nothing is left to be looked at again; in a process of its own, as the guards may be missing."""
    process = os.fork()
    if process == 0:
        try:
            if careless:
                take_guards_away()
            shop.settle()
            store.dispose()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(3)
    _, status = os.waitpid(process, 0)
    assert status == 0, "it could not be read even in peace, see above"


def take_guards_away() -> None:
    """As many collectors are: what comes is newer than what was, and what GitHub shows now is all there is."""
    saving.Reader.settled = property(lambda reader: reader.api.date)
    done = saving.Page.all_done
    saving.Page.all_done = lambda page, kind, fetched: done(page, kind, dict.fromkeys(fetched, (None, None)))
    put = saving.Page.put

    def careless(page, table, keys, rows, **more):
        real = page._stored
        page._stored = lambda *asked: {key: {**row, "version": None} for key, row in real(*asked).items()}
        try:
            return put(page, table, keys, rows, **more)
        finally:
            del page._stored

    saving.Page.put = careless


def _compare(outcome: Outcome, held: dict, expected: dict) -> None:
    for name, keys in KEYS.items():
        have, want = [tuple(row) for row in held[name]], [tuple(row) for row in expected[name]]
        mine = Counter(tuple(row[at] for at in keys) for row in have)
        true = {tuple(row[at] for at in keys): row for row in want}
        outcome.rows += len(want)
        outcome.twice[name] += sum(count - 1 for count in mine.values())
        outcome.lost[name] += len(true.keys() - mine.keys())
        outcome.too_many[name] += len(mine.keys() - true.keys())
        outcome.stale[name] += sum(
            1 for row in have if (key := tuple(row[at] for at in keys)) in true and true[key] != row
        )
