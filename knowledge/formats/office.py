"""The container of new office files (a ZIP of XML), opened only when it is neither bomb nor locked nor trapped."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from township.errors import Mistake

MAX_UNPACKED = 200 * 1024 * 1024
"""Bytes that a ZIP may unfold into; more is a bomb."""
MAX_PARTS = 5_000
"""Files in a ZIP."""
_READ = 64 * 1024
_TYPES = "[Content_Types].xml"
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHER_WORD = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?"
    rb"|openxmlformats-officedocument\.wordprocessingml\.template)\.main\+xml"
)


@contextmanager
def broken_is_a_mistake(name: str) -> Iterator[None]:
    """Turn whatever an office library stumbles on into the refusal of a broken file."""
    try:
        yield
    except (Mistake, MemoryError):
        raise
    except Exception as broken:  # these libraries raise whatever a broken file makes them stumble on
        raise Mistake("file_unreadable", file=name) from broken


def checked(data: bytes, name: str) -> io.BytesIO:
    """Look an office file over, and give it as a stream for its library."""
    with unpacked(data, name) as packed:
        _no_entities(packed, name)
    return io.BytesIO(data)


def as_document(data: bytes) -> bytes:
    """Call a Word document with macros, or a template, an ordinary one: only so its library opens it."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        types = packed.read(_TYPES)
        if not _OTHER_WORD.search(types):
            return data
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as anew:
            for part in packed.infolist():
                anew.writestr(part, _OTHER_WORD.sub(_WORD, types) if part.filename == _TYPES else packed.read(part))
    return written.getvalue()


def unpacked(data: bytes, name: str) -> zipfile.ZipFile:
    """Open a ZIP whose list promises no more than we bear."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as broken:
        raise Mistake("file_unreadable", file=name) from broken
    parts = packed.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Mistake("file_bomb", file=name, most=MAX_UNPACKED // 2**20)
    if any(part.flag_bits & 1 for part in parts):
        raise Mistake("file_encrypted", file=name)
    return packed


def _no_entities(packed: zipfile.ZipFile, name: str) -> None:
    """Refuse XML that declares things of its own: office programs never do, bombs must."""
    for part in packed.infolist():
        if part.filename.lower().endswith((".xml", ".rels", ".vml")) and _declares(packed, part):
            raise Mistake("file_hostile", file=name)


def _declares(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    before = b""
    with packed.open(part) as stream:
        while piece := stream.read(_READ):
            # In UTF-16 and UTF-32 every character has zeros beside it; without them all encodings look alike.
            if re.search(rb"<!(DOCTYPE|ENTITY)", (before + piece).replace(b"\0", b""), re.IGNORECASE):
                return True
            before = piece[-64:]
    return False
