"""What a page of a form posts, as its fields take it: words, rows, and pictures drawn anew."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from township.errors import Mistake
from township.filestore import FileStore
from workflows.circle.photos import draw_anew
from workflows.definition import FieldKind, FormField
from workflows.fields import mistakes

MOST_BYTES: Final = 40_000_000
"""Of all that one page posts."""
MOST_FILES: Final = 12
MOST_FIELDS: Final = 400
MOST_DRAWN: Final = 400_000
"""Of a drawn signature."""
DRAWN: Final = "data:image/png;base64,"
PDF: Final = b"%PDF-"
PICTURES: Final = (FieldKind.PHOTOS, FieldKind.FILE, FieldKind.SIGNATURE)


async def read(
    request: Request, form: Mapping[str, FormField], store: FileStore
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what was filled in, by field, and what is wrong with what came as a file; what is empty is left out."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        pictures = [name for name, spec in form.items() if spec.kind in PICTURES]
        return {}, dict.fromkeys(pictures or list(form)[:1], mistakes.texts().say("photo_too_big"))
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_DRAWN) as data:
        for name, spec in form.items():
            try:
                value = await _value(name, spec, data, store)
            except Mistake as mistake:
                wrong[name] = mistakes.in_words(spec, mistake)
                continue
            if value:
                given[name] = value
    return given, wrong


async def _value(name: str, spec: FormField, data: FormData, store: FileStore) -> Any:
    if spec.kind in PICTURES:
        return await _kept(name, spec, data, store)
    if spec.kind is FieldKind.ROWS:
        return _rows(name, spec, data)
    return _word(data, name)


def _word(data: FormData, name: str) -> str:
    said = data.get(name)
    return said.strip() if isinstance(said, str) else ""


def _rows(name: str, spec: FormField, data: FormData) -> list[dict[str, str]]:
    """Read the lines of a table in which something stands."""
    lines = sorted({int(key.split(".")[1]) for key in data if key.startswith(f"{name}.") and _is_cell(key)})
    rows = [{column: _word(data, f"{name}.{line}.{column}") for column in spec.rows} for line in lines]
    return [row for row in rows if any(row.values())]


def _is_cell(key: str) -> bool:
    parts = key.split(".")
    return len(parts) == 3 and parts[1].isdecimal()


async def _kept(name: str, spec: FormField, data: FormData, store: FileStore) -> list[str]:
    """Keep the pictures of a field, drawn anew; of a signature the drawn one, or a photo of one on paper."""
    found = [one for one in data.getlist(name) if isinstance(one, UploadFile) and one.filename]
    contents = [await one.read() for one in found]
    if drawn := _drawn(_word(data, f"{name}.drawn")):
        contents.append(drawn)
    return [await asyncio.to_thread(_keep, spec, content, store) for content in contents]


def _drawn(written: str) -> bytes:
    if not written.startswith(DRAWN):
        return b""
    try:
        return base64.b64decode(written.removeprefix(DRAWN), validate=True)
    except binascii.Error as error:
        raise Mistake("no_photo") from error


def _keep(spec: FormField, content: bytes, store: FileStore) -> str:
    is_paper = spec.kind is FieldKind.FILE and content.startswith(PDF)
    return store.keep(content if is_paper else draw_anew(content))
