import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading.shell import commands


def said(script):
    return [command.text for command in commands(script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("pytest -q", ["pytest -q"]),
        ("echo pytest", ["echo pytest"]),
        ("# pytest", []),
        ("ls # pytest", ["ls"]),
        ("a#b", ["a#b"]),
        ("a && b; c | d\ne", ["a", "b", "c", "d", "e"]),
        ("FOO=1 BAR='x y' sudo -u app env A=1 pytest", ["pytest"]),
        ("poetry run python -m pytest", ["pytest"]),
        ("uv run --extra dev -- pytest", ["pytest"]),
        ("coverage run -m pytest", ["pytest"]),
        ("timeout 10m npm test", ["npm test"]),
        ("if ! go test; then exit 1; fi", ["go test", "exit 1"]),
        ("go build \\\n  -o x", ["go build -o x"]),
        ("cat <<EOF\npytest\nEOF\nls", ["cat", "ls"]),
        ("cat <<-'END' > f\n\tpytest\n\tEND\nls", ["cat > f", "ls"]),
        ("x=$(pytest)", []),
        ("echo 'pytest; npm test' \"a && b\"", ["echo pytest; npm test a && b"]),
        ("${{ matrix.command }}", ["${{ matrix.command }}"]),
        ("cmd 2>&1", ["cmd 2> 1"]),
        ('export PREFIX=""\n${PREFIX}mypy src', ["export PREFIX=", "mypy src"]),
        ("${PREFIX}mypy src", ["mypy src"]),
        ("CARGO='cargo --locked'; $CARGO test", ["cargo --locked test"]),
        ("$PYTHON -m pytest", ["$PYTHON -m pytest"]),
        ("docker compose -f c.yml run --rm -e A=1 web pytest -q", ["pytest -q"]),
        ("docker compose run --rm web", ["docker compose run --rm web"]),
        ("docker-compose exec -T web bundle exec rspec", ["rspec"]),
        ("pipx run zizmor==1.16.3 --offline .", ["zizmor --offline ."]),
        ("pipx run --spec 'bandit[toml]==1.8.6' bandit -r .", ["bandit -r ."]),
        ("A=1 pipx run 'bandit[toml]>=1.8' -r .", ["bandit -r ."]),
        ("uvx ruff==0.14.0 check; uvx ruff@0.14.0 check", ["ruff check", "ruff check"]),
        ("uv tool run --from pytest==9 pytest -q", ["pytest -q"]),
        ("npx jest@30 --ci; pnpm dlx @scope/lint@2 src", ["jest --ci", "@scope/lint src"]),
        ("pipx run git+https://example.org/tool@v1 x", ["git+https://example.org/tool@v1 x"]),
        ("uv run --with pytest==9 pytest -q", ["pytest -q"]),
        ("nice -n 5 pytest==9", ["pytest==9"]),
        ("sudo A=1 B==2 env C=3 -u D pytest", ["pytest"]),
        ("a==1 pytest", ["pytest"]),
        ("9A=1 pytest", ["9A=1 pytest"]),
        ("A-B=1 pytest", ["A-B=1 pytest"]),
        ("make A=1 test", ["make A=1 test"]),
        ("TOOL=x==1; $TOOL y", ["x==1 y"]),
    ],
)
def test_the_commands_that_a_script_runs(script, expected):
    assert said(script) == expected


@pytest.mark.parametrize(
    ("script", "ignored"),
    [
        ("pytest || true", True),
        ("pytest || :", True),
        ("pytest || exit 1", False),
        ("pytest", False),
        ("a || b", False),
        ("pytest | tee log", True),
        ("pytest 2>&1 | tee log", True),
        ("pytest |& tee -a log", True),
        ("pytest | grep -v noise | sudo tee log", True),
        ("pytest |\n  tee log", True),
        ("pytest | # kept\n  tee log", True),
        ("pytest | cat", True),
        ("pytest | /usr/bin/tee log || exit 1", True),
        ("pytest | unknown || true", True),
        ("set -eu\npytest | tee log", True),
        ("go test -json | go-junit-report > report.xml", True),
    ],
)
def test_a_failure_that_goes_without_notice(script, ignored):
    found = next(each for each in commands(script) if each.program != "set")
    assert found.ignored is ignored


@pytest.mark.parametrize(
    "script",
    [
        "echo x | pytest",
        "cat list | xargs pytest",
        "set -o pipefail\npytest | tee log",
        "set -euo pipefail; pytest | tee log",
        "set -e -o pipefail && pytest | tee log",
        "pytest | tee log\nexit ${PIPESTATUS[0]}",
        "pytest | tparse -all",
        "pytest | grep -q passed",
        "pytest --json | jq -e .ok",
        "go test -json | go-junit-report -set-exit-code",
        "pytest | awk '/FAILED/ {bad = 1} END {exit bad}'",
        "pytest\necho done | tee log",
        "pytest; cat log | tee other",
        "echo 'pytest | tee log'; pytest",
    ],
)
def test_a_failure_in_or_beside_a_pipe_that_is_noticed(script):
    assert [each.ignored for each in commands(script) if "pytest" in each.words or "go" in each.words] == [False]


def test_pipefail_holds_until_it_is_taken_back():
    script = "set -o pipefail\na | tee x\nset +o pipefail\nb | tee x"
    assert {each.program: each.ignored for each in commands(script) if each.program in "ab"} == {"a": False, "b": True}
    assert not commands("a | tee x", pipefail=True)[0].ignored


def test_commands_know_their_lines():
    script = "a\n\nb 'x\ny' \\\n z\nc <<E\nin\nE\nd"
    assert [(command.program, command.line) for command in commands(script)] == [("a", 1), ("b", 3), ("c", 6), ("d", 9)]


SIGNS = st.lists(
    st.sampled_from(
        [
            "a",
            " ",
            "\n",
            "'",
            '"',
            "\\",
            "$(",
            "${",
            ")",
            "}",
            "`",
            "#",
            "<<E",
            "E\n",
            "||",
            "&&",
            ";",
            "|",
            "true",
            "if",
            "sudo",
            "uv",
            "run",
            "-m",
            "--",
        ]
    )
)


@given(st.one_of(st.text(max_size=300), SIGNS.map("".join)))
def test_any_text_has_commands_of_words(text):
    for command in commands(text):
        assert command.words
        assert 1 <= command.line <= text.count("\n") + 2


def test_a_long_hostile_script_ends():
    for piece in ("$(", "`", "'", '"', "<<E\n", "${{", "a||", "\\"):
        assert isinstance(commands(piece * 20_000), list)


def test_variables_of_the_environment_may_name_the_program():
    assert [each.text for each in commands("$PY -m pytest; sudo $GO test", {"PY": "python3", "GO": "go"})] == [
        "pytest",
        "go test",
    ]


def test_the_program_is_spoken_without_its_folder():
    assert commands("./bin/rails db:migrate")[0].spoken == "rails db:migrate"
