import pytest

from benchmarks import tried
from tests.repos import RepoBuilder


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    repo = RepoBuilder(tmp_path_factory.mktemp("tried") / "o+shop" / "repo")
    repo.commit("Begin", "2026-01-05 09:00", files={"shop.py": "x = 1\n", "README.md": "# Shop\n"})
    return repo


def test_a_row_for_each_repository_and_probe(clone, capsys):
    assert tried.main([str(clone.path)]) == 0
    said = capsys.readouterr().out
    assert f"| o/shop | `{clone.head()[:12]}` |" in said
    assert "| codeowners | 0 | 0 | 1 | 0 | 0 |" in said


def test_what_is_no_clone_is_named_and_stops_nothing(clone, tmp_path, capsys):
    assert tried.main([str(tmp_path), str(clone.path)]) == 1
    said = capsys.readouterr()
    assert str(tmp_path) in said.err and "o/shop" in said.out
