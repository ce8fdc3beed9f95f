"""Tables that offices exchange: every cell is text as it is shown, and a hostile file is refused with a sentence."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from township import tables
from township.errors import Mistake


def book(*rows: list[object]) -> bytes:
    made, stream = Workbook(), io.BytesIO()
    for row in rows:
        made.worksheets[0].append(row)
    made.save(stream)
    return stream.getvalue()


def test_cells_of_a_workbook_are_read_as_they_are_shown() -> None:
    read = tables.read(
        book(["工单编号", "时间"], [20261122001, datetime.fromisoformat("2026-11-22 09:30")], [2.0, None]), "单.xlsx"
    )
    assert read == [["工单编号", "时间"], ["20261122001", "2026-11-22 09:30:00"], ["2", ""]]


@pytest.mark.parametrize("number", [20261120000123400, 2.02611200001234e16, 10**15])
def test_a_number_that_a_workbook_has_rounded_is_not_read_as_a_whole_one(number: float) -> None:
    ((shown,),) = tables.read(book([number]), "单.xlsx")
    assert "E+" in shown


def test_a_number_of_fifteen_figures_is_whole() -> None:
    assert tables.read(book([202611200001234], ["20261120000123456"]), "单.xlsx") == [
        ["202611200001234"], ["20261120000123456"],
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    data = '编号,内容\r\n1,"路灯坏了,\n半个月"\r\n'.encode(encoding)
    assert tables.read(data, "单.csv") == [["编号", "内容"], ["1", "路灯坏了,\n半个月"]]


@pytest.mark.parametrize(
    ("text", "encoding"), [("编号\t内容\r\n1\t灯坏了\r\n", "utf-16"), ("编号;内容\r\n1;灯坏了\r\n", "gb18030")]
)
def test_a_table_saved_as_unicode_text_or_with_other_signs_between_is_read(text: str, encoding: str) -> None:
    assert tables.read(text.encode(encoding), "单.csv") == [["编号", "内容"], ["1", "灯坏了"]]


def test_signs_within_the_cells_of_a_csv_part_nothing() -> None:
    assert tables.read("内容\r\n灯坏了；没人管;急\r\n".encode(), "单.csv") == [["内容"], ["灯坏了；没人管;急"]]


def test_empty_rows_stay_where_they_are_and_the_end_is_cut() -> None:
    assert tables.read(b"a\n\nb\n\n\n", "x.csv") == [["a"], [], ["b"]]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"x", "单.doc", "table_format"),
        (b"\xd0\xcf\x11\xe0rest", "单.xls", "table_old"),
        (b"x" * (tables.MOST_BYTES + 1), "单.csv", "file_over_limit"),
        (b"", "单.csv", "file_empty"),
        (b"\xd0\xcf\x11\xe0rest", "单.xlsx", "file_encrypted"),
        (b"no zip", "单.xlsx", "file_unreadable"),
        (b"a\n" * 20_002, "单.csv", "table_long"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Mistake) as refused:
        tables.read(data, name)
    assert refused.value.code == code


def test_a_workbook_that_unfolds_without_end_is_not_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 5000)
    with pytest.raises(Mistake, match="file_too_large"):
        tables.read(stream.getvalue(), "单.xlsx")


def test_what_looks_like_a_formula_is_written_as_text() -> None:
    rows = [["内容", "电话"], ["=HYPERLINK(1)", "-13800000001"]]
    assert tables.read(tables.workbook(rows), "回填.xlsx") == rows
    cell = load_workbook(io.BytesIO(tables.workbook(rows))).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert "'=HYPERLINK" in tables.text(rows)
    assert "'-138" not in tables.text(rows)
