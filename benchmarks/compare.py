"""Milepost beside what people build themselves: `python -m benchmarks.compare [--factor F] [--keep FOLDER] ...`.

Asks the same questions of the same stores in three ways (Milepost, a loop over ORM objects, the SQL of a dashboard), on
SQLite and, where it is installed, on PostgreSQL, and writes what it found as Markdown. Ends with exit code 1 when the
ways do not answer alike where they must. With --keep it can be done in parts, one after the other: every part asks
Milepost beside the rivals, so that each ratio is of one run, and the report holds what all parts have found.
"""

import argparse
import os
import pickle
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from sqlalchemy import func, select, text

from benchmarks import large, reference, report, small, stores, way_often, way_orm, way_ours, way_sql
from benchmarks.found import Asked, Found
from benchmarks.measure import Asker, Failed, Figure
from benchmarks.questions import HOUR_US, Question, agreement, monday, week_number
from benchmarks.stores import Place
from data import derive, store
from data.demo import scale
from data.tables import Change, Service, Source

UNTIL = datetime.fromisoformat(large.UNTIL)
WEEKS, LONGER = 104, 10
PAIR = 0.4  # of the size, and at most so much of the full one: the two stores that differ in length only
PAIR_AT_MOST = 0.1
RIVALS = ("sql", "orm", "often")
PARTS = (*RIVALS, "anew", "lengths")
MODULES = {"ours": way_ours, "sql": way_sql, "orm": way_orm, "often": way_often}
DEFAULT = Path(__file__).parent / "report.md"


