"""The door for terminals: `python milepost.py assess PATH`, and what starts and tends the portal.

Nothing heavy is imported before it is known what is wanted, so that --help answers at once.
"""

import argparse
import os
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent

OK, NOTHING, UNREADABLE, FAILING = 0, 1, 2, 3

EXIT_CODES = """exit codes:
  0  assessed
  1  read, but there is nothing to assess: no commits, or no production deployment under the rule
  2  not read: no such path, not a repository, unreadable, or a wrong option (one sentence says which)
  3  --fail-on of --evidence: assessed, and what it names is not met
"""

EXPORT_CODES = """exit codes:
  0  written
  1  there is nothing to export: no such store, or nobody has used it
  2  not written: the file is there already or has no place, or the store cannot be used (one sentence says which)
"""

IMPORT_CODES = """exit codes:
  0  brought in
  2  nothing was changed: the file is damaged, of another Milepost or no export, or the store is not empty or cannot be
     used (one sentence says which)
  130  stopped; once the rows are in they stay, and the portal works out what is left
"""


BACKUP_CODES = """exit codes:
  0  written
  1  there is nothing to back up: no such store, or nobody has used it
  2  not written: the file is there already or has no place, or the store cannot be used (one sentence says which)
"""

RESTORE_CODES = """exit codes:
  0  brought back; with --check: the file is whole
  1  with --check: the file is whole, but what is sealed in it cannot be opened with the key here
  2  nothing was changed: the file is damaged, of a newer Milepost or no backup, what is sealed in it cannot be opened
     here, or the store is not empty or cannot be used (one sentence says which)
  130  stopped; once the rows are in they stay, and the portal works out what is left
"""

SYNC_CODES = """exit codes:
  0  everything was read
  1  something was not: a limit of GitHub's was met (a worker goes on by itself, or run this again later), a permission
     is missing, a repository is gone, or somebody has stopped its reading
  2  nothing to read: wrong use, no such source, or a token that GitHub does not let in (one sentence says which)
  130  stopped; what was read stays
"""


CONTENT_CODES = """exit codes:
  0  nothing has to be mended; there may be warnings
  1  something has to be mended: a line for each, with the name of the file
  2  not checked: no such folder, no content in it, or no such commit (one sentence says which)
"""


SETTINGS_CODES = """exit codes:
  0  all that is set can be used
  1  something has to be mended: one sentence for each
  2  not done: wrong use, or the store cannot be used (one sentence says why)
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; its exit code."""
    from data import starting

    starting.refuse_optimised()
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has left, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        from data import trouble

        if (sentence := trouble.sentence(error)) is None:
            raise
        print(sentence, file=sys.stderr)
        return UNREADABLE


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="milepost.py",
        description="Milepost: how a team delivers, how it knows, and what to learn next.",
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_assess(commands)
    _add_sync(commands)
    _add_check_content(commands)
    _add(commands, "run", _run, "set up the store and open the portal at http://localhost:8501 (PORT changes the port)")
    _add(commands, "worker", _worker, "run the background work of the portal; the portal starts it by itself")
    _add_serve(commands)
    _add(commands, "migrate", _migrate, "bring the store to the present form")
    demo = _add(commands, "demo", _demo, "add the demo organisation, labelled as such everywhere")
    which = demo.add_mutually_exclusive_group()
    which.add_argument("--remove", action="store_true", help="remove everything invented with all that belongs to it")
    which.add_argument(
        "--scale", type=_scale, metavar="FACTOR", help="add an invented organisation to measure with: docs/cli.md"
    )
    _add_moving(commands)
    _add_settings(commands)
    _add_keeping(commands)
    return top


def _add(commands, name: str, run, text: str, **options) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", **options)
    made.set_defaults(run=run)
    return made


def _add_serve(commands) -> None:
    text = "serve the door for machines without the pages: API, webhooks, metrics, badges (docs/api.md)"
    made = _add(commands, "serve", _serve, text)
    made.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (127.0.0.1)")
    made.add_argument(
        "--port", type=_port, default=8502, metavar="PORT", help="at which port (8502); 0 takes a free one"
    )


