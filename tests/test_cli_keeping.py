"""`backup` and `restore` as somebody types them."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

import milepost
from data import migrations, people, store
from data.tables import AuditEvent
from tests.data.arrange import Place, change

ROOT = Path(__file__).parent.parent


def run(capsys, *arguments) -> tuple[int, str, str]:
    """Code, output and errors of a command."""
    code = milepost.main([str(each) for each in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def used(home, who) -> Path:
    """A home in which a team has a service with a change."""
    Place(who).add(changes=[change(1)])
    return home


def fresh(home: Path, monkeypatch, name: str = "other", key: bool = True) -> Path:
    """Another home with nothing but the key."""
    folder = home.with_name(name)
    folder.mkdir(mode=0o700)
    if key:
        shutil.copy(home / "secret.key", folder)
    monkeypatch.setenv("MILEPOST_HOME", str(folder))
    return folder


def test_a_store_goes_out_and_comes_back_elsewhere(used, tmp_path, monkeypatch, capsys):
    code, out, err = run(capsys, "backup", tmp_path / "b.zip")
    assert (code, err) == (0, "")
    assert "service                      1" in out and "treat it as confidential" in out
    assert f"sealed in it with the key in {used / 'secret.key'}" in out and "keep a copy of it elsewhere" in out
    fresh(used, monkeypatch)
    code, checked, err = run(capsys, "restore", tmp_path / "b.zip", "--check")
    assert (code, err) == (0, "") and "is whole, made on 20" in checked
    assert not (used.with_name("other") / "milepost.db").exists(), "only looked at"
    code, back, err = run(capsys, "restore", tmp_path / "b.zip")
    assert (code, err) == (0, "")
    assert back.endswith("All this is in the store. Services whose metrics were worked out: 1.\n")
    assert [line for line in back.splitlines() if line in out] == out.splitlines()[:-3]
    assert people.local_person().name == "Local administrator"


def test_without_a_name_it_goes_into_the_home(used, capsys):
    code, out, _ = run(capsys, "backup")
    (file,) = (used / "backups").iterdir()
    assert code == 0 and str(file) in out
    with store.reading() as session:
        event = session.execute(select(AuditEvent).where(AuditEvent.action == "make_backup")).scalar_one()
    assert (event.subject, event.detail["bytes"]) == (f"backup:{file.name}", file.stat().st_size)


def test_a_store_that_is_not_empty_is_replaced_only_by_force(used, tmp_path, capsys):
    run(capsys, "backup", tmp_path / "b.zip")
    code, out, err = run(capsys, "restore", tmp_path / "b.zip")
    assert (code, out, err.count("\n")) == (2, "", 1) and "or give --force to replace what is there" in err
    code, out, err = run(capsys, "restore", tmp_path / "b.zip", "--force")
    (before,) = (used / "backups").iterdir()
    assert (code, err) == (0, "") and f"What was there before is in {before}." in out


def test_without_the_key_one_says_what_to_do(used, tmp_path, monkeypatch, capsys):
    with store.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO module_progress VALUES (1, 'm', 't', '1', 'done', 0, '', 1)"  # something that is sealed
        )
    run(capsys, "backup", tmp_path / "b.zip")
    fresh(used, monkeypatch, key=False)
    code, out, _ = run(capsys, "restore", tmp_path / "b.zip", "--check")
    assert code == 1 and "does not open with the key here" in out
    code, out, err = run(capsys, "restore", tmp_path / "b.zip")
    assert (code, out, err.count("\n")) == (2, "", 1) and "give --without-sealed to do without" in err
    code, out, err = run(capsys, "restore", tmp_path / "b.zip", "--without-sealed")
    assert (code, err) == (0, "") and "Left out: answers of surveys" in out


def test_a_store_of_an_older_form_can_be_backed_up_before_it_is_migrated(home, tmp_path, capsys):
    migrations.run("downgrade", "0012")
    with store.engine().begin() as connection:
        connection.exec_driver_sql("INSERT INTO organization VALUES (1, 'O', 0, 1)")
        connection.exec_driver_sql("INSERT INTO team VALUES (1, 1, 'T', 1)")
    assert run(capsys, "backup", tmp_path / "b.zip")[::2] == (0, "")
    code, out, err = run(capsys, "restore", tmp_path / "b.zip", "--check")
    assert (code, err) == (0, "") and "from an older Milepost: it is brought to the present form" in out


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_cannot_be_done_is_one_sentence(home, tmp_path, capsys, command):
    (tmp_path / "x\x1b[2J.zip").write_text("no zip")
    code, out, err = run(capsys, command, tmp_path / "x\x1b[2J.zip")
    assert (code, out, err.count("\n")) == ({"backup": 1, "restore": 2}[command], "", 1)
    assert "\x1b" not in err


def test_nothing_is_made_where_no_store_is(bare_home, tmp_path, capsys):
    code, out, err = run(capsys, "backup")
    assert (code, out) == (1, "") and "There is no store at" in err
    assert not bare_home.exists()


def test_what_is_left_when_the_numbers_are_broken_off_is_told(used, tmp_path, monkeypatch, capsys):
    def stopped(progress):
        raise KeyboardInterrupt

    run(capsys, "backup", tmp_path / "b.zip")
    fresh(used, monkeypatch)
    monkeypatch.setattr("data.moving.work_out", stopped)
    code, _, err = run(capsys, "restore", tmp_path / "b.zip")
    assert (code, err) == (130, "Stopped: the rows are in the store, and the portal works out what is left.\n")


def test_an_export_stands_in_the_log(used, tmp_path, capsys):
    run(capsys, "export", tmp_path / "out.zip")
    run(capsys, "export", tmp_path / "tables", "--format", "csv")
    with store.reading() as session:
        found = session.execute(select(AuditEvent.action, AuditEvent.person_id).order_by(AuditEvent.id)).all()
    assert [tuple(each) for each in found][-2:] == [("export_store", 1), ("export_tables", 1)]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_help_and_page_name_the_exit_codes(capsys, command):
    with pytest.raises(SystemExit):
        milepost.main([command, "--help"])
    said = capsys.readouterr().out
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").partition("## Exit codes of the other commands")[2]
    codes = {line.split()[0] for line in said.partition("exit codes:")[2].splitlines() if line[2:3].strip()}
    documented = {
        line.split("|")[2].strip() for line in page.splitlines() if line.startswith((f"| `{command}`", "| all"))
    }
    assert codes <= documented and {"0", "2"} <= codes
