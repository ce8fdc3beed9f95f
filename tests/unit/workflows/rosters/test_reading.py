"""Rows of a sheet as a roster reads them: heads under a title, columns by several names, bad rows with their place."""

import pytest

from township.errors import Mistake
from workflows.kinds import Roster
from workflows.rosters.reading import fields_of, read

ROSTER = Roster.model_validate(
    {
        "key": ["户主", "组"],
        "village": ["村", "行政村"],
        "columns": {"name": "户主", "group": "组", "phone": ["电话", "联系电话"], "due": "应缴"},
        "over": {"column": "状态", "words": ["已缴清"], "action": "paid"},
    }
)
VILLAGES = ["柳树村", "桃园村"]


def test_the_head_is_found_under_a_title_and_columns_by_any_of_their_names() -> None:
    rows = [
        ["二〇二六年收缴表"],
        ["行政村", "户主 ", "组", "*联系电话：", "应缴（元）"],
        ["柳树", "钱大", "一组", "138", "60"],
    ]
    sheet = read(rows, ROSTER, "表.xlsx", VILLAGES)
    (entry,) = sheet.entries
    assert sheet.mistakes == ()
    assert (entry.row, entry.village, entry.key) == (3, "柳树村", "钱大|一组")
    assert entry.fields == {"name": "钱大", "group": "一组", "phone": "138", "due": "60"}
    assert fields_of(ROSTER, sheet.columns, entry.cells) == entry.fields


def test_bad_rows_are_named_and_the_rest_goes_on() -> None:
    head = ["村", "户主", "组", "电话", "应缴", "状态"]
    rows = [
        head,
        ["柳树村", "钱大", "一组", "", "60", "已缴清"],
        ["柳树村", "", "一组", "", "60", ""],
        [],
        ["外村", "孙二", "一组", "", "60", ""],
        ["柳树村", "钱大", "一组", "", "60", ""],
    ]
    sheet = read(rows, ROSTER, "表.xlsx", VILLAGES)
    assert [(one.row, one.is_over) for one in sheet.entries] == [(2, True)]
    assert [(one.code, one.values["row"]) for one in sheet.mistakes] == [
        ("roster_no_key", 3),
        ("roster_village", 5),
        ("roster_twice", 6),
    ]


def test_a_column_that_is_missing_is_said_unless_it_may_be() -> None:
    rows = [["户主", "组", "应缴"], ["钱大", "一组", "60"]]
    with pytest.raises(Mistake, match="roster_no_column"):
        read(rows, ROSTER, "表.xlsx", VILLAGES)
    sheet = read(rows, ROSTER, "表.xlsx", VILLAGES, "桃园村", ["phone"])
    assert [one.village for one in sheet.entries] == ["桃园村"]
