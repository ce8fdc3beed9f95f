"""ZIP archives: their files, one after the other, under safe names. What is in them is read like any other file."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from knowledge.formats.kinds import Kind, kind_of
from knowledge.formats.office import unpacked
from township.errors import Mistake

MAX_FILES = 500
MAX_DEPTH = 2
"""Archives in archives."""
_UTF8 = 0x800
"""The flag by which a ZIP says that its names are UTF-8; without it Windows in China writes GB18030."""


def members(data: bytes, name: str, *, most: int, depth: int = 1) -> Iterator[tuple[str, bytes | Mistake]]:
    """Give each file of an archive, or why it is left out; `most` is the size a file may have.

    A name that climbs out of the archive is refused: nothing is ever written under a name from inside.
    """
    with unpacked(data, name) as packed:
        parts = [part for part in packed.infolist() if not part.is_dir() and not _is_chaff(part.filename)]
        if not parts:
            raise Mistake("file_empty", file=name)
        if len(parts) > MAX_FILES:
            raise Mistake("archive_of_many", file=name, count=len(parts), most=MAX_FILES)
        for part in parts:
            inner = _name(part)
            shown = f"{name}/{inner}"
            found = _content(packed, part, shown, inner, most)
            if isinstance(found, bytes) and _is_archive(found, inner):
                yield from _nested(found, shown, most, depth)
            else:
                yield shown, found


def _nested(data: bytes, name: str, most: int, depth: int) -> Iterator[tuple[str, bytes | Mistake]]:
    if depth >= MAX_DEPTH:
        yield name, Mistake("archive_too_deep", file=name)
        return
    try:
        yield from members(data, name, most=most, depth=depth + 1)
    except Mistake as mistake:
        yield name, mistake


def _content(packed: zipfile.ZipFile, part: zipfile.ZipInfo, shown: str, inner: str, most: int) -> bytes | Mistake:
    path = PurePosixPath(inner)
    if path.is_absolute() or ".." in path.parts or ":" in inner or any(ord(mark) < 32 for mark in inner):
        return Mistake("archive_climbs", file=shown)
    if part.file_size > most:
        return Mistake("file_too_large", file=shown, megabytes=round(part.file_size / 2**20, 1), most=most // 2**20)
    try:
        return packed.read(part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        return Mistake("file_unreadable", file=shown)


def _name(part: zipfile.ZipInfo) -> str:
    name = part.filename
    if not part.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = part.filename
    return name.replace("\\", "/")


def _is_archive(data: bytes, name: str) -> bool:
    try:
        return data.startswith(b"PK") and kind_of(data, name) is Kind.ZIP
    except Mistake:
        return False


def _is_chaff(name: str) -> bool:
    """Tell what programs leave in archives beside the files that somebody packed."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1].startswith((".", "~$"))) or parts[-1:] == ("Thumbs.db",)
