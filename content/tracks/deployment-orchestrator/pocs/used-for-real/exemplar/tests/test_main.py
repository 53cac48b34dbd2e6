"""The command line: what it does to the world, and the code it ends with."""

import signal
import subprocess
import sys

import pytest
from orchestrator.__main__ import main

APPEND = "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + chr(10))"
FAIL = "raise SystemExit('broken')"


def planned(folder, *, second="", undo="", check="pass"):
    """A plan with a validator and two steps that write into a file. second, undo, check: code in place of theirs."""
    log = str(folder / "log")
    texts = [f'[[validators]]\nname = "ask"\ncheck = ["{sys.executable}", "-c", """{check}"""]\n']
    for name, code in (("first", APPEND), ("second", second or APPEND)):
        back = undo if undo and name == "first" else APPEND
        texts.append(
            f'[[steps]]\nname = "{name}"\n'
            f'execute = ["{sys.executable}", "-c", """{code}""", "{log}", "{name} {{version}}"]\n'
            f'undo = ["{sys.executable}", "-c", """{back}""", "{log}", "not {name}"]\n'
        )
    (folder / "plan.toml").write_text("".join(texts), encoding="utf-8")
    return ["--plan", str(folder / "plan.toml"), "--state", str(folder / "state")]


def log(folder):
    return (folder / "log").read_text(encoding="utf-8").splitlines() if (folder / "log").exists() else []


def test_a_version_is_deployed(tmp_path, capsys):
    assert main(["deploy", "v2", *planned(tmp_path)]) == 0
    assert log(tmp_path) == ["first v2", "second v2"]
    assert capsys.readouterr().out == "v2 is deployed\n"


def test_a_failure_ends_with_1_once_all_is_put_back(tmp_path, capsys):
    assert main(["deploy", "v2", *planned(tmp_path, second=FAIL)]) == 1
    assert log(tmp_path) == ["first v2", "not first"]
    assert "second failed for v2; everything before it was put back" in capsys.readouterr().err


def test_what_could_not_be_put_back_ends_with_3_and_is_named(tmp_path, capsys):
    assert main(["deploy", "v2", *planned(tmp_path, second=FAIL, undo=FAIL)]) == 3
    assert "not put back: first" in capsys.readouterr().err


def test_a_refusal_ends_with_2_and_changes_nothing(tmp_path, capsys):
    assert main(["deploy", "v2", *planned(tmp_path, check=FAIL)]) == 2
    assert log(tmp_path) == [] and "ask refuses v2; nothing was changed" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["-rf", "v2; rm", "", "v" * 200])
def test_what_is_no_version_ends_with_2(tmp_path, version):
    assert main(["deploy", *planned(tmp_path), "--", version]) == 2
    assert log(tmp_path) == []


def test_a_plan_that_is_missing_ends_with_2(tmp_path):
    assert main(["deploy", "v2", "--plan", str(tmp_path / "none.toml")]) == 2


def test_a_signal_rolls_back(tmp_path):
    slow = "import time; time.sleep(60)"
    command = [sys.executable, "-m", "orchestrator", "deploy", "v2", *planned(tmp_path, second=slow)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        for line in running.stderr:
            if '"step": "first"' in line:
                break
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    assert running.returncode == 130 and log(tmp_path) == ["first v2", "not first"]
