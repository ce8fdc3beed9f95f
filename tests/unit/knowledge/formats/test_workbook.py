"""Workbooks: numbers as they are shown, merged cells in every row, hidden sheets left out."""

from datetime import date, datetime

import pytest

from knowledge.formats.workbook import workbook_lines
from knowledge.structure.frontmatter import read
from tests.unit.knowledge.formats import making


def test_numbers_dates_and_shares_are_read_as_they_are_shown() -> None:
    book = making.workbook(
        {
            "表": [
                ["事项", "数", "日子"],
                ["水费", 2.60, date(2026, 12, 1)],
                ["报销", 0.85, datetime.fromisoformat("2026-01-02 08:30")],
            ]
        }
    )
    book.worksheets[0]["B3"].number_format = "0%"
    found = [line.text for line in workbook_lines(making.excel(book), "a.xlsx")]
    assert found == ["表", "事项：水费；数：2.6；日子：2026-12-01", "事项：报销；数：85%；日子：2026-01-02 08:30"]


def test_merged_cells_stand_in_every_row() -> None:
    book = making.workbook({"表": [["类别", "事项"], ["用水", "水费"], [None, "装表"]]})
    book.worksheets[0].merge_cells("A2:A3")
    assert [line.text for line in workbook_lines(making.excel(book), "a.xlsx")][1:] == [
        "类别：用水；事项：水费",
        "类别：用水；事项：装表",
    ]


def test_hidden_sheets_are_left_out() -> None:
    book = making.workbook({"看得见": [["事项", "钱"], ["水费", 1]], "旧的": [["事项", "钱"], ["水费", 2]]})
    book.worksheets[1].sheet_state = "hidden"
    assert [line.text for line in workbook_lines(making.excel(book), "a.xlsx")] == ["看得见", "事项：水费；钱：1"]


@pytest.mark.parametrize("title", ["Sheet", "Sheet1", "工作表1"])
def test_a_sheet_that_nobody_has_named_gives_a_document_no_title(title: str) -> None:
    book = making.workbook({title: [["村", "标准"], ["柳树", "每亩120元"], ["石桥", "每亩130元"]]})
    lines = workbook_lines(making.excel(book), "种粮补贴标准.xlsx")
    assert read(lines, "种粮补贴标准.xlsx").title == "种粮补贴标准"
