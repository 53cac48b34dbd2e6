"""Example repositories of proofs of concept are judged by their own checks."""

import shutil
from dataclasses import replace

import pytest
from ruamel.yaml import YAML

from assessments.poc import Protected, read_poc
from assessments.poc.judging import blob
from data.content_proofs import of_poc
from tests.content import example

WORDS = "What to do, word for word, in order. " * 4
RUNBOOK = "".join(f"## {each}\n{WORDS}\n" for each in ("Install", "Operate", "Rollback", "Owner"))


def write(folder, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """Example repositories for the proof of concept of the manual."""
    write(tmp_path / "exemplar", {"docs/runbook.md": RUNBOOK, "CODEOWNERS": "* @shop/web\n"})
    write(tmp_path / "stub", {"docs/runbook.md": "password: hunter2\n"})
    write(tmp_path / "near" / "four-parts--comment", {"docs/runbook.md": RUNBOOK.replace("## Owner", "<!-- Owner -->")})
    write(tmp_path / "near" / "owned", {"CODEOWNERS": "# * @shop/web\n"})
    write(tmp_path / "near" / "owned--gone", {"_removed": "CODEOWNERS\n"})
    return tmp_path


def lines(folder, offered=True, protected=()) -> list[str]:
    plain = YAML(typ="safe", pure=True).load(example.file("first-runbook.yml"))
    poc = replace(read_poc("keep-a-runbook/first-runbook", plain), protected=tuple(protected))
    return list(of_poc(folder, poc, offered))


def test_examples_that_are_what_they_must_be(folder):
    assert lines(folder) == []


def test_a_stub_that_passes_is_named(folder):
    write(folder / "stub", {"docs/runbook.md": RUNBOOK})
    assert [line.split(":")[0:2] for line in lines(folder)] == [
        ["stub", " four-parts does not fail (pass)"],
        ["stub", " no-password does not fail (pass)"],
    ]


def test_an_exemplar_that_fails_is_named(folder):
    write(folder / "exemplar", {"docs/runbook.md": "## Install\n"})
    assert any(line.startswith("exemplar: four-parts does not pass (fail)") for line in lines(folder))


def test_a_near_miss_that_aims_elsewhere_is_named(folder):
    write(folder / "near" / "no-password", {"CODEOWNERS": "\n"})
    write(folder / "near" / "reviewed", {"a": "b"})
    write(folder / "near" / "owned--nothing", {"a": "b"})
    assert lines(folder) == [
        "near/no-password: it fails owned, and not no-password alone",
        "near/owned--nothing: it fails nothing, and not owned alone",
        "near/reviewed: reviewed is no check of files",
    ]


def test_a_protected_file_is_held_against_the_exemplar(folder):
    name = blob(b"* @shop/web\n")
    assert lines(folder, protected=[Protected("CODEOWNERS", name)]) == []
    wrong = [Protected("CODEOWNERS", "f" * 40), Protected("a_test.go", "f" * 40)]
    assert lines(folder, protected=wrong) == [
        f"exemplar: CODEOWNERS is {name}, and starter.protected says {'f' * 40}",
        f"exemplar: a_test.go is not there, and starter.protected says {'f' * 40}",
    ]


def test_a_track_that_is_offered_must_have_them(folder):
    shutil.rmtree(folder / "near" / "owned")
    assert lines(folder) == ["near: there are 2 near misses, and 3 are needed"]
    assert lines(folder, offered=False) == []
    shutil.rmtree(folder)
    assert [line.split(":")[0] for line in lines(folder)] == ["stub", "exemplar", "near"]
    assert lines(folder, offered=False) == []


def test_links_are_not_followed(folder, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "runbook.md"
    secret.write_text(RUNBOOK, encoding="utf-8")
    (folder / "exemplar" / "docs" / "runbook.md").unlink()
    (folder / "exemplar" / "docs" / "runbook.md").symlink_to(secret)
    assert any("four-parts does not pass" in line for line in lines(folder))
