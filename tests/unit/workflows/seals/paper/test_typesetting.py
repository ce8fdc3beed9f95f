"""Papers say what the sheet says, whatever stands in it, and nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.workflows.seals.paper.sheets import LINES, a_sheet, no_demo
from township.errors import Mistake
from workflows.seals.paper import typesetting
from workflows.seals.paper.kinds import kinds
from workflows.seals.ports import Sheet


def read(pdf: bytes) -> str:
    """All words of a PDF, without the breaks of lines.

    A hyphen after which pdfium takes the line for broken is U+0002 to it; on paper and in pdftotext it is a hyphen, and
    our papers break no word with one.
    """
    with pdfium.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return re.sub(r"[\s\u200b\ufeff]", "", "".join(pages)).replace("\2", "-")


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float


def box_of(pdf: bytes, words: str) -> Box:
    """Where some words stand the last time, in points from the left and from the bottom."""
    with pdfium.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        letters = [
            (text.get_text_range(index, 1), text.get_charbox(index))
            for index in range(text.count_chars())
            if text.get_text_range(index, 1).strip()
        ]
    start = "".join(letter for letter, _ in letters).rindex(words)
    boxes = [box for _, box in letters[start : start + len(words)]]
    left, bottom, right, top = zip(*boxes, strict=True)
    return Box(min(left), min(bottom), max(right), max(top))


def printed(**lines: str) -> str:
    return read(typesetting.typeset(a_sheet(**lines)))


@pytest.mark.parametrize("kind", LINES)
def test_a_paper_is_one_a4_page_that_says_all_its_lines(kind: str) -> None:
    sheet = a_sheet(kind)
    pdf = typesetting.typeset(sheet)
    with pdfium.PdfDocument(pdf) as document:
        assert len(document) == 1
        assert [round(side) for side in document[0].get_size()] == [595, 842]
    words = read(pdf)
    assert [name for name, value in sheet.lines.items() if name != "county" and value not in words] == []
    assert "示例镇-证-2026-0007" in words
    assert len(pdf) < 80_000


def test_every_kind_has_a_template_and_the_issuer_in_full() -> None:
    assert {kind.name for kind in kinds()} == set(LINES)
    assert "示范县示例镇柳树村村民委员会" in printed()


def test_a_letter_of_the_town_is_signed_by_its_government() -> None:
    assert "示范县示例镇人民政府" in read(typesetting.typeset(replace(a_sheet("notice_letter"), village="")))


def test_every_page_of_a_demonstration_says_so() -> None:
    pdf = typesetting.typeset(a_sheet(purpose="办事" * 400))
    with pdfium.PdfDocument(pdf) as document:
        assert len(document) > 1
        for page in document:
            assert "演示专用，没有法律效力" in re.sub(r"\s", "", page.get_textpage().get_text_bounded())


def test_a_real_paper_does_not() -> None:
    assert "演示" not in read(typesetting.typeset(no_demo(a_sheet())))


@pytest.mark.parametrize(
    "hostile",
    [
        "*张* _三_",
        '#read("/etc/passwd")',
        '#panic("x")',
        '"; #import "@preview/x:0.1.0"',
        "$x^2$ `code` <seal> @ref",
        "= 标题 // 注释 /* */",
        "3703**********0012",
        "\\u{5f20}\\ #{1+1}",
        '{"demo": false}',
        "李〇𠮷㐂",
        'O\'Brien -- "x"...',
        "http://evil.example/[a](b)",
    ],
)
def test_hostile_values_are_printed_and_not_obeyed(hostile: str) -> None:
    assert hostile.replace(" ", "") in printed(name=hostile)


@settings(max_examples=60, deadline=None)
@example("A-1")
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_any_typed_text_comes_out_as_it_went_in(words: str) -> None:
    if not typesetting.plain(words):
        return
    assert "用于" + re.sub(r"\s", "", words) + "，共1份" in printed(purpose=words)


def test_without_a_number_the_paper_points_to_the_card_of_its_person() -> None:
    assert "兹有王秀英（以本人身份证原件为准），实际居住" in printed(id_masked="（以本人身份证原件为准）")
    assert "（居民身份证号码3703**********0012）" in printed()
    assert "（居民身份证号码）" in printed(id_masked="______")


def test_what_nobody_can_see_is_not_printed() -> None:
    assert typesetting.plain("王\u202e英\u200b秀\x00\n梅\ue000 ") == "王英秀 梅"


def test_a_long_value_breaks_into_lines_and_stays_on_the_page() -> None:
    pdf = typesetting.typeset(a_sheet(address="A1" * 300))
    with pdfium.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        boxes = [text.get_charbox(index) for index in range(text.count_chars())]
        assert max(right for _, _, right, _ in boxes) < 595 - 50
    assert "A1" * 300 in read(pdf)


def test_a_value_without_end_is_refused() -> None:
    with pytest.raises(Mistake, match="paper_line_too_long"):
        typesetting.typeset(a_sheet(purpose="长" * 1001))


@pytest.mark.parametrize("missing", ["", "  ", "\u200b"])
def test_a_paper_with_a_hole_is_not_printed(missing: str) -> None:
    with pytest.raises(Mistake, match="paper_line_missing"):
        typesetting.typeset(a_sheet(purpose=missing))


def test_an_unknown_kind_and_a_way_out_of_the_folder_are_refused() -> None:
    sheet = a_sheet()
    for kind in ("loan", "../paper", "paper"):
        with pytest.raises(Mistake, match="paper_unknown"):
            typesetting.typeset(Sheet(kind, *(getattr(sheet, name) for name in list(Sheet.__struct_fields__)[1:])))


def test_a_name_that_no_font_can_draw_is_never_a_box() -> None:
    with pytest.raises(Mistake, match="character_not_printable"):
        typesetting.typeset(a_sheet(name="王\U00030000"))


def test_without_a_public_address_there_is_a_code_and_no_link() -> None:
    pdf = typesetting.typeset(a_sheet())
    assert "核验码7K3M-9QXD-TT2P：在钉钉里把这个码发给小邻" in read(pdf)
    assert b"/URI" not in pdf
    assert "http" not in read(pdf)


def test_with_one_there_is_a_qr_code() -> None:
    plain = typesetting.typeset(a_sheet())
    coded = typesetting.typeset(a_sheet(), verify_url="https://dinglin.example.cn/v/7K3M-9QXD-TT2P")
    assert "用手机扫左边的码" in read(coded)
    assert coded != plain


def test_the_seal_belongs_on_the_name_and_the_date() -> None:
    page = typesetting.lay_out(a_sheet())
    (spot,) = page.spots
    name, date = (box_of(page.pdf, words) for words in ("示范县示例镇柳树村村民委员会", "2026年11月22日"))
    height = 842 - spot.y
    assert date.bottom < height < name.top
    assert max(name.left, date.left) < spot.x < min(name.right, date.right)
    half = typesetting.SEAL_POINTS / 2
    assert spot.x + half < 595
    assert height - half > 100


def test_papers_that_need_no_seal_have_no_spot_for_one() -> None:
    assert all(bool(typesetting.lay_out(a_sheet(kind.name)).spots) is kind.sealed for kind in kinds())


def test_the_same_sheet_is_the_same_file() -> None:
    assert typesetting.typeset(a_sheet()) == typesetting.typeset(a_sheet())


def test_the_seal_is_all_vector_and_its_arc_reads_in_order() -> None:
    pdf = typesetting.draw_seal("示范县示例镇柳树村村民委员会")
    assert b"/Subtype/Image" not in pdf.replace(b" ", b"")
    with pdfium.PdfDocument(pdf) as document:
        words = re.sub(r"\s", "", document[0].get_textpage().get_text_bounded())
        assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [42, 42]
    assert words == "示范县示例镇柳树村村民委员会演示专用"
    assert len(pdf) < 20_000


def test_nothing_heavy_is_loaded_before_the_first_paper() -> None:
    code = (
        "import sys, workflows.seals.paper.typesetting\n"
        "print([name for name in ('typst', 'segno', 'pyhanko') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path.cwd(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="pdffonts is not installed: apt-get install poppler-utils")
def test_fonts_are_inside_and_of_the_mainland(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(typesetting.typeset(a_sheet()))
    listed = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert listed
    assert all("CJKsc" in line and " yes yes yes " in line for line in listed)
