"""The file in which a whole store travels (`data.moving`) or is kept (`data.keeping.backup`): written whole or not at
all, read without trust.

It is a zip: `manifest.json` (form of the file, revision of the store; rows, bytes and sha256 of each table) and a file
of JSON lines for each table. Its first line names the columns, every other line is a row as a list. JSON lines because
any program reads them in any year, because integers, null and nested values come back exactly, because equal rows are
equal bytes (Parquet and Arrow files name their writer's version), and because a hostile file meets a parser that does
nothing but parse. A pipeline run takes 200 bytes, packed 15; a block of a few megabytes is all that is in memory.
"""

import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1 << 20  # bytes
_BLOCK = 1 << 22  # bytes parsed at once
_LONGEST = 1 << 26  # bytes of one row
_TIGHTEST = 200  # an export grows fifteenfold when it is unpacked, a bomb a thousandfold

_encode = json.JSONEncoder(separators=(",", ":"), default=date.isoformat).encode


@dataclass(frozen=True)
class Kind:
    """What a file is for. form: its name and version, in the manifest. noun: in words. again: how to get another.
    into: the verb for bringing it in, and the command that does."""

    form: str
    noun: str
    again: str
    into: str

    @property
    def name(self) -> str:
        return self.form.partition("/")[0]

    @property
    def words(self) -> str:
        return f"{'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun}"


EXPORT = Kind("milepost.store/1", "export", "Copy or export it again", "import")
BACKUP = Kind("milepost.backup/1", "backup", "Copy it again, or take another backup", "restore")
_KINDS = (EXPORT, BACKUP)


class MoveError(Exception):
    """It cannot be moved as things are, and nothing was changed. The text is one sentence for people."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: str


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    format: str
    revision: str
    tables: dict[str, _Part]
    made_at: int | None = None  # microseconds UTC; of an export nothing says when it was made
    seal: str | None = None  # a text sealed with the key that sealed rows are sealed with


# Writing


class Writer:
    """A parcel that is being written."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self._parts: dict[str, _Part] = {}

    @contextmanager
    def table(self, name: str, columns: Sequence[str]) -> Iterator[Callable[[Iterable[Sequence]], None]]:
        """What rows are given to, as many at once as fit into memory, in the order in which they shall stand."""
        digest, size, rows = hashlib.sha256(), 0, 0

        def put(some: Iterable[Sequence]) -> None:
            nonlocal size, rows
            lines = list(map(_line, some))
            block = "".join(lines).encode("ascii")
            digest.update(block)
            size += file.write(block)
            rows += len(lines)

        with self._archive.open(_entry(f"{name}.jsonl"), "w", force_zip64=True) as file:
            put([columns])
            yield put
        self._parts[name] = _Part(rows=rows - 1, bytes=size, sha256=digest.hexdigest())

    def finish(
        self, revision: str, kind: Kind = EXPORT, made_at: int | None = None, seal: str | None = None
    ) -> dict[str, int]:
        """Adds the manifest; the rows of each table."""
        manifest = _Manifest(format=kind.form, revision=revision, tables=self._parts, made_at=made_at, seal=seal)
        self._archive.writestr(_entry(_MANIFEST), manifest.model_dump_json(indent=1, exclude_none=True))
        return {name: part.rows for name, part in self._parts.items()}


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new parcel for its owner only, which gets its name when the block has ended well. Raises MoveError."""
    if os.path.lexists(path):
        raise MoveError(f"{path} is there already: choose another name, or move it away.")
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "w+b") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                    yield Writer(archive)
                file.flush()
                os.fsync(file.fileno())
            os.rename(beside, path)
        except BaseException:
            os.unlink(beside)
            raise
        _sync(path.parent)
    except OSError as error:
        raise MoveError(
            f"{path} cannot be written ({error.strerror or error}): choose another place for it."
        ) from error


def _sync(folder: Path) -> None:
    """Makes the name last, not only the content."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _line(row: Sequence) -> str:
    """In ASCII; without the zero characters in texts that PostgreSQL cannot keep (it keeps those in JSON, escaped)."""
    line = _encode(list(row))
    if "\\u0000" in line:
        line = _encode([value.replace("\0", "") if isinstance(value, str) else value for value in row])
    return line + "\n"


def _entry(name: str) -> zipfile.ZipInfo:
    """Without a time of its own: equal stores are equal files."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


# Reading


class Reader:
    """A parcel whose manifest fits what is in it. revision: of the store that it came from; made_at, seal: as written,
    None where nothing was."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, manifest: _Manifest, kind: Kind):
        self._archive, self._path, self._parts, self._kind = archive, path, manifest.tables, kind
        self.revision, self.made_at, self.seal = manifest.revision, manifest.made_at, manifest.seal

    def check_tables(self, tables: Iterable[str]) -> None:
        """Raises MoveError unless it holds exactly these."""
        wanted = set(tables)
        if wrong := self._parts.keys() ^ wanted:
            name = min(wrong)
            raise self.damaged(f"it holds {'no table' if name in wanted else 'an unknown table'} {name!r}")

    def check(self, seen: Callable[[int], None] = lambda size: None) -> None:
        """Reads every byte and holds it against the sums of the manifest, a block at a time; `seen` is told how many
        bytes. Raises MoveError."""
        for name, part in self._parts.items():
            digest, size = hashlib.sha256(), 0
            with _careful(self._path, self._kind), self._archive.open(f"{name}.jsonl") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
                    seen(len(block))
            if size != part.bytes or digest.hexdigest() != part.sha256:
                raise self.damaged(f"{name}.jsonl is not what was written")

    @property
    def bytes(self) -> int:
        """Of all tables, unpacked."""
        return sum(part.bytes for part in self._parts.values())

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: part.rows for name, part in self._parts.items()}

    def table(self, name: str, columns: Sequence[str]) -> Iterator[list[list]]:
        """The rows of a table in blocks, each with a value for every column. Raises MoveError, at the latest at the
        end, when they are not what was written."""
        part, digest, rows = self._parts[name], hashlib.sha256(), -1
        with _careful(self._path, self._kind):
            file = self._archive.open(f"{name}.jsonl")
        with file:
            for block in self._blocks(name, file):
                digest.update(block)
                found = self._parsed(name, block)
                if rows < 0:
                    self._check_columns(name, found.pop(0) if found else [], columns)
                    rows = 0
                if any(len(row) != len(columns) for row in found):
                    raise self.damaged(f"a row of {name} does not have {len(columns)} values")
                rows += len(found)
                yield found
        if rows != part.rows or digest.hexdigest() != part.sha256:
            raise self.damaged(f"{name}.jsonl is not what was written")

    def damaged(self, why: str) -> MoveError:
        """What to raise for a parcel with that mistake."""
        return damaged(self._path, why, self._kind)

    def _blocks(self, name: str, file: BinaryIO) -> Iterator[bytes]:
        """The file in pieces of whole lines."""
        rest = b""
        while True:
            with _careful(self._path, self._kind):
                read = file.read(_BLOCK)
            lines, found, begun = read.rpartition(b"\n")
            if found:
                yield rest + lines + found
            rest = begun if found else rest + read
            if len(rest) > _LONGEST or (rest and not read):
                raise self.damaged(f"{name}.jsonl does not consist of lines")
            if not read:
                return

    def _parsed(self, name: str, block: bytes) -> list[list]:
        try:
            found = json.loads(f"[{block[:-1].decode('ascii').replace(chr(10), ',')}]")
        except (ValueError, RecursionError) as error:
            raise self.damaged(f"{name}.jsonl is no list of rows") from error
        if any(type(row) is not list for row in found):
            raise self.damaged(f"{name}.jsonl is no list of rows")
        return found

    def _check_columns(self, name: str, found: list, wanted: Sequence[str]) -> None:
        if found != list(wanted):
            unknown = [column for column in found if column not in wanted]
            missing = [column for column in wanted if column not in found]
            what = f"an unknown column {unknown[0]!r}" if unknown else f"no column {missing[0]!r}" if missing else ""
            raise self.damaged(f"{name} has {what or 'its columns in another order'}")