def _add_moving(commands) -> None:
    form = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    text = "write everything that cannot be computed again from the store in use into one new file"
    out = _add(commands, "export", _export, text, epilog=EXPORT_CODES, **form)
    out.add_argument("file", metavar="FILE", type=Path, help="what to write; treat it as confidential")
    tables = "instead write facts, weekly cells and assessments as tables into a new folder: docs/cli.md"
    out.add_argument("--format", choices=("parquet", "csv", "json"), help=tables)
    text = "bring the file of an export into the store in use, which must be empty, and work out the metrics"
    into = _add(commands, "import", _import, text, epilog=IMPORT_CODES, **form)
    into.add_argument("file", metavar="FILE", type=Path, help="the file that an export wrote")


def _add_settings(commands) -> None:
    form = {"epilog": SETTINGS_CODES, "formatter_class": argparse.RawDescriptionHelpFormatter}
    text = "print every setting, where it comes from and whether it can be used; never a secret (docs/secrets.md)"
    made = _add(commands, "settings", _settings, text, **form)
    made.add_argument(
        "--try", dest="tries", action="store_true", help="also ask what they lead to: database, Vault ..."
    )
    made.add_argument("--format", choices=["text", "json"], default="text", help="json is described in docs/cli.md")
    made.add_argument("--reseal", action="store_true", help="first seal stored secrets with the present key")


def _add_keeping(commands) -> None:
    form = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    text = "back up the store in use into one new file, from which `restore` brings it back"
    out = _add(commands, "backup", _backup, text, epilog=BACKUP_CODES, **form)
    where = "what to write; treat it as confidential (a new one in the folder `backups` of MILEPOST_HOME)"
    out.add_argument("file", metavar="FILE", nargs="?", type=Path, help=where)
    text = "bring a backup back into the store in use, which must be empty, and work out the metrics"
    into = _add(commands, "restore", _restore, text, epilog=RESTORE_CODES, **form)
    into.add_argument("file", metavar="FILE", type=Path, help="the file that a backup wrote")
    into.add_argument("--check", action="store_true", help="only read the file and say whether it is whole")
    into.add_argument("--force", action="store_true", help="replace what the store holds, which is backed up first")
    without = "leave out what the key here does not open: answers of surveys, what people learn"
    into.add_argument("--without-sealed", action="store_true", help=without)


def _add_assess(commands) -> None:
    text = (
        "print the delivery performance that a git clone shows, or with --evidence what its files show; nothing is "
        "stored, nothing is contacted"
    )
    form = {"epilog": EXIT_CODES, "formatter_class": argparse.RawDescriptionHelpFormatter}
    made = _add(commands, "assess", _assess, text, **form)
    made.add_argument("path", metavar="PATH", type=Path, help="a clone or a bare repository")
    forms = ["text", "json", "markdown", "sarif"]
    made.add_argument("--format", choices=forms, default="text", help="docs/cli.md; the last two with --evidence only")
    made.add_argument("--weeks", type=_weeks, metavar="N", help="length of the window (13)")
    made.add_argument("--until", type=_until, metavar="DATE", help="end of the window: 2026-03-31 or 2026-03-31T12:00")
    made.add_argument(
        "--rule", choices=["tag", "merge"], help="what is a production deployment; proposed when not given"
    )
    made.add_argument("--include", metavar="GLOBS", help="tags that count, separated by commas: 'v*, release-*'")
    made.add_argument("--exclude", metavar="GLOBS", help="tags that do not: '*rc*, *beta*'")
    made.add_argument("--paths", nargs="+", default=[], metavar="GLOB", help="only changes that touch these files")
    made.add_argument("--rows", type=_rows, default=0, metavar="N", help="list the newest N rows behind the numbers")
    made.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="auto: only in a terminal")
    shown = made.add_argument_group("what the files show")
    shown.add_argument("--evidence", action="store_true", help="which practices the files show, and what to do first")
    shown.add_argument("--commit", metavar="SHA", help="at this commit; HEAD is the one checked out")
    shown.add_argument("--base", metavar="SHA", help="also say what differs from this commit")
    shown.add_argument("--output", metavar="FILE", type=Path, help="write to this file instead of printing")
    shown.add_argument(
        "--fail-on", metavar="NAMES", help="never, not-met, or keys of probes separated by commas: code 3 when not met"
    )
    shown.add_argument("--with", dest="tools", metavar="TOOLS", help="also ask zizmor, hadolint, where they are there")


