"""Photos drawn anew: upright, small, clean; bombs, files of two kinds and other things that are no photo."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from township.errors import Mistake
from workflows.circle.photos import LONGEST, draw_anew


def photo(size: tuple[int, int] = (400, 200), form: str = "JPEG", **more: Any) -> bytes:
    held = BytesIO()
    Image.new("RGB", size, "green").save(held, form, **more)
    return held.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def test_place_and_device_stay_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "canary-camera"
    exif.get_ifd(0x8825)[2] = (36.0, 30.0, 0.0)
    drawn = draw_anew(photo(exif=exif))
    assert b"canary-camera" not in drawn
    assert not opened(drawn).getexif()
    assert b"Exif" not in drawn


def test_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(draw_anew(photo((400, 200), exif=exif))).size == (200, 400)


def test_it_is_no_larger_than_a_screen() -> None:
    assert max(opened(draw_anew(photo((3200, 1000)))).size) == LONGEST


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "BMP"])
def test_any_picture_becomes_a_jpeg(form: str) -> None:
    assert opened(draw_anew(photo(form=form))).format == "JPEG"


def test_what_is_see_through_stands_on_white() -> None:
    held = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(held, "PNG")
    assert opened(draw_anew(held.getvalue())).getpixel((5, 5)) == (255, 255, 255)


def test_a_file_of_two_kinds_dies() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr("canary.txt", "hidden")
    drawn = draw_anew(photo() + archive.getvalue())
    assert not zipfile.is_zipfile(BytesIO(drawn))
    assert b"canary" not in drawn


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    with pytest.raises(Mistake, match="photo_too_big"):
        draw_anew(photo((7000, 7000), "PNG"))


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html></html>", b"%PDF-1.7", b"PK\x03\x04", photo()[:200]],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(Mistake, match="no_photo"):
        draw_anew(content)
