"""What stands about a person as one archive to carry away: a page that anybody can read, and the files beside it."""

import io
import zipfile
from datetime import date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.persons.telling import Own
from township.clock import SHANGHAI
from township.filestore import FileStore

PAGE = "index.html"
BEGINNINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"%PDF": "pdf", b"PK\x03\x04": "zip", b"#!AMR": "amr"}
"""How files begin whose kind a computer shows by itself."""


def packed(own: Own, files: FileStore, now: datetime) -> bytes:
    """Write page and files into a ZIP. A file that is no longer there is left out. Blocks."""
    there = {sha256: files.path(sha256).read_bytes() for sha256 in own.files() if files.path(sha256).is_file()}
    names = {sha256: f"files/{n:02}.{_ending(held)}" for n, (sha256, held) in enumerate(there.items(), 1)}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PAGE, page(own, names, now))
        for sha256, held in there.items():
            archive.writestr(names[sha256], held)
    return whole.getvalue()


def page(own: Own, names: dict[str, str], now: datetime) -> str:
    """Fill the page; `names` says where a file lies, by its hash."""
    return _templates().get_template("own.html").render(own=own, names=names, now=now)


@cache
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    made = Environment(
        loader=FileSystemLoader(folder), autoescape=select_autoescape(), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"moment": _moment, "day": date.isoformat}
    return made


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _ending(held: bytes) -> str:
    return next((ending for begins, ending in BEGINNINGS.items() if held.startswith(begins)), "bin")
