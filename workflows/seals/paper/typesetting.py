"""Papers as PDF: the values of a sheet set into a template of `templates/`. The only home of typst and segno.

One compiler is kept, because the first page costs ten times the next. Values reach a template as JSON only, so that
whatever stands in them is printed and never obeyed. Who seals the page is `signing.py`'s matter.
"""

import json
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from township.errors import Mistake
from workflows.seals.paper.kinds import Kind, issuer, kind_of, words
from workflows.seals.ports import Sheet

TEMPLATES: Final = Path(__file__).parent / "templates"
FONT: Final = "Noto Serif CJK SC"
LONGEST: Final = 1000
"""Characters of one value; a paper says things in a sentence or two."""
STANDARD: Final = "a-2b"
"""PDF/A-2b: fonts inside, readable in thirty years. It also refuses a character that no font can draw."""
SEAL_POINTS: Final = 42 / 25.4 * 72
"""Width of the seal: 42 mm, in points."""


class Spot(Struct, frozen=True):
    """Where the middle of a seal belongs: page from 0, points from the left and from the top."""

    page: int
    x: float
    y: float


class Page(Struct, frozen=True):
    """A paper that was set, and where its seals belong."""

    pdf: bytes
    spots: tuple[Spot, ...]


def typeset(sheet: Sheet, *, verify_url: str = "") -> bytes:
    """Set a paper and return the PDF, unsealed. `verify_url` becomes a QR code; empty: none, and no link anywhere.

    Raises Mistake for an unknown kind, a value that is missing or too long, a character no font has, no Chinese font.
    """
    return lay_out(sheet, verify_url=verify_url).pdf


def lay_out(sheet: Sheet, *, verify_url: str = "") -> Page:
    """Set a paper, and find where its seals belong. Blocks: 5 ms, and 60 ms the first time."""
    kind = kind_of(sheet.kind)
    told = _told(sheet, kind, verify_url)
    return _press().set(f"{kind.name}.typ", {"sheet": json.dumps(told, ensure_ascii=False)})


@cache
def draw_seal(name: str) -> bytes:
    """Draw the round seal of a body as a PDF of one page, 42 mm wide, all vector and without a ground."""
    told = {"name": plain(name), "mark": words().demo_mark}
    return _press().set("seal.typ", {"seal": json.dumps(told, ensure_ascii=False)}).pdf


def check_fonts() -> None:
    """Raise Mistake where no Chinese serif font is installed, with what to install."""
    _press()


def plain(value: str) -> str:
    """Return a value as it is printed: one line, without characters that nobody sees or that turn the reading order."""
    kept = (" " if letter in "\n\r\t\u2028\u2029" else letter for letter in unicodedata.normalize("NFC", value))
    return "".join(letter for letter in kept if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}).strip()


def _told(sheet: Sheet, kind: Kind, verify_url: str) -> dict[str, Any]:
    return {
        "lines": _lines(sheet.lines, kind),
        "issuer": plain(issuer(sheet)),
        "number": plain(sheet.number),
        "date": sheet.date.isoformat(),
        "valid_until": sheet.valid_until.isoformat() if sheet.valid_until else "",
        "code": plain(sheet.code),
        "copies": sheet.copies,
        "demo": sheet.demo,
        "mark": words().demo_mark,
        "qr": _qr(verify_url) if verify_url else "",
    }


def _lines(given: Mapping[str, str], kind: Kind) -> dict[str, str]:
    lines = {name: plain(value) for name, value in given.items()}
    for name in kind.needs:
        if not lines.get(name):
            raise Mistake("paper_line_missing", paper=kind.title, line=words().line(name))
    for name, value in lines.items():
        if len(value) > LONGEST:
            raise Mistake("paper_line_too_long", paper=kind.title, line=words().line(name), most=LONGEST)
    return lines


def _qr(url: str) -> str:
    import segno

    drawn = BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()


class _Press:
    """The kept compiler and its fonts."""

    def __init__(self) -> None:
        import typst

        fonts = typst.Fonts(include_embedded_fonts=False)
        if FONT not in fonts.families():
            raise Mistake("no_chinese_font", font=FONT)
        self._compiler = typst.Compiler(root=str(TEMPLATES), font_paths=fonts)
        self._lock = threading.Lock()

    def set(self, template: str, inputs: dict[str, str]) -> Page:
        """Compile a template; one at a time, because the compiler keeps what it was told last."""
        import typst

        with self._lock:
            try:
                pdf = self._compiler.compile(
                    input=str(TEMPLATES / template),
                    sys_inputs=inputs,
                    format="pdf",
                    pdf_standards=STANDARD,
                    timestamp=0,
                )
                found = json.loads(self._compiler.query("<seal>"))
            except typst.TypstError as error:
                raise _refusal(error) from error
        if not isinstance(pdf, bytes):
            raise TypeError("one PDF was asked for")
        places = (one["value"] for one in found)
        return Page(pdf, tuple(Spot(place["page"] - 1, place["x"], place["y"]) for place in places))


def _refusal(error: Exception) -> Exception:
    """A character that no font can draw is somebody's rare name: never print a box instead of it."""
    is_glyph = "could not be displayed" in str(error) or "glyph" in str(error)
    return Mistake("character_not_printable") if is_glyph else error


@cache
def _press() -> _Press:
    return _Press()