def _add_sync(commands) -> None:
    text = "read what is new at GitHub into the store, as the portal does by itself"
    form = {"epilog": SYNC_CODES, "formatter_class": argparse.RawDescriptionHelpFormatter}
    made = _add(commands, "sync", _sync, text, **form)
    made.add_argument("names", metavar="SOURCE", nargs="*", help="owner/repo, or the number of a source")
    made.add_argument("--all", action="store_true", help="every source of GitHub that nobody has stopped")
    made.add_argument("--since", type=_since, metavar="DATE", help="let the history begin then: 2026-03-31")
    made.add_argument(
        "--token-env", metavar="NAME", help="add repositories that are not read yet, with the token in this variable"
    )
    made.add_argument("--team", metavar="NAME", help="whose they are; the owner of the repository when not given")
    made.add_argument("--format", choices=["text", "json"], default="text", help="json is described in docs/cli.md")


def _add_check_content(commands) -> None:
    text = "hold the learning content against every rule, for authors and their pipelines (docs/authoring.md)"
    form = {"epilog": CONTENT_CODES, "formatter_class": argparse.RawDescriptionHelpFormatter}
    made = _add(commands, "check-content", _check_content, text, **form)
    made.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        type=Path,
        default=ROOT / "content",
        help="a folder of content (Milepost's own)",
    )
    made.add_argument(
        "--against", metavar="COMMIT", default="HEAD", help="where ids must not have changed since (HEAD)"
    )
    made.add_argument("--format", choices=["text", "json"], default="text", help="json is described in docs/cli.md")
    made.add_argument("--links", action="store_true", help="also ask whether what is linked is still there (online)")
    made.add_argument("--write", action="store_true", help="with --links: set `verified` in resources.yml for what is")


def _since(text: str) -> datetime:
    """A day means from its beginning."""
    moment = _until(text)
    return datetime.combine(moment.date(), time.min, UTC) if len(text) <= 10 else moment


def _weeks(text: str) -> int:
    return _number(text, 1, 1040)


def _rows(text: str) -> int:
    return _number(text, 0, 1_000_000)


def _port(text: str) -> int:
    return _number(text, 0, 65_535)


def _scale(text: str) -> float:
    """Smaller ones would have nothing in them; larger ones take hours and hundreds of gigabytes."""
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0.0005 <= factor <= 10:
        raise argparse.ArgumentTypeError(f"give a number from 0.0005 to 10, not {text!r}")
    return factor


def _number(text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdecimal() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"give a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _until(text: str) -> datetime:
    """A day means to its end. Without a zone the time is UTC."""
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= 10:
            moment = datetime.combine(moment.date(), time.max)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment.year < 1970:  # there is nothing to measure, and a long window would begin before the year 1
            raise ValueError(text)
        return moment
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"give a date such as 2026-03-31, not {text!r}") from None


def _misused(options: argparse.Namespace) -> str:
    """What does not go together, one sentence; empty when all does."""
    evidence = {"--commit": "commit", "--base": "base", "--output": "output", "--fail-on": "fail_on", "--with": "tools"}
    delivery = {
        "--weeks": "weeks", "--until": "until", "--rule": "rule", "--include": "include", "--exclude": "exclude",
        "--paths": "paths", "--rows": "rows",
    }  # fmt: skip
    wrong = delivery if options.evidence else evidence
    given = [option for option, name in wrong.items() if getattr(options, name)]
    if not options.evidence and options.format in ("markdown", "sarif"):
        given.append(f"--format {options.format}")
    if not given:
        return ""
    return f"{given[0]} {'goes with the delivery numbers: leave out' if options.evidence else 'needs'} --evidence."


