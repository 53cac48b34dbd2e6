"""What stands in the documents is so: commands are run in an installation of their own or held against the program that
would run them, names of pages and settings exist, links lead somewhere."""

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import milepost
from data import people, settings_table, teams
from pages.ui.registry import PAGES
from tests.repos import RepoBuilder

ROOT = Path(__file__).parent.parent.parent
GUIDES = ("administrator.md", "user-guide.md")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
#: Those of docker compose that the guides use, with what may follow a service in them.
SUBCOMMANDS = ("build", "config", "cp", "exec", "logs", "ps", "restart", "run", "stop", "up")
#: Options of docker compose with a value.
VALUED = ("--since", "--index", "--volume", "--scale")


@dataclass(frozen=True)
class Command:
    """A line of a fenced block of the kind `console`. settings: what is set for it alone."""

    document: str
    line: str
    settings: dict[str, str]
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document}: {self.line}"


def commands(document: str) -> list[Command]:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"^ *```console\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        for line in map(str.strip, block.splitlines()):
            words = shlex.split(line, comments=True)
            settings = {}
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                name, _, value = words.pop(0).partition("=")
                settings[name] = value
            if words:
                found.append(Command(document, line, settings, tuple(words)))
    return found


EVERY = [each for name in sorted(path.name for path in (ROOT / "docs").glob("*.md")) for each in commands(name)]
OF_GUIDES = [each for each in EVERY if each.document in GUIDES]
OURS = [each for each in EVERY if "milepost.py" in each.words[:2]]


def arguments(command: Command) -> list[str]:
    """What milepost.py is given."""
    return list(command.words[command.words.index("milepost.py") + 1 :])


def test_the_guides_have_commands():
    assert {each.document for each in OF_GUIDES} == set(GUIDES) and len(OF_GUIDES) > 40


@pytest.mark.parametrize("command", OURS, ids=str)
def test_milepost_takes_them(command):
    assert milepost.parser().parse_args(arguments(command)).run


# Held against what would run them


def of_python(command: Command) -> None:
    """A module of ours, or a tool that everybody has."""
    name = command.words[2]
    assert command.words[1] == "-m" and (name in ("venv", "pip") or (ROOT / f"{name.replace('.', '/')}.py").is_file())
    if name == "pip":
        assert (ROOT / command.words[-1]).is_file()
    elif name.startswith("benchmarks."):
        options = (ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert {word for word in command.words if word.startswith("--") and f'"{word}"' not in options} == set()


def of_docker(command: Command) -> None:
    """A service of compose.yaml, and where it runs Milepost, something that Milepost takes."""
    assert command.words[1] == "compose" and command.words[2] in SUBCOMMANDS
    rest = list(command.words[3:])
    while rest and rest[0].startswith("-"):
        if rest.pop(0) in VALUED:
            rest.pop(0)
    if command.words[2] in ("run", "exec"):
        assert rest[0] in COMPOSE
        given = rest[1:] if command.words[2] == "run" else rest[3:]  # run: the image begins with milepost.py
        if command.words[2] == "run" or rest[1:3] == ["python", "milepost.py"]:
            assert milepost.parser().parse_args(given).run
    elif command.words[2] == "cp":
        assert rest[0].partition(":")[0] in COMPOSE
    else:
        assert set(rest) <= set(COMPOSE)


def of_files(command: Command) -> None:
    """What is copied is there; what is changed is what was copied."""
    first = command.words[-2] if command.words[0] == "cp" else ".env.example"
    assert (ROOT / first).is_file()


def of_make(command: Command) -> None:
    assert re.search(rf"^{command.words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def of_curl(command: Command) -> None:
    path = command.words[-1].partition("://")[2].partition("/")[2]
    assert f'Route("/{path}"' in (ROOT / "server.py").read_text(encoding="utf-8")


def of_openssl(command: Command) -> None:
    if shutil.which("openssl"):
        said = subprocess.run(command.words, capture_output=True, text=True, timeout=30, check=True).stdout
        assert re.fullmatch(r"[0-9a-f]{64}\n", said)


HELD = {
    "python": of_python, "python3": of_python, ".venv/bin/python": of_python, "docker": of_docker, "cp": of_files,
    "chmod": of_files, "make": of_make, "curl": of_curl, "openssl": of_openssl, "git": lambda command: None,
    "nginx": lambda command: None,  # tests/deploy/test_proxy.py
}  # fmt: skip


@pytest.mark.parametrize("command", [each for each in OF_GUIDES if each not in OURS], ids=str)
def test_every_other_command_is_one(command):
    HELD[command.words[0]](command)


# Run


@pytest.fixture
def folder(tmp_path, home) -> Path:
    """Where somebody types them: a clone, with an installation of its own."""
    repo = RepoBuilder(tmp_path / "clone")
    repo.commit("Begin", "2026-01-05 09:00", files={"README.md": "# Shop\n"})
    for day in range(6, 12):
        repo.commit(f"Change {day}", f"2026-01-{day:02d} 09:00")
        repo.tag(f"v1.{day}", f"2026-01-{day:02d} 13:00")
    return repo.path


#: Those of milepost.py that end by themselves and need nothing that a test has not; in the order of the guide.
RUN = ("migrate", "settings", "backup", "assess", "check-content")


def test_commands_of_the_guides_do_what_they_say(folder, monkeypatch, capsys):
    """Whatever ends by itself is run; what was said to be a file is one afterwards."""
    monkeypatch.chdir(folder)
    who = people.local_person()
    teams.create_team(who, people.home_organization(who), "Shop")
    done = 0
    for command in OF_GUIDES:
        if command not in OURS or command.settings or arguments(command)[0] not in RUN:
            continue
        given = [each for each in arguments(command) if each != "content"]  # Milepost's own, wherever one stands
        assert milepost.main(given) == 0, command
        done += 1
        if "--output" in given:
            assert Path(given[given.index("--output") + 1]).is_file()
    assert done >= 6
    assert "Nothing to mend" in capsys.readouterr().out


# Names


@pytest.mark.parametrize("name", GUIDES)
def test_pages_are_called_as_they_are(name):
    """In bold stand names of pages, and beginnings of paragraphs that end with a full stop."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    bold = {" ".join(each.split()) for each in re.findall(r"\*\*([^*]+)\*\*", text)}
    assert {each for each in bold if not each.endswith(".")} <= {spec.title for spec in PAGES}


def test_every_page_is_in_the_user_guide():
    text = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8").lower()
    hidden = {"track"}  # it is where Learn leads to
    missing = {spec.title for spec in PAGES if spec.title.lower() not in text}
    assert {each.lower() for each in missing} <= hidden


@pytest.mark.parametrize("name", GUIDES)
def test_settings_are_called_as_they_are(name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert {each for each in re.findall(r"\bMILEPOST_[A-Z_]+", text) if each not in settings_table.ALL} == set()


def anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_somewhere(path):
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []
