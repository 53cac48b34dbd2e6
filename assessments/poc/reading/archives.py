"""One JSON file out of a zip archive, in memory: nothing is unpacked, no name is followed, sizes are limited."""

import io
import zipfile
import zlib
from typing import Any

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.documents import load_json

#: Bytes of an archive, of the file in it, and files it may list.
ARCHIVE_LIMIT, MEMBER_LIMIT, MEMBERS_LIMIT = 10 * 1024 * 1024, 2 * 1024 * 1024, 2_000


def json_member(archive: bytes, name: str = "") -> Any:
    """The value of the JSON file of that name, or of the only one when none is given. Raises Malformed."""
    if len(archive) > ARCHIVE_LIMIT:
        raise Malformed(f"the archive is larger than {ARCHIVE_LIMIT // 1024 // 1024} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            listed = opened.infolist()
            if len(listed) > MEMBERS_LIMIT:
                raise Malformed(f"the archive lists more than {MEMBERS_LIMIT:,} files")
            return load_json(_content(opened, _chosen(listed, name)))
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, KeyError,
        OverflowError, IndexError, MemoryError,
    ) as error:  # fmt: skip
        if isinstance(error, Malformed):
            raise
        raise Malformed("it is no archive that can be read") from None


def _chosen(listed: list[zipfile.ZipInfo], name: str) -> zipfile.ZipInfo:
    found = [each for each in listed if each.filename == name] if name else []
    found = found or ([] if name else [each for each in listed if each.filename.lower().endswith(".json")])
    if not found:
        raise Malformed(f"the archive holds no {name or 'JSON file'}")
    if len(found) > 1:
        raise Malformed("the archive holds several such files")
    if found[0].filename.startswith(("/", "\\")) or ".." in found[0].filename.replace("\\", "/").split("/"):
        raise Malformed("the name of the file leads out of the archive")
    return found[0]


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """What it says about its own size is not believed."""
    if member.flag_bits & 1:
        raise Malformed("the file in the archive is encrypted")
    with opened.open(member) as file:
        content = file.read(MEMBER_LIMIT + 1)
    if len(content) > MEMBER_LIMIT:
        raise Malformed(f"the file in the archive is larger than {MEMBER_LIMIT // 1024 // 1024} MB")
    return content.decode("utf-8-sig")