def _assess(options: argparse.Namespace) -> int:
    if misused := _misused(options):
        print(misused, file=sys.stderr)
        return UNREADABLE
    if options.evidence:
        from data.evidence import door

        return door.assess(options, printable)
    if options.rule == "merge" and (options.include or options.exclude):
        print("--include and --exclude choose among tags: leave them out with --rule merge.", file=sys.stderr)
        return UNREADABLE
    from data.assess import assess
    from data.sources.git import EmptyRepository, GitError

    with _Progress() as progress:
        try:
            found = assess(
                options.path,
                rule=options.rule,
                include=options.include,
                exclude=options.exclude,
                paths=tuple(options.paths),
                weeks=options.weeks or 13,
                until=options.until,
                progress=progress,
            )
        except GitError as error:
            problem, code = str(error), NOTHING if isinstance(error, EmptyRepository) else UNREADABLE
            found = None
    if found is None:
        print(printable(problem), file=sys.stderr)
        return code
    _print(found, options)
    if found.deploys:
        return OK
    print("No production deployment was found under this rule: try another --rule or --include.", file=sys.stderr)
    return NOTHING


def _sync(options: argparse.Namespace) -> int:
    if bool(options.names) == options.all:
        print("Name what to read (owner/repo), or give --all.", file=sys.stderr)
        return UNREADABLE
    _migrate(options)
    from data import headless, people

    who = people.local_person()
    try:
        sources = headless.sources(who, options.names, options.token_env, options.team, options.since)
        with _Progress() as progress:
            found = headless.read(who, sources, progress)
    except headless.NothingToRead as error:
        print(printable(str(error)), file=sys.stderr)
        return UNREADABLE
    if options.format == "json":
        import json

        json.dump(headless.as_json(found), sys.stdout, indent=2, allow_nan=False)
        print(flush=True)
    else:
        for line in headless.lines(found):
            print(printable(line))
    return OK if all(each.is_read for each in found) else NOTHING


def _today() -> date:
    return datetime.now(UTC).date()


def _check_content(options: argparse.Namespace) -> int:
    if options.write and not options.links:
        print("--write goes with --links.", file=sys.stderr)
        return UNREADABLE
    from content import catalog
    from content.check import check
    from content.checking import ContentError
    from data import content_proofs
    from data.content_ids import ids_at
    from data.sources.git_command import GitError

    try:
        if not options.path.is_dir():
            raise ContentError(f"{options.path} is not a folder: give one that holds practices.yml and tracks.")
        with catalog.at(options.path):  # so that it is read once for all that looks at it
            found = check(options.path, _today(), ids_at(options.path, options.against))
            wrong = list(found.problems or content_proofs.problems(options.path))
            warnings, linked = list(found.warnings), None
            if options.links and not found.problems:
                linked = _links(options)
                wrong, warnings = [*wrong, *linked.problems], [*warnings, *linked.told]
    except (ContentError, GitError, OSError) as error:
        print(printable(str(error)), file=sys.stderr)
        return UNREADABLE
    if options.format == "json":
        import json

        said = {"format": "milepost.content/1", "problems": wrong, "warnings": warnings}
        json.dump(said | ({"links": linked.rows} if linked else {}), sys.stdout, indent=2)
        print(flush=True)
    else:
        for line in (*wrong, *(f"warning: {each}" for each in warnings)):
            print(printable(line))
        if linked:
            print(printable(_to_set(linked, options.write)))
        print(f"{len(wrong) or 'Nothing'} to mend, {len(warnings) or 'no'} warnings.")
    return NOTHING if wrong else OK


def _links(options: argparse.Namespace):
    """Asks every link, and writes the days down where that was wanted."""
    from data.links import asking, checking

    links = checking.links(options.path)
    with _Progress() as progress:
        seen = checking.look([each.url for each in links], asking.Reach(), progress=progress)
    made = checking.report(links, seen, _today())
    if options.write and made.verified:
        file = options.path / "resources.yml"
        new = file.with_name("resources.yml.new")
        new.write_text(checking.with_days(file.read_text(encoding="utf-8"), made.verified), encoding="utf-8")
        new.replace(file)
    return made


def _to_set(linked, written: bool) -> str:
    there = len(linked.verified)
    if not there:
        return "No resource was seen, so no `verified` changes."
    day = next(iter(linked.verified.values()))
    if written:
        return f'resources.yml: verified: "{day}" is set for {there} that are there.'
    return f'Set verified: "{day}" in resources.yml for {", ".join(linked.verified)}; or give --write.'


def printable(text: str) -> str:
    """Names of folders may hold what commands a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _print(found, options: argparse.Namespace) -> None:
    if options.format == "json":
        import json

        from data.assess import as_json

        json.dump(as_json(found, options.rows), sys.stdout, indent=2, allow_nan=False)
        print(flush=True)
        return
    from data.printing import console_for
    from data.report import show

    show(found, console_for(options.color), options.rows)


class _Progress:
    """A progress bar on standard error, where somebody is looking; silent otherwise."""

    def __enter__(self):
        self.bar = None
        if not sys.stderr.isatty():
            return lambda done, total, text: None
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = [TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.completed:,.0f}")]
        self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self.bar.start()
        task = self.bar.add_task("", total=None)
        return lambda done, total, text: self.bar.update(task, completed=done, total=total, description=text)

    def __exit__(self, *error) -> None:
        if self.bar:
            self.bar.stop()


def _run(options: argparse.Namespace) -> int:
    port = os.environ.get("PORT", "8501")
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:
        print(f"PORT must be a number from 1 to 65535, not {port!r}.", file=sys.stderr)
        return UNREADABLE
    from data import environment, openid

    address = environment.value("MILEPOST_ADDRESS") or "127.0.0.1"
    openid.check_address(address)
    openid.settings()
    _check_settings()
    if _migrate(options) != OK:
        return UNREADABLE
    os.chdir(ROOT)  # where Streamlit looks for .streamlit/config.toml
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    os.execv(sys.executable, [*command, "--server.port", port, "--server.address", address])  # noqa: S606


def _check_settings() -> None:
    """Raises Unusable for what cannot be meant, and says what is not known: most often a slip of the pen."""
    from data import settings

    settings.refuse_wrong()
    for name, sentence in settings.strangers().items():
        print(printable(f"{name}: {sentence}"), file=sys.stderr)


def _migrate(options: argparse.Namespace) -> int:
    from data import store

    store.migrate()
    return OK


def _serve(options: argparse.Namespace) -> int:
    import server

    _check_settings()
    try:
        server.serve(options.host, options.port)
    except OSError as error:
        where = printable(f"{options.host} port {options.port}")
        print(f"Cannot listen at {where}: {error.strerror or error}. Choose others.", file=sys.stderr)
        return UNREADABLE
    return OK


def _worker(options: argparse.Namespace) -> int:
    from data import jobs

    _check_settings()
    return jobs.run_worker()


def _demo(options: argparse.Namespace) -> int:
    _migrate(options)
    from data import demo, people

    who = people.local_person()
    if options.remove:
        demo.remove(who)
        print("Everything invented is removed.")
        return OK
    with _Progress() as progress:
        if options.scale:
            from data.demo import scale

            scale.create(who, options.scale, datetime.now(UTC), progress)
        else:
            demo.create(who, people.home_organization(who), datetime.now(UTC), progress)
    print("The demo organisation is there: open the portal with `python milepost.py run`.")
    return OK


def _export(options: argparse.Namespace) -> int:
    from data import moving, sheets

    try:
        with _Progress() as progress:
            if options.format:
                rows = sheets.export_tables(options.file, options.format, progress)
            else:
                rows = moving.export_store(options.file, progress)
        _note_export(options, rows)
    except moving.MoveError as error:
        print(printable(str(error)), file=sys.stderr)
        return NOTHING if isinstance(error, moving.NothingToMove) else UNREADABLE
    _print_rows(rows)
    print(printable(f"All this is in {options.file}: treat it as confidential."))
    return OK


def _note_export(options: argparse.Namespace, rows: dict[str, int]) -> None:
    """In the log stands who took everything away."""
    from data import audit, people

    action = "export_tables" if options.format else "export_store"
    audit.seen(people.in_terminal(), action, "store", {"rows": sum(rows.values())})


def _import(options: argparse.Namespace) -> int:
    from data import moving

    try:
        with _Progress() as progress:
            rows = moving.import_store(options.file, progress)
    except moving.MoveError as error:
        print(printable(str(error)), file=sys.stderr)
        return UNREADABLE
    _print_rows(rows)
    try:
        with _Progress() as progress:
            services = moving.work_out(progress)
    except KeyboardInterrupt:
        print("Stopped: the rows are in the store, and the portal works out what is left.", file=sys.stderr)
        return 130
    print(f"All this is in the store. Services whose metrics were worked out: {services:,}.")
    return OK


def _settings(options: argparse.Namespace) -> int:
    from data import settings, settings_tried

    if options.reseal and not _resealed():
        return UNREADABLE
    found, tried = settings.report(), settings_tried.everything() if options.tries else []
    if options.format == "json":
        import json

        json.dump(settings.as_json(found, tried), sys.stdout, indent=2)
        print(flush=True)
    else:
        for line in settings.lines(found, tried):
            print(printable(line))
    return NOTHING if found.problems or any(problem for _, problem in tried) else OK


def _resealed() -> bool:
    """Says on standard error what became of it, as the report may be for a program."""
    from data import sealed, store

    store.migrate()
    done, lost = sealed.reseal(None)
    print(f"Sealed anew: {done:,}.", file=sys.stderr)
    if lost:
        print(f"No key opens {', '.join(lost)}: put its key back, or store the secret again.", file=sys.stderr)
    return not lost


def _backup(options: argparse.Namespace) -> int:
    from data import moving
    from data.keeping import backup, shelf

    try:
        moving.refuse_no_file()
        with _Progress() as progress:
            made = backup.write(options.file or shelf.new_file(), progress)
        shelf.note(made)
    except moving.MoveError as error:
        print(printable(str(error)), file=sys.stderr)
        return NOTHING if isinstance(error, moving.NothingToMove) else UNREADABLE
    _print_rows(made.rows)
    print(printable(f"All this is in {made.path} ({made.bytes:,} bytes): treat it as confidential."))
    print(f"SHA-256 {made.sha256}")
    print(
        printable(
            f"Answers of surveys, what people learn and secrets are sealed in it with the key in {made.key_place}. The "
            f"key is not in the file: keep a copy of it elsewhere, or nobody can open them again."
        )
    )
    return OK


def _restore(options: argparse.Namespace) -> int:
    from data import moving
    from data.keeping import restoring

    if options.check:
        return _check_backup(options.file)
    try:
        with _Progress() as progress:
            made = restoring.restore(options.file, options.force, options.without_sealed, progress)
    except moving.MoveError as error:
        print(printable(str(error)), file=sys.stderr)
        return UNREADABLE
    _print_rows(made.described.rows)
    if made.before:
        print(printable(f"What was there before is in {made.before}."))
    if made.without_sealed:
        print("Left out: answers of surveys and what people learn. Open surveys were cancelled; results stay.")
    if made.shut:
        print(
            f"Secrets that the key here does not open: {made.shut}. Put the key of that store in place of the one here,"
        )
        print("or give these secrets again where they are used (Add from GitHub, Access for programs).")
    try:
        with _Progress() as progress:
            services = moving.work_out(progress)
    except KeyboardInterrupt:
        print("Stopped: the rows are in the store, and the portal works out what is left.", file=sys.stderr)
        return 130
    print(f"All this is in the store. Services whose metrics were worked out: {services:,}.")
    return OK


def _check_backup(file: Path) -> int:
    from data import moving
    from data.keeping import restoring

    try:
        with _Progress() as progress:
            found = restoring.check(file, progress)
    except moving.MoveError as error:
        print(printable(str(error)), file=sys.stderr)
        return UNREADABLE
    _print_rows(found.rows)
    print(printable(restoring.said(found)))
    return OK if found.opens else NOTHING


def _print_rows(rows: dict[str, int]) -> None:
    for table, number in rows.items():
        if number:
            print(f"{table.replace('_', ' '):<16}{number:>14,}")


if __name__ == "__main__":
    sys.exit(main())
