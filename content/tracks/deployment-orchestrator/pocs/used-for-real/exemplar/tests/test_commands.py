"""Programs are called without a shell, are ended when they take too long, and say why they failed."""

import asyncio
import sys
import time

import pytest
from orchestrator.commands import CommandFailed, CommandStep, CommandValidator, call

PYTHON = sys.executable


def run(*words, seconds=20):
    asyncio.run(call(words, "v2", seconds))


def test_the_version_is_put_where_it_is_named(tmp_path):
    write = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
    run(PYTHON, "-c", write, str(tmp_path / "said"), "shop:{version}")
    assert (tmp_path / "said").read_text() == "shop:v2"


def test_what_a_shell_would_take_for_a_command_stays_a_word(tmp_path):
    run(PYTHON, "-c", "pass", f"; touch {tmp_path}/here")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_names_the_program_its_code_and_what_it_said_last():
    with pytest.raises(CommandFailed, match=r"ended with 3: no space left"):
        run(PYTHON, "-c", "print('no space left'); raise SystemExit(3)")


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(CommandFailed, match="no-such-program could not be started"):
        run("no-such-program")


def test_a_program_that_takes_too_long_is_ended():
    began = time.monotonic()
    with pytest.raises(CommandFailed, match=r"took longer than 0\.2 s"):
        run(PYTHON, "-c", "import time; time.sleep(60)", seconds=0.2)
    assert time.monotonic() - began < 30


def test_a_program_that_is_cancelled_does_not_go_on(tmp_path):
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    code = (
        "import pathlib, signal, sys, time\n"
        "def end(*_): pathlib.Path(sys.argv[2]).touch(); sys.exit(1)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
    )

    async def cancelled():
        running = asyncio.create_task(call((PYTHON, "-c", code, str(begun), str(ended)), "v2", 60))
        while not begun.exists():
            await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled()

    asyncio.run(cancelled())
    assert ended.exists()


def test_a_step_without_a_way_back_undoes_nothing():
    asyncio.run(CommandStep("warm-up", (PYTHON, "-c", "pass")).undo("v2"))


def test_a_validator_refuses_by_the_code_of_its_program():
    with pytest.raises(CommandFailed):
        asyncio.run(CommandValidator("image", (PYTHON, "-c", "raise SystemExit(1)")).check("v2"))
