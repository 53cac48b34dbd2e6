"""What a team begins with: the protected files and the stub of a proof of concept, as one archive.

They lie in a folder of their own: unpacked in a repository they write over nothing, and what is wanted is copied."""

import io
import zipfile
from pathlib import Path

from assessments.poc.judging import blob
from content import catalog
from data.access import NotFound
from data.learning import taught

#: Files and bytes of one archive; content that is larger is a mistake.
MOST_FILES, MOST_BYTES = 500, 20_000_000
_FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the bytes tell of no day


def archive(track_slug: str, poc_slug: str) -> bytes:
    """A zip with the stub and the protected files as they must stay; the same content makes the same bytes. Raises
    NotFound when there is no such proof of concept, or nothing to begin with."""
    found = _files(track_slug, poc_slug)
    if not found:
        raise NotFound("There is nothing to begin with for this proof of concept: begin in your own repository.")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path, (content, executable) in found.items():
            entry = zipfile.ZipInfo(f"{poc_slug}-starter/{path}", _FIRST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3  # as on Unix, wherever it is made
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            packed.writestr(entry, content)
    return made.getvalue()


def files(track_slug: str, poc_slug: str) -> tuple[str, ...]:
    """The paths in its folder, in order; empty when there is nothing to begin with. Raises NotFound."""
    return tuple(_files(track_slug, poc_slug))


def _files(track_slug: str, poc_slug: str) -> dict[str, tuple[bytes, bool]]:
    """(content, whether it may be run) by path, in order. A protected file is taken from wherever its content is the
    one that the checks ask for, and is left out when it is nowhere."""
    poc = taught.poc(track_slug, poc_slug)
    folder = catalog.HERE / "tracks" / track_slug / "pocs" / poc_slug
    found = _tree(folder / "stub")
    exemplar = folder / "exemplar"
    for each in poc.get("starter", {}).get("protected", ()):
        if each["path"] in found and blob(found[each["path"]][0]) == each["blob"]:
            continue
        found.pop(each["path"], None)
        path = exemplar / each["path"]
        if path.is_file() and not path.is_symlink() and blob(content := path.read_bytes()) == each["blob"]:
            found[each["path"]] = (content, _executable(path))
    return dict(sorted(found.items()))


def _tree(folder: Path) -> dict[str, tuple[bytes, bool]]:
    """Regular files; links are not followed. Raises ValueError when there is too much of it."""
    found, size = {}, 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        size += len(content)
        if len(found) >= MOST_FILES or size > MOST_BYTES:
            raise ValueError(f"{folder.name} of {folder.parent.name} is larger than anybody would begin with.")
        found[path.relative_to(folder).as_posix()] = (content, _executable(path))
    return found


def _executable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o100)
