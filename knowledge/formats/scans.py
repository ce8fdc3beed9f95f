"""Text out of pictures: scanned pages and photographs, by the extra `ocr` (RapidOCR), loaded when first used."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from knowledge.structure.lines import Content, Line, Remark, Tell
from township.errors import Mistake

MOST_DOTS = 50_000_000
"""Dots of a picture; a large phone makes 50 million, more is no photograph of a page."""
MOST_FRAMES = 100
CLEAR = 0.8
"""Mean trust in the lines of a page; below it somebody must look at the original."""
_SOUGHT = 1280
"""Dots of the longer side on which lines are looked for; they are read at full size. Saves a quarter of the time."""
_NARROW = re.compile(r"(?<=[\u4e00-\u9fff])[:;,?!)]|\((?=[\u4e00-\u9fff])")
_WIDER = 0xFEE0
"""Between a mark of Latin width and the same of Chinese width."""
_BELIEVED = 0.5
"""Trust in a line; below it it is left out."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read on one picture."""

    lines: tuple[str, ...]
    is_clear: bool


def can_see() -> bool:
    """Tell whether the extra is installed."""
    return find_spec("rapidocr") is not None


def look(picture: Any) -> Seen:
    """Read one picture, an array of BGR or grey dots."""
    found = _engine()(picture)
    if found.txts is None or not len(found.txts):
        return Seen((), is_clear=True)
    pieces = [
        (box, text, score)
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if score >= _BELIEVED and str(text).strip()
    ]
    trust = sum(float(score) for score in found.scores) / len(found.scores)
    return Seen(tuple(map(as_printed, rows_of(pieces))), is_clear=trust >= CLEAR)


def as_printed(text: str) -> str:
    """Give the marks behind Chinese characters their Chinese width, which a reader of pictures cannot see."""
    return _NARROW.sub(lambda found: chr(ord(found[0]) + _WIDER), text)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Det.limit_type": "max", "Det.limit_side_len": _SOUGHT})


def rows_of(pieces: Sequence[tuple[Any, str, float]]) -> Iterator[str]:
    """Join pieces that stand side by side, from the top down and from the left."""
    placed = sorted((_middle(box), min(x for x, _ in box), _height(box), text) for box, text, _ in pieces)
    row: list[tuple[float, str]] = []
    level = 0.0
    for middle, left, height, text in placed:
        if row and middle - level > height / 2:
            yield " ".join(each for _, each in sorted(row))
            row = []
        level = middle if not row else level
        row.append((left, text))
    if row:
        yield " ".join(each for _, each in sorted(row))


def _middle(box: Any) -> float:
    return float(sum(y for _, y in box) / len(box))


def _height(box: Any) -> float:
    return float(max(y for _, y in box) - min(y for _, y in box))


def picture_lines(data: bytes, name: str, tell: Tell) -> Content:
    """Read a photograph or a scan of one or more frames."""
    pages: list[Seen] = []
    for number, frame in enumerate(_frames(data, name), start=1):
        pages.append(look(frame))
        tell(number, 0)
    lines = tuple(Line(text, page=n) for n, page in enumerate(pages, start=1) for text in page.lines)
    unclear = tuple(n for n, page in enumerate(pages, start=1) if not page.is_clear)
    return Content(lines, (Remark("scan_unclear", unclear),) if unclear else ())


def _frames(data: bytes, name: str) -> Iterator[Any]:
    """Give the frames as arrays; a picture that unfolds into too many dots is refused before it does."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    known = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None  # measured here, by our own bound
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            if width * height > MOST_DOTS:
                raise Mistake("picture_too_large", file=name, width=width, height=height)
            if not can_see():
                raise Mistake("file_picture", file=name)
            for frame in range(min(getattr(image, "n_frames", 1), MOST_FRAMES)):
                image.seek(frame)
                yield np.asarray(image.convert("RGB"))[:, :, ::-1]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as broken:
        raise Mistake("file_unreadable", file=name) from broken
    finally:
        Image.MAX_IMAGE_PIXELS = known
