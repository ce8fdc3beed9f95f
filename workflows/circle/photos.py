"""A photo drawn anew: upright, no larger than a screen, a plain JPEG; place, device and what hid in it stay behind."""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from township.errors import Mistake

LONGEST: Final = 1600
QUALITY: Final = 82
MOST_PIXELS: Final = 40_000_000
"""A picture that unfolds to more is refused before it does."""
MOST_BYTES: Final = 20_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def draw_anew(content: bytes) -> bytes:
    """Draw a picture anew; what is none, or too large to unfold, is a Mistake. Blocks: call it in a thread."""
    if len(content) > MOST_BYTES:
        raise Mistake("photo_too_big")
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(content), formats=FORMATS) as found:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if found.width * found.height > MOST_PIXELS:
                raise Mistake("photo_too_big")
            found.draft("RGB", (LONGEST, LONGEST))
            upright = _flat(ImageOps.exif_transpose(found))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Mistake("photo_too_big") from error
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        raise Mistake("no_photo") from error
    upright.thumbnail((LONGEST, LONGEST))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    drawn = BytesIO()
    clean.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return drawn.getvalue()


def _flat(picture: Image.Image) -> Image.Image:
    """Put what is see-through on white."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
