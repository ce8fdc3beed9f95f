"""Text out of pictures: the order of what was read, and pictures with the extra installed or not."""

import io

import pytest

from knowledge.formats.pdf import pdf_content
from knowledge.formats.scans import as_printed, can_see, picture_lines, rows_of
from knowledge.structure.lines import silent
from tests.unit.knowledge.formats import making
from township.errors import Mistake

PAGE = "第一条 带身份证到便民服务大厅六号窗口办理。"


def box(left: float, top: float) -> list[tuple[float, float]]:
    return [(left, top), (left + 100, top), (left + 100, top + 20), (left, top + 20)]


def test_pieces_side_by_side_are_one_row_and_rows_go_down() -> None:
    pieces = [
        (box(300, 52), "2.6元", 0.9),
        (box(0, 100), "垃圾费", 0.9),
        (box(0, 50), "水费", 0.9),
        (box(300, 101), "60元", 0.9),
    ]
    assert list(rows_of(pieces)) == ["水费 2.6元", "垃圾费 60元"]


def test_marks_behind_chinese_have_their_chinese_width() -> None:
    assert as_printed("办理条件:六十岁,(镇里)8:30到5:30;") == "办理条件：六十岁，（镇里）8:30到5:30;"


def photograph() -> bytes:
    stream = io.BytesIO()
    making.picture(making.pdf(PAGE)).save(stream, "JPEG", quality=60)
    return stream.getvalue()


@pytest.mark.skipif(can_see(), reason="the extra that reads pictures is installed")
def test_without_the_extra_a_picture_says_what_to_send() -> None:
    with pytest.raises(Mistake, match="file_picture"):
        picture_lines(photograph(), "照片.jpg", silent)


@pytest.mark.skipif(not can_see(), reason="needs the extra ocr: pip install 'dinglin[ocr]'")
def test_with_the_extra_photographs_and_scans_are_read() -> None:
    bare = "".join(PAGE.split())
    assert "".join(line.text for line in picture_lines(photograph(), "照片.jpg", silent).lines) == bare
    found = pdf_content(making.scan([making.pdf(PAGE)]), "扫描.pdf", silent)
    assert "".join(line.text for line in found.lines) == bare
    assert found.remarks == ()


def test_half_a_picture_is_broken_and_too_many_dots_are_not_unfolded() -> None:
    with pytest.raises(Mistake, match="picture_too_large"):
        picture_lines(making.png(8_000, 8_000), "大.png", silent)
    with pytest.raises(Mistake, match="file_unreadable"):
        picture_lines(photograph()[:300], "半.jpg", silent)
