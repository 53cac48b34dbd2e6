import pytest

from assessments.evidence import Entry, Kind, Snapshot, Spent, Unread, of_texts
from assessments.evidence.snapshot import BATCH, TEXT_LIMIT


def reading(held):
    return lambda names: ((name, held.get(name)) for name in names)


def test_globs_find_own_files_whatever_their_case():
    snapshot = of_texts(
        {"Dockerfile": "", "web/dockerfile": "", "vendor/x/Dockerfile": "", "docs/a.md": "", "a.MD": ""}
    )
    assert snapshot.find("**/Dockerfile") == ("Dockerfile", "web/dockerfile")
    assert snapshot.find("*.{md,rst}") == ("a.MD",)
    assert snapshot.find("docs/**") == ("docs/a.md",)
    assert snapshot.find("d?cs/*.md") == ("docs/a.md",)


def test_a_reader_that_knows_why_is_believed():
    snapshot = Snapshot([Entry("a", "1")], reading({"1": Unread("the forge does not give it")}))
    with snapshot.asking() as unread:
        assert list(snapshot.texts(["a"])) == []
    assert unread == {"a": "the forge does not give it"}


@pytest.mark.parametrize("swept", [(1, 100), (2, 3)])
def test_more_than_is_swept_is_not_looked_through_but_read_one_by_one(swept):
    held = {"1": b"ab", "2": b"cd"}
    entries = [Entry("a", "1", size=2), Entry("b", "2", size=2)]
    snapshot = Snapshot(entries, reading(held), swept=swept)
    with pytest.raises(Spent, match="2 files are more than are looked through"):
        list(snapshot.pass_over(["a", "b"]))
    assert dict(snapshot.texts(["a", "b"])) == {"a": "ab", "b": "cd"}
    assert len(list(Snapshot(entries, reading(held), swept=(2, 4)).pass_over(["a", "b"]))) == 2


def test_what_a_team_runs_is_told_from_its_samples():
    snapshot = of_texts({"Dockerfile": "", "examples/Dockerfile": "", "tests/fixtures/Dockerfile": ""})
    assert snapshot.active("**/Dockerfile") == ("Dockerfile",)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry("a", "1", Kind.SYMLINK, 11), "it is a symbolic link, which is not followed"),
        (Entry("a", "1", Kind.SUBMODULE), "it is a submodule, which is not followed"),
        (Entry("a", "1", Kind.FILE, TEXT_LIMIT + 1), "it is larger than 512 KB"),
        (Entry("a", "2", Kind.FILE, 1), "it is not held in this clone"),
        (Entry("a", "3", Kind.FILE, None), "it is larger than 512 KB"),
        (Entry("a", "4", Kind.FILE, 2), "it is not UTF-8 text"),
    ],
)
def test_what_cannot_be_read_says_why(entry, why):
    held = {"1": b"/etc/passwd", "3": b"x" * (TEXT_LIMIT + 1), "4": b"\xff\xfe"}
    snapshot = Snapshot([entry], reading(held))
    with snapshot.asking() as unread, pytest.raises(Unread, match=why):
        snapshot.text("a")
    assert unread == {"a": why}


def test_a_link_is_not_found_but_named():
    snapshot = Snapshot([Entry("CODEOWNERS", "1", Kind.SYMLINK, 9)], reading({}))
    assert snapshot.find("CODEOWNERS") == ()
    assert snapshot.linked("CODEOWNERS") == ("CODEOWNERS",)


def test_files_are_read_once_and_many_at_a_time():
    calls = []

    def read(names):
        names = list(names)
        calls.append(len(names))
        return ((name, b"text") for name in names)

    snapshot = Snapshot([Entry(f"f{n}", f"s{n}", Kind.FILE, 4) for n in range(BATCH + 1)], read)
    assert len(list(snapshot.texts(snapshot.find("*")))) == BATCH + 1
    assert snapshot.text("f0") == "text"
    assert calls == [BATCH, 1]


def test_one_blob_under_two_names_is_both():
    snapshot = Snapshot([Entry("a", "1", size=1), Entry("b", "1", size=1)], reading({"1": b"x"}))
    assert list(snapshot.texts(["a", "b"])) == [("a", "x"), ("b", "x")]


def test_what_is_shared_is_made_once_and_tells_each_what_was_unread():
    made = []

    def make(snapshot):
        made.append(1)
        return list(snapshot.texts(["a"]))

    snapshot = of_texts({"a": b"\xff"})
    for _ in range(2):
        with snapshot.asking() as unread:
            snapshot.once(make)
        assert unread == {"a": "it is not UTF-8 text"}
    assert made == [1]


def test_reading_ends_when_the_time_is_over():
    snapshot = of_texts({"a": "x"})
    with snapshot.until(lambda: True), pytest.raises(Spent):
        snapshot.text("a")


def test_a_pass_over_all_leaves_out_what_is_no_text():
    snapshot = of_texts({"a.png": b"\x89PNG\0\0", "b.txt": b"\xe9t\xe9"})
    assert list(snapshot.pass_over(["a.png", "b.txt"])) == [("b.txt", b"\xe9t\xe9")]


def test_a_listing_that_is_too_long_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr("assessments.evidence.snapshot.ENTRY_LIMIT", 2)
    snapshot = of_texts({"a": "", "b": "", "c": ""})
    assert list(snapshot.entries) == ["a", "b"]
    assert snapshot.left_out == "it has 3 files, and the first 2 were looked at."