@contextmanager
def reading(path: Path, revision: str, older: Iterable[str], tables: Iterable[str]) -> Iterator[Reader]:
    """An export of exactly these tables, of a store of that revision; `older` are those before it. Raises MoveError."""
    with opened(path, EXPORT) as reader:
        if reader.revision in set(older):
            raise MoveError(
                f"{path} was written by an older Milepost: run `python milepost.py migrate` with this one and export "
                f"again."
            )
        if reader.revision != revision:
            raise newer(path, EXPORT)
        reader.check_tables(tables)
        yield reader


@contextmanager
def opened(path: Path, kind: Kind) -> Iterator[Reader]:
    """A parcel of that kind, of whatever revision, with whatever tables. Raises MoveError."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise MoveError(f"{path} cannot be read ({error.strerror}): give the file that {kind.words} wrote.") from error
    with file:
        with _careful(path, kind):
            archive = zipfile.ZipFile(file)
            manifest = _checked(archive, path, kind)
        yield Reader(archive, path, manifest, kind)


@contextmanager
def _careful(path: Path, kind: Kind) -> Iterator[None]:
    """Whatever the zip library stumbles over is a damaged file."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, ArithmeticError, EOFError, OSError) as error:
        raise damaged(path, "it is no whole zip file", kind) from error
    except RuntimeError as error:  # encrypted, or packed in a way that is not known here
        raise damaged(path, "it is no zip file that can be unpacked", kind) from error


def damaged(path: Path, why: str, kind: Kind = EXPORT) -> MoveError:
    """What to raise for a parcel with that mistake."""
    return MoveError(f"{path} is damaged, or no {kind.noun} of Milepost: {why}. {kind.again}; nothing was changed.")


def _checked(archive: zipfile.ZipFile, path: Path, kind: Kind) -> _Manifest:
    """Sizes are checked before anything is unpacked: what follows never reads more than is declared."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    if _MANIFEST not in entries:
        raise damaged(path, "it has no manifest", kind)
    if len(entries) != len(archive.infolist()):
        raise damaged(path, "it holds a file twice", kind)
    if any(entry.compress_type != zipfile.ZIP_DEFLATED for entry in entries.values()):
        raise damaged(path, "it is packed in another way", kind)
    if sum(entry.file_size for entry in entries.values()) > _TIGHTEST * path.stat().st_size + _LARGEST_MANIFEST:
        raise damaged(path, f"it would unpack to more than {kind.words} does", kind)
    if entries[_MANIFEST].file_size > _LARGEST_MANIFEST:
        raise damaged(path, "its manifest is too long", kind)
    manifest = _manifest(archive.read(_MANIFEST), path, kind)
    parts = manifest.tables
    if wrong := entries.keys() ^ {_MANIFEST, *(f"{name}.jsonl" for name in parts)}:
        raise damaged(path, f"{min(wrong)!r} is either in it or in its manifest, but not in both", kind)
    if any(entries[f"{name}.jsonl"].file_size != part.bytes for name, part in parts.items()):
        raise damaged(path, "its files do not have the lengths of its manifest", kind)
    return manifest


def _manifest(content: bytes, path: Path, kind: Kind) -> _Manifest:
    try:
        found = json.loads(content)
        form = str(found["format"])
        for other in _KINDS:
            if other is not kind and form.startswith(f"{other.name}/"):
                raise MoveError(
                    f"{path} is {other.words}, no {kind.noun}: bring it in with "
                    f"`python milepost.py {other.into}`. Nothing was changed."
                )
        if form != kind.form and form.startswith(f"{kind.name}/"):
            raise newer(path, kind)
        manifest = _Manifest.model_validate(found)
    except (ValueError, TypeError, LookupError, RecursionError, ValidationError) as error:
        raise damaged(path, "its manifest cannot be read", kind) from error
    if manifest.format != kind.form:
        raise damaged(path, "its manifest is of another program", kind)
    return manifest


def newer(path: Path, kind: Kind) -> MoveError:
    """What to raise for a parcel that this code is too old for."""
    return MoveError(f"{path} was written by a newer Milepost: update this one, then {kind.into} it again.")