def say(sentence: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {sentence}", flush=True)


# Stores


def fill(place: Place, factor: float, weeks: int) -> dict:
    """A store of that share of the full size over so many weeks, derived and ready; what is in it. One that was kept
    is taken as it is."""
    if (contents := stores.filled(place)) is None:
        stores.empty(place)  # a run that was broken off may have left something
    with place.in_use():
        store.migrate()
        if contents is None:
            say(f"{place.kind}: filling a store (factor {factor:g}, {weeks} weeks)")
            size = scale.Size().times(factor).over(weeks)
            organization = scale.fill(size, UNTIL)
            contents = {"weeks": weeks, "teams": size.teams, **scale.count(organization)}
            say(f"{place.kind}: computing everything for the first time")
            way_ours.refresh(derive.stale())
            if place.url:
                with store.engine().begin() as connection:
                    connection.execute(text("analyze"))  # as the server itself does after a while
            stores.note_filled(place, contents)
        way_ours.refresh(derive.stale())
        return contents


def questions(weeks: int) -> list[Question]:
    """The questions of the store in use."""
    with store.reading() as session:
        end = session.execute(select(Source.collected_until)).scalars().all()
        services = session.execute(select(Service.team_id, Service.id).order_by(Service.team_id, Service.id)).all()
        busiest = (
            select(Service.id)
            .join(Change, Change.repository_id == Service.repository_id)
            .where(Service.team_id == services[0].team_id)
            .group_by(Service.id)
            .order_by(func.count().desc(), Service.id)
        )
        one = session.execute(busiest).scalars().first()
    end = max(end) + 1
    teams = sorted({team for team, _ in services})
    of = {team: tuple(service for owner, service in services if owner == team) for team in teams}
    twenty = tuple(service for team in teams[:20] for service in of[team])
    first = week_number(end - 1) - weeks + 1
    year = week_number(end - 1) - 52 + 1

    def start(number: int) -> int:
        return store.to_us(datetime.combine(monday(number), datetime.min.time(), UTC))

    some, many = of[teams[0]], min(20, len(teams))

    def ago(days: int) -> int:
        return end - days * 24 * HOUR_US

    whole = f"Whole organisation, weekly over {weeks} weeks ({len(services):,} services)"
    twenty_teams = f"{many} team{'s' * (many > 1)}, 365 days ({len(twenty):,} services)"
    return [
        Question("whole", whole, start(first), end, None, True),
        Question("team", f"One team, 90 days ({len(some)} services)", ago(90), end, some, False),
        Question("teams", twenty_teams, ago(365), end, twenty, False),
        Question("page", "One service, weekly over 52 weeks", start(year), end, (one,), True),
    ]


# Asking


def ask_all(place: Place, options: argparse.Namespace, folder: Path, known: Asked | None) -> Asked:
    """Every question, each way of the parts that are wanted; what is known from other parts stays."""
    asked = Asked(fill(place, options.factor, WEEKS), place.megabytes())
    with place.in_use():
        wanted = questions(WEEKS)
        services = list(store_services())
    asked.titles = {each.key: each.title for each in wanted}
    answers = {}
    rivals = [way for way in RIVALS if way in options.parts]
    for way in ("ours", *rivals) if rivals else ():
        with Asker(place, way, options.limit, options.runs if way != "often" else 1) as asker:
            for question in wanted if way != "often" else wanted[:1]:
                say(f"{place.kind}, {report.WAYS[way]}: {question.title}")
                file = folder / f"{place.kind}-{way}-{question.key}.parquet"
                figure = asker.ask(question, cold=question.key == "whole", save=file)
                if figure.seconds is None and way == "orm":
                    figure = _a_tenth(asker, question)
                asked.figures[question.key, way] = figure
                if figure.seconds is not None and figure.of == 1:
                    answers[question.key, way] = pl.read_parquet(file)
            asked.idle[way] = asker.idle
            if way != "often":
                _arrivals(asker, asked, services, wanted[:2])
    if "anew" in options.parts:
        with Asker(place, "ours", options.limit, options.runs) as asker:
            say(f"{place.kind}, {report.WAYS['ours']}: everything anew from the facts")
            asked.figures["anew", "ours"] = asker.anew()
    for (key, way), answer in answers.items():
        if way != "ours":
            asked.equal[key, way] = agreement(answers[key, "ours"], answer)
    _beside(asked)
    return asked.after(known) if known else asked


def _beside(asked: Asked) -> None:
    """Notes with every figure of a rival what Milepost took in the same run."""
    for (key, way), figure in asked.figures.items():
        ours = asked.figures.get((key.replace("-team", "-whole"), "ours"))
        if way != "ours" and ours:
            asked.figures[key, way] = replace(figure, beside=ours.seconds)


def _a_tenth(asker: Asker, question: Question) -> Figure:
    """Of a tenth of the services, where the whole took too long."""
    with asker.place.in_use():
        services = question.services or tuple(store_services())
    some = services[::10]
    figure = asker.ask(Question(question.key, "", question.start, question.end, some, question.weekly), cold=True)
    return Figure(figure.seconds, figure.runs, 0.0, figure.megabytes, figure.rows, len(some) / len(services))


def _arrivals(asker: Asker, asked: Asked, services: list[int], wanted: list[Question], spreads=(False, True)) -> None:
    """New facts, of few services and of many. Milepost is up to date whatever is asked next; the rivals answer."""
    way = asker.way
    for spread in spreads:
        for question in wanted[:1] if way == "ours" else wanted:
            key = f"{'many' if spread else 'few'}-{question.key}"
            before = asked.figures.get((question.key, way))
            if before is not None and (before.seconds is None or before.of < 1):
                asked.figures[key, way] = Figure(None)  # it took too long without new facts
                continue
            say(f"{asker.place.kind}, {report.WAYS[way]}: new facts of {'many' if spread else 'few'} services")
            # A process that is stopped here leaves its facts behind: then the store is not used again.
            contents = stores.filled(asker.place)
            stores.note_filled(asker.place, None)
            asked.figures[key, way] = asker.arrive(services, spread, question)
            if asked.figures[key, way].seconds is not None:
                stores.note_filled(asker.place, contents)


def compare_lengths(short: Place, long: Place, factor: float, options: argparse.Namespace) -> tuple[Asked, Asked]:
    """New facts in two stores that differ in the length of their histories only."""
    both = []
    for place, weeks in ((short, WEEKS), (long, WEEKS * LONGER)):
        asked = Asked(fill(place, factor, weeks), place.megabytes())
        with place.in_use():
            wanted = questions(WEEKS)
            services = list(store_services())
        for way in ("ours", "sql", "orm"):
            with Asker(place, way, options.limit, options.runs) as asker:
                spreads = (False, True) if way == "ours" else (True,)  # the rivals do everything again, either way
                _arrivals(asker, asked, services, wanted[:1], spreads)
        both.append(asked)
    return both[0], both[1]


def store_services() -> list[int]:
    with store.reading() as session:
        return list(session.execute(select(Service.id).order_by(Service.id)).scalars())


def by_hand(place: Place) -> tuple[dict, dict]:
    """The agreement of every rival with Milepost on the hand-made store: where it must be, and where it need not."""
    with place.in_use():
        store.migrate()
        made = small.build()
        alike = _agreements(made.question(*made.alike))
        apart = {why: _agreements(made.question(service)) for why, service in made.apart.items()}
    return alike, apart


def _agreements(question: Question) -> dict[str, dict[str, float]]:
    answers = {name: way.shaped(question, way.ask(question)) for name, way in MODULES.items()}
    return {name: agreement(answers["ours"], answer) for name, answer in answers.items() if name != "ours"}


# All of it


def run(options: argparse.Namespace) -> Found:
    with ExitStack() as stack:
        folder = Path(options.keep) if options.keep else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0 and not options.keep:
            folder.chmod(0o711)  # the server runs as another user
        notes = folder / f"found-{options.factor:g}.pickle"
        found = Found(options)
        if set(options.parts) < set(PARTS) and notes.exists():
            found = replace(pickle.loads(notes.read_bytes()), options=options)  # noqa: S301  a file of our own
        before = reference.seconds()
        server = stack.enter_context(stores.server(folder)) if options.only != "SQLite" else None
        found.versions.update(report.versions(server))
        pair = min(PAIR * options.factor, PAIR_AT_MOST)

        def place(kind: str, name: str) -> Place:
            return stores.sqlite(folder, name) if kind == "SQLite" else stores.database(folder, server, name)

        kinds = [*(["SQLite"] if options.only != "PostgreSQL" else []), *(["PostgreSQL"] if server else [])]
        for kind in kinds:
            if "sql" in options.parts:
                hand = place(kind, "hand")
                stores.empty(hand)
                found.alike[kind], found.apart[kind] = by_hand(hand)
                stores.drop(hand)
            large = place(kind, f"{options.factor:g}-{WEEKS}")
            if set(options.parts) - {"lengths"}:
                found.asked[kind] = ask_all(large, options, folder, found.asked.get(kind))
            short, long = (place(kind, f"pair-{pair:g}-{weeks}") for weeks in (WEEKS, WEEKS * LONGER))
            if "lengths" in options.parts:
                found.lengths[kind] = compare_lengths(short, long, pair, options)
            if not options.keep:
                for made in (large, short, long):
                    stores.drop(made)
        found.reference.append((before, reference.seconds()))
        if options.keep:
            notes.write_bytes(pickle.dumps(found))
        return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--factor", type=float, default=0.05, help="of 2,000 services with 1,000,000 changes")
    parser.add_argument("--runs", type=int, default=20, help="how often each question is asked; slow ones less often")
    parser.add_argument("--limit", type=float, default=600, help="seconds after which an answer is not waited for")
    parser.add_argument("--keep", help="a folder where the stores stay for another run")
    parser.add_argument("--report", type=Path, default=DEFAULT, help="where the report goes")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="with --keep: some only; the report adds earlier ones"
    )
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"], help="leave the other kind of store out")
    options = parser.parse_args(arguments)
    try:
        found = run(options)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 2
    if report.ready(found):
        options.report.write_text(report.render(found), encoding="utf-8")
        say(f"Written to {options.report}")
    apart = [kind for kind, ways in found.alike.items() if any(each["all"] < 1 for each in ways.values())]
    return 1 if apart else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and processes of ours end too
    sys.exit(main(sys.argv[1:]))
