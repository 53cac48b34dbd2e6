"""What somebody might commit to fool the portal or to harm it, looked at as it is: in a clone and at GitHub."""

import io
import zipfile

import pytest
from sqlalchemy import select

from assessments.evidence.snapshot import TEXT_LIMIT
from data import intake, store
from data.tables import ProofResult, Repository
from tests.assessments.poc.test_hostile import BOMB
from tests.data.hub import added, connected_to, connection, turn
from tests.data.learning.tried import attempt, check, checked, content, outcomes
from tests.fake_github.records import blob_sha
from tests.repos import RepoBuilder

ONE = {"conditions": [{"at": "a", "is": [1]}]}
DOCKERFILE = """FROM golang:1.24
RUN <<EOF
FROM scratch AS other
EOF
# FROM golang AS other
USER app
USER root
"""
GO = """package main

import viper "example.com/not/it"

// viper.BindPFlag("a", nil) of github.com/spf13/viper
var text = "github.com/spf13/viper"

func main() { viper.BindPFlag("a", nil) }
"""
FILES: dict[str, str | bytes] = {
    "bomb.yml": BOMB,
    "object.yml": "a: !!python/object/apply:os.system ['touch /tmp/fooled']\n",
    "latin.yml": b"a: \xff\xfe1\n",
    "huge.yml": "a: 1\n" + "#" * TEXT_LIMIT,
    "comment.yml": '# a: 1\nb: "a: 1"\n',
    "Dockerfile": DOCKERFILE,
    "main.go": GO,
    "broken/broken.go": "package main\nfunc {\n",
    "acceptance_test.go": "package main // easier\n",
}
PROTECTED = {"acceptance_test.go": blob_sha("package main\n")}
#: What each check says, and a part of its sentence.
EXPECTED = {
    "bomb": ("unknown", "more than 100,000 values"),
    "object": ("fail", ""),
    "latin": ("unknown", "UTF-8"),
    "huge": ("unknown", "larger than"),
    "comment": ("fail", ""),
    "link": ("unknown", "symbolic link, which is not followed"),
    "module": ("unknown", "submodule, which is not followed"),
    "heredoc": ("fail", ""),
    "root": ("fail", ""),
    "aliased": ("fail", ""),
    "syntax": ("unknown", "broken/broken.go"),
    "protected": ("fail", "its content was changed"),
}
CHECKS = [
    *(
        check(name, "yaml", {"files": [f"{name}.yml"], **ONE})
        for name in ("bomb", "object", "latin", "huge", "comment")
    ),
    check("link", "text", {"files": ["passwd"], "comments": "#", "has": ["root*"]}),
    check("module", "file", {"files": ["lib"]}),
    check("heredoc", "dockerfile", {"files": ["Dockerfile"], "stages": 2}),
    check("root", "dockerfile", {"files": ["Dockerfile"], "non_root": True}),
    check("aliased", "go", {"files": ["main.go"], "imports": ["github.com/spf13/viper"]}),
    check("syntax", "go", {"files": ["broken/*.go"], "imports": ["fmt"]}),
    check("protected", "hash", {"files": ["acceptance_test.go"]}),
]


@pytest.fixture(autouse=True)
def no_worker(monkeypatch, tmp_path):
    monkeypatch.setenv("MILEPOST_JOBS", "queued")
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path))


def in_clone(who, folder) -> int:
    repo = RepoBuilder(folder / "shop", bare=True)
    listed = []
    for path, text in FILES.items():
        data = text if isinstance(text, bytes) else text.encode()
        listed.append(f"100644 blob {repo.git('hash-object', '-w', '--stdin', given=data)}\t{path}")
    listed.append(f"120000 blob {repo.git('hash-object', '-w', '--stdin', given=b'/etc/passwd')}\tpasswd")
    listed.append(f"160000 commit {'1' * 40}\tlib")
    repo.git("update-index", "--index-info", given="\n".join(listed).encode() + b"\n")
    tree = repo.git("write-tree")
    who_is = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    who_is |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    repo.git("update-ref", "refs/heads/main", repo.git("commit-tree", tree, "-m", "Trap", **who_is))
    turn(intake.add_clone(who, repo.path, "Payments", "Shop"))
    with store.reading() as session:
        return session.execute(select(Repository.id)).scalar_one()


def all_is_said(made: int) -> None:
    found = outcomes(made)
    for name, (outcome, because) in EXPECTED.items():
        assert found[name][0] == outcome and because in found[name][1], (name, found[name])
    with store.reading() as session:
        rows = session.execute(select(ProofResult.__table__)).all()
    assert "root:" not in str(rows) and "/bin/" not in str(rows), "what the link leads to was not read"


def test_traps_in_a_clone(home, who, tmp_path):
    made = attempt(in_clone(who, tmp_path), content(CHECKS, protected=PROTECTED))
    assert checked(who, made).state == "done"
    all_is_said(made)


def test_traps_at_github(home, who, monkeypatch):
    with connected_to(monkeypatch) as hub:
        repo = hub.repository("acme/shop")
        repo.commit(files=dict(FILES))
        repo.settings.link("passwd", "/etc/passwd")
        repo.settings.submodule("lib")
        place = added(who, connection(who, hub))[0]
        turn(place.job_id)
        made = attempt(place.repository_id, content(CHECKS, protected=PROTECTED))
        assert checked(who, made).state == "done"
        all_is_said(made)


def bomb() -> bytes:
    """Ten megabytes that say they are a gigabyte of spaces and a number."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("bench.json", b" " * (300 << 20) + b"1")
    return made.getvalue()


def test_an_archive_that_is_a_bomb_is_not_unpacked(home, who, monkeypatch):
    with connected_to(monkeypatch) as hub:
        repo = hub.repository("acme/shop")
        repo.commit(files={"README.md": "# Shop\n"})
        place = added(who, connection(who, hub))[0]
        turn(place.job_id)
        repo.run("CI").artifact("bench.json", bomb())
        wanted = {"name": "bench.json", "conditions": [{"at": "", "is": [1]}]}
        made = attempt(place.repository_id, content([check("fast", "artifact", wanted, level="E2")]))
        checked(who, made)
        outcome, said = outcomes(made)["fast"]
        assert outcome == "unknown" and "larger than 2 MB" in said
