"""The door for terminals, as people and scripts use it."""

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

import milepost
from data import people
from tests.data.arrange import Place
from tests.data.test_moving import parcelled
from tests.repos import RepoBuilder

ROOT = Path(milepost.__file__).parent


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> RepoBuilder:
    """Ten merged pull requests in ten days, each released an hour later, one of them reverted."""
    repo = RepoBuilder(tmp_path_factory.mktemp("clones") / "shop")
    repo.commit("Begin", "2026-01-01 09:00")
    for day in range(2, 12):
        repo.pull_request(day, f"Change {day}", f"2026-01-{day:02d} 09:00", f"2026-01-{day:02d} 12:00")
        repo.tag(f"v1.{day}", f"2026-01-{day:02d} 13:00")
    repo.revert(repo.git("rev-parse", "main~2"), "2026-01-12 09:00", files={"web/a.py": "x"})
    repo.tag("v1.12", "2026-01-12 10:00")
    repo.tag("v1.13rc1", "2026-01-12 11:00")
    return repo


def run(capsys, *arguments) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = milepost.main([str(each) for each in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def assessed(capsys, *arguments) -> dict:
    code, out, _ = run(capsys, "assess", *arguments, "--format", "json")
    assert code == 0
    return json.loads(out)


def test_text_shows_the_numbers(shop, capsys):
    code, out, err = run(capsys, "assess", shop.path)
    words = " ".join(out.split())
    assert (code, err) == (0, "")
    assert "Change lead time 4.0 h" in words
    assert "not known - no incidents have been collected" in words
    assert "tags matching v[0-9]*" in words
    assert "\x1b" not in out


def test_json_has_the_documented_form(shop, capsys):
    found = assessed(capsys, shop.path, "--rows", "3")
    documented = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert found["format"] == "milepost.assessment/1"
    assert [name for name in found if f"| `{name}` |" not in documented] == []
    assert [name for name in found["metrics"]["lead_time"] if f"`{name}`" not in documented] == []
    assert [name for name in found["metrics"] if f"`{name}`" not in documented] == []
    assert [name for name in found["stages"][0] if f"`{name}`" not in documented] == []
    assert {name: len(rows) for name, rows in found["rows"].items()} == {
        "deployments": 3,
        "not_counted": 1,
        "changes": 3,
        "failures": 1,
    }
    assert [name for name in found["rows"] if f"`{name}`" not in documented] == []


def test_json_says_the_numbers_of_the_calculator(shop, capsys):
    metrics = assessed(capsys, shop.path)["metrics"]
    assert (metrics["lead_time"]["state"], metrics["lead_time"]["value"]) == ("value", 4.0)
    assert (metrics["change_fail_rate"]["state"], metrics["change_fail_rate"]["value"]) == ("not_collected", None)
    assert metrics["change_fail_rate_inferred"]["n"] == 1
    assert metrics["deployment_frequency"]["benchmark"]["year"] == 2025


def test_the_proposed_rule_leaves_out_what_is_no_release(shop, capsys):
    found = assessed(capsys, shop.path, "--rows", "99")
    assert (found["rule"]["proposed"], found["rule"]["kind"]) == (True, "tag")
    names = {name: [row["ref"] for row in found["rows"][name]] for name in ("deployments", "not_counted")}
    assert names["deployments"] == ["v1.12", *(f"v1.{day}" for day in range(11, 1, -1))]
    assert names["not_counted"] == ["v1.13rc1"]


def test_a_rule_that_is_given_is_used(shop, capsys):
    assert assessed(capsys, shop.path, "--rule", "merge")["coverage"]["deployments_counted"] == 12
    some = assessed(capsys, shop.path, "--include", "v1.1?", "--exclude", "v1.11")
    assert (some["rule"]["proposed"], some["coverage"]["deployments_counted"]) == (False, 2)


def test_until_and_weeks_move_the_window(shop, capsys):
    found = assessed(capsys, shop.path, "--until", "2026-01-05", "--weeks", "1")
    assert found["window"]["end"].startswith("2026-01-05T23:59:59")
    assert found["window"]["start"].startswith("2025-12-29T23:59:59")
    assert found["coverage"]["deployments_counted"] == 4


def test_until_never_passes_what_the_clone_knows(shop, capsys):
    found = assessed(capsys, shop.path, "--until", "2099-01-01")
    assert found["window"]["end"] == found["collected_until"] == "2026-01-12T11:00:00+00:00"
    assert "The clone is known only until 2026-01-12 11:00 UTC, so the window ends there." in found["notes"]


def test_paths_choose_changes(shop, capsys):
    assert assessed(capsys, shop.path, "--paths", "web/*", "api/*")["coverage"]["changes_merged"] == 1


def test_rows_are_listed(shop, capsys):
    _, out, _ = run(capsys, "assess", shop.path, "--rows", "2")
    assert "v1.12" in out and "#11" in out and "#10" not in out.partition("Changes shipped")[2].partition("Signals")[0]
    assert "Signals of failure" in out


def test_texts_of_a_repository_are_no_markup_and_no_control_characters(tmp_path, capsys):
    repo = RepoBuilder(tmp_path / "[red]shop")
    repo.squash("[bold]Evil[/] \x1b]0;title\x07 :smile: [link=http://x]", 1, "2026-01-01 09:00")
    repo.squash("Next", 2, "2026-01-02 09:00")
    _, out, _ = run(capsys, "assess", repo.path, "--rows", "5", "--color", "never")
    words = " ".join(out.split())
    assert "[red]shop" in words and "[bold]Evil[/]" in words and ":smile:" in words
    assert "\x1b" not in out and "\x07" not in out


@pytest.mark.parametrize(("choice", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colours(shop, capsys, choice, coloured):
    _, out, _ = run(capsys, "assess", shop.path, "--color", choice)
    assert ("\x1b[" in out) == coloured


def test_an_empty_repository_is_nothing_to_assess(tmp_path, capsys):
    code, out, err = run(capsys, "assess", RepoBuilder(tmp_path / "empty").path)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1 and "has no commits yet" in err


def test_no_deployment_under_the_rule_is_nothing_to_assess(shop, capsys):
    code, out, err = run(capsys, "assess", shop.path, "--include", "production-*", "--format", "json")
    assert code == 1
    assert json.loads(out)["metrics"]["deployment_frequency"]["state"] != "value"
    assert err == "No production deployment was found under this rule: try another --rule or --include.\n"


def test_a_path_that_is_no_repository_is_not_read(tmp_path, capsys):
    code, out, err = run(capsys, "assess", tmp_path, "--format", "json")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and "is not a git repository" in err


@pytest.mark.parametrize(
    "options",
    [
        ["--weeks", "0"],
        ["--weeks", "x"],
        ["--weeks", "²"],
        ["--until", "soon"],
        ["--until", "9999-99-99"],
        ["--until", "0001-01-01"],
        ["--rows", "-1"],
        ["--rule", "magic"],
        ["--format", "xml"],
    ],
)
def test_a_wrong_option_is_refused(shop, capsys, options):
    with pytest.raises(SystemExit) as stopped:
        milepost.main(["assess", str(shop.path), *options])
    assert stopped.value.code == 2


def test_patterns_of_tags_do_not_go_with_merges(shop, capsys):
    code, _, err = run(capsys, "assess", shop.path, "--rule", "merge", "--include", "v*")
    assert (code, err) == (2, "--include and --exclude choose among tags: leave them out with --rule merge.\n")


def test_help_names_the_exit_codes_and_the_page_every_option(capsys):
    with pytest.raises(SystemExit) as stopped:
        milepost.main(["assess", "--help"])
    said = capsys.readouterr().out
    documented = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert stopped.value.code == 0 and "exit codes:" in said
    options = {word.strip("[],:") for word in said.split() if word.strip("[],:").startswith("--")} - {"--help"}
    assert {option for option in options if f"`{option}" not in documented} == set()
    assert len(options) == 15


def test_help_loads_nothing_heavy():
    code = (
        "import sys, milepost\n"
        "try: milepost.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'polars', 'numpy', 'rich', 'pydantic', 'sqlmodel', 'streamlit'} & set(sys.modules)\n"
        "sys.exit(' '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_assessing_needs_no_database_and_no_portal(shop, tmp_path):
    code = (
        "import sys, milepost\n"
        f"milepost.main(['assess', {str(shop.path)!r}])\n"
        "sys.exit(' '.join({'sqlalchemy', 'sqlmodel', 'streamlit', 'huey'} & set(sys.modules)) or 0)"
    )
    environment = {**os.environ, "MILEPOST_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "home").exists()


def test_a_bar_is_drawn_where_somebody_looks(shop):
    screen, terminal = pty.openpty()
    command = [sys.executable, "milepost.py", "assess", str(shop.path), "--format", "json"]
    environment = {**os.environ, "TERM": "xterm"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=terminal, check=False)
    os.close(terminal)
    drawn = os.read(screen, 65536).decode("utf-8", "replace")
    os.close(screen)
    assert done.returncode == 0 and json.loads(done.stdout)["format"]
    assert "Walking the history" in drawn or "Reading changes" in drawn or "Judging" in drawn


def test_a_reader_that_leaves_is_no_error(shop):
    command = f"{sys.executable} milepost.py assess {shop.path} --format json --rows 99 | head -c 1"
    done = subprocess.run(command, cwd=ROOT, shell=True, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{", "")


def test_a_path_commands_no_terminal(tmp_path, capsys):
    code, _, err = run(capsys, "assess", tmp_path / "\x1b[2Jgone")
    assert code == 2 and "\x1b" not in err and err.endswith(": give the folder of a git clone, or a bare repository.\n")


# The portal's commands


def test_run_migrates_and_becomes_the_portal(bare_home, monkeypatch):
    became = []
    monkeypatch.setenv("PORT", "8765")
    monkeypatch.setattr("os.execv", lambda program, command: became.append(command))
    monkeypatch.setattr("os.chdir", became.append)
    milepost.main(["run"])
    assert (bare_home / "milepost.db").exists()
    assert became[0] == ROOT
    assert became[1][1:] == (
        ["-m", "streamlit", "run", "app.py", "--server.port", "8765", "--server.address", "127.0.0.1"]
    )


@pytest.mark.parametrize("port", ["", "web", "0", "70000", "８５０１"])
def test_run_refuses_a_port_that_is_none(bare_home, monkeypatch, capsys, port):
    monkeypatch.setenv("PORT", port)
    code, _, err = run(capsys, "run")
    assert (code, err) == (2, f"PORT must be a number from 1 to 65535, not {port!r}.\n")
    assert not bare_home.exists()


def test_migrate_makes_the_store(bare_home):
    assert milepost.main(["migrate"]) == 0
    assert milepost.main(["migrate"]) == 0
    assert (bare_home / "milepost.db").exists()


def test_a_store_that_cannot_be_used_is_one_sentence(bare_home, capsys):
    bare_home.mkdir()
    (bare_home / "milepost.db").write_bytes(b"x" * 5000)
    code, out, err = run(capsys, "run")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "is damaged" in err


def test_worker_ends_with_the_workers_code(monkeypatch):
    monkeypatch.setattr("data.jobs.run_worker", lambda: 7)
    assert milepost.main(["worker"]) == 7


def test_an_organisation_to_measure_with_comes_and_goes(home, capsys):
    from data import queries

    assert run(capsys, "demo", "--scale", "0.001")[::2] == (0, "")
    assert len(queries.services(people.local_person())) == 2
    assert run(capsys, "demo", "--scale", "0.001")[0] == 0
    assert len(queries.services(people.local_person())) == 2
    assert run(capsys, "demo", "--remove") == (0, "Everything invented is removed.\n", "")
    assert queries.services(people.local_person()) == ()


@pytest.mark.parametrize(
    "options", [["--scale", "0"], ["--scale", "x"], ["--scale", "nan"], ["--scale", "11"], ["--scale", "1", "--remove"]]
)
def test_a_scale_that_is_none_is_refused(bare_home, options):
    with pytest.raises(SystemExit) as stopped:
        milepost.main(["demo", *options])
    assert (stopped.value.code, bare_home.exists()) == (2, False)


# Moving


def cells() -> list[tuple]:
    from data import store
    from data.tables import CellBlock

    return sorted(store.read_frame(select(CellBlock)).rows(), key=str)


def test_the_demo_comes_moves_from_postgresql_to_sqlite_with_its_numbers_and_goes(
    on_postgresql, tmp_path, monkeypatch, capsys
):
    from data import demo

    assert run(capsys, "demo")[::2] == (0, "")
    before = cells()
    code, out, err = run(capsys, "export", tmp_path / "demo.zip")
    assert (code, err) == (0, "")
    assert "service                     30" in out and "treat it as confidential" in out
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "other"))
    monkeypatch.delenv("DATABASE_URL")
    code, moved, err = run(capsys, "import", tmp_path / "demo.zip")
    assert (code, err, moved.splitlines()[:-1]) == (0, "", out.splitlines()[:-1])
    assert moved.endswith("Services whose metrics were worked out: 30.\n")
    assert len(before) > 50 and cells() == before
    assert demo.present() is not None
    assert run(capsys, "demo", "--remove") == (0, "Everything invented is removed.\n", "")
    assert demo.present() is None


@pytest.mark.parametrize("command", ["export", "import"])
def test_what_cannot_be_moved_is_one_sentence(home, tmp_path, capsys, command):
    (tmp_path / "x\x1b[2J.zip").write_text("no zip")
    code, out, err = run(capsys, command, tmp_path / "x\x1b[2J.zip")
    assert (code, out, err.count("\n")) == ({"export": 1, "import": 2}[command], "", 1)
    assert "\x1b" not in err


def test_a_file_that_is_there_is_not_replaced(home, who, tmp_path, capsys):
    Place(who)
    (tmp_path / "x.zip").touch()
    code, out, err = run(capsys, "export", tmp_path / "x.zip")
    assert (code, out) == (2, "") and err.endswith("is there already: choose another name, or move it away.\n")


def test_what_is_left_when_the_numbers_are_broken_off_is_told(home, who, tmp_path, monkeypatch, capsys):
    def stopped(progress):
        raise KeyboardInterrupt

    Place(who)
    run(capsys, "export", tmp_path / "x.zip")
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "other"))
    monkeypatch.setattr("data.moving.work_out", stopped)
    code, out, err = run(capsys, "import", tmp_path / "x.zip")
    assert (code, err) == (130, "Stopped: the rows are in the store, and the portal works out what is left.\n")
    assert "team                         1" in out


@pytest.mark.parametrize("command", ["export", "import"])
def test_help_and_page_name_the_exit_codes_of_moving(capsys, command):
    with pytest.raises(SystemExit):
        milepost.main([command, "--help"])
    said = capsys.readouterr().out
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").partition("## Exit codes of the other commands")[2]
    codes = {line.split()[0] for line in said.partition("exit codes:")[2].splitlines() if line[2:3].strip()}
    documented = {
        line.split("|")[2].strip() for line in page.splitlines() if line.startswith((f"| `{command}`", "| all"))
    }
    assert codes <= documented and {"0", "2"} <= codes


# On PostgreSQL


def test_migrate_and_run_set_up_a_database(both_bare, monkeypatch, capsys):
    monkeypatch.setattr("os.execv", lambda program, command: None)
    monkeypatch.setattr("os.chdir", lambda folder: None)
    assert run(capsys, "migrate") == (0, "", "")
    milepost.main(["run"])
    assert people.local_person().name == "Local administrator"


def test_a_worker_on_postgresql_does_what_waits_and_stops_when_told(on_postgresql, shop, monkeypatch):
    from data import intake, jobs

    monkeypatch.setenv("MILEPOST_ROOTS", str(shop.path.parent))
    job_id = intake.add_clone(people.local_person(), shop.path, "Payments", "shop")
    process = subprocess.Popen([sys.executable, "milepost.py", "worker"], cwd=ROOT, stdin=subprocess.PIPE)
    try:
        give_up = time.monotonic() + 60
        while jobs.progress(job_id).is_live and time.monotonic() < give_up:
            time.sleep(0.1)
        assert jobs.progress(job_id).state == "done"
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.stdin.close()
        process.wait()


WRONG = {
    "unknown host": ("postgresql://u:secret@nowhere.invalid/d", "does not answer: start it, or mend DATABASE_URL"),
    "nobody listens": ("postgresql://u:secret@127.0.0.1:1/d", "does not answer: start it, or mend DATABASE_URL"),
    "wrong password": ("postgresql://guarded:secret@/postgres?host={}", "refuses the user or password"),
    "no password": ("postgresql://guarded@/postgres?host={}", "refuses the user or password"),
    "unknown user": ("postgresql://nobody:secret@/postgres?host={}", "refuses the user or password"),
    "no such database": ("postgresql://milepost:secret@/secret?host={}", "has none of the name in DATABASE_URL"),
    "no right": ("postgresql://guarded:right@/postgres?host={}", "make that user the owner of the database"),
    "no port": ("postgresql://u:secret@h:port/d", "The port in DATABASE_URL must be a number"),
    "another program": ("mysql://u:secret@h/d", "must begin with postgresql://"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("command", ["migrate", "run", "demo", "export", "import"])
def test_a_wrong_database_is_one_sentence_without_its_password(
    bare_home, own_server, tmp_path, monkeypatch, capsys, command, wrong
):
    url, sentence = WRONG[wrong]
    monkeypatch.setenv("DATABASE_URL", url.format(own_server.folder))
    monkeypatch.setattr("os.execv", None)
    more = [tmp_path / "x.zip"] if command in ("export", "import") else []
    if command == "import":
        parcelled(tmp_path / "x.zip")
    code, out, err = run(capsys, command, *more)
    reads = (command, wrong) == ("export", "no right")  # which that user may, and find nothing
    assert (code, out, err.count("\n")) == (1 if reads else 2, "", 1)
    sentence = "There is no store yet in the database in use" if reads else sentence
    assert sentence in err and "secret" not in err and str(own_server.folder) not in err


def test_a_worker_with_a_wrong_database_is_one_sentence_without_its_password(bare_home, own_server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://guarded:secret@/postgres?host={own_server.folder}")
    done = subprocess.run(
        [sys.executable, "milepost.py", "worker"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "refuses the user or password" in done.stderr and "secret" not in done.stderr


def test_assessing_asks_no_database_whatever_is_set(shop, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@nowhere.invalid/d")
    assert run(capsys, "assess", shop.path)[::2] == (0, "")


def test_stopping_by_key_is_quiet(shop, monkeypatch, capsys):
    def stopped(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("data.assess.assess", stopped)
    assert run(capsys, "assess", shop.path) == (130, "", "Stopped.\n")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MILEPOST_ADDRESS", "0.0.0.0", "would be administrator"),  # noqa: S104
        ("MILEPOST_OIDC_CLIENT_ID", "milepost", "set up by half: set MILEPOST_URL and"),
        ("MILEPOST_GROUPS", "{", "set up by half"),
    ],
)
def test_the_portal_does_not_start_open_to_all_or_set_up_by_half(home, capsys, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("it started"))
    code, _, err = run(capsys, "run")
    assert (code, err.count("\n")) == (2, 1) and said in err
