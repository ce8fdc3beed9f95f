"""Rows become orders; what is wrong is said with file and row, and the rest goes on."""

from datetime import datetime

import pytest

from township.clock import SHANGHAI
from township.errors import Mistake
from workflows.orders import reading
from workflows.orders.columns import Meaning, head_of

HEAD = ["工单编号", "标题", "诉求内容", "分类", "地址", "姓名", "电话", "受理时间", "办理时限", "紧急程度", "状态"]


def read(*rows: list[str]) -> reading.Sheet:
    table = [HEAD, *rows]
    return reading.read(table, head_of(table), "单.xlsx", ["柳树村", "桃园村"])


def row(number: str, what: str = "灯坏了", **more: str) -> list[str]:
    cells = dict(zip(HEAD, [number, "", what, "", "", "", "", "", "", "", ""], strict=True))
    return list((cells | more).values())


def test_a_row_is_read_whole() -> None:
    said = {"标题": "路灯", "分类": "公共设施", "地址": "桃园村村口", "姓名": "王秀英", "紧急程度": "特急"}
    when = {"电话": "138-0000-0001 晚上打", "受理时间": "2026/11/22 9:05", "办理时限": "2026年11月25日"}
    given = row("GD1", "村口路灯不亮", **said, **when)
    (order,) = read(given).orders
    assert (order.number, order.what) == ("GD1", "路灯。村口路灯不亮")
    assert (order.village, order.name, order.is_urgent, order.is_over) == ("桃园村", "王秀英", True, False)
    assert order.at == datetime(2026, 11, 22, 9, 5, tzinfo=SHANGHAI)
    assert order.due == datetime(2026, 11, 25, 23, 59, tzinfo=SHANGHAI)
    assert order.cells is not None
    assert order.cells["紧急程度"] == "特急"


def test_a_title_with_which_the_story_begins_is_not_said_twice() -> None:
    (order,) = read(row("1", "路灯不亮，半个月了", 标题="路灯不亮")).orders
    assert order.what == "路灯不亮，半个月了"


def test_who_wants_to_stay_unnamed_has_no_name() -> None:
    (order,) = read(row("1", 姓名="保密")).orders
    assert order.name == ""


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (row(""), "order_without_number"),
        (row("2", ""), "order_without_what"),
        (row("1"), "order_twice"),
        (row("2.02611E+16"), "order_number_rounded"),
    ],
)
def test_a_bad_row_is_named_with_file_and_row_and_the_others_are_read(bad: list[str], code: str) -> None:
    sheet = read(row("1"), bad, row("9"))
    assert [order.number for order in sheet.orders] == ["1", "9"]
    (mistake,) = sheet.mistakes
    assert mistake.code == code
    assert (mistake.values["file"], mistake.values["row"]) == ("单.xlsx", 3)


@pytest.mark.parametrize(("column", "meaning"), [("受理时间", Meaning.AT), ("办理时限", Meaning.DUE)])
@pytest.mark.parametrize("said", ["下周三", "2026-13-40"])
def test_a_row_whose_moment_cannot_be_read_is_taken_without_it(column: str, meaning: Meaning, said: str) -> None:
    sheet = read(row("1", **{column: said}))
    assert sheet.mistakes == ()
    (order,) = sheet.orders
    assert (order.at, order.due) == (None, None)
    assert order.unread == {meaning: (column, said)}


def test_what_is_closed_there_is_known_to_be_over() -> None:
    assert read(row("1", 状态="已办结")).orders[0].is_over
    assert not read(row("1", 状态="待办")).orders[0].is_over


def test_without_a_number_column_nothing_is_read() -> None:
    table = [["诉求内容", "地址"], ["灯坏了", "村口"]]
    with pytest.raises(Mistake, match="order_columns_number"):
        reading.read(table, head_of(table), "单.xlsx")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-20 08:30:00.000", "2026-11-20 08:30"),
        ("2026-11-20T08:30:00", "2026-11-20 08:30"),
        ("2026年11月20日 下午3点", "2026-11-20 15:00"),
        ("2026年11月20日上午9:05", "2026-11-20 09:05"),
        ("2026/11/20 下午12:10", "2026-11-20 12:10"),
        ("20261120", "2026-11-20 23:59"),
        ("46346.375", "2026-11-20 09:00"),
        ("46346", "2026-11-20 23:59"),
    ],
)
def test_a_moment_is_read_as_programs_of_offices_leave_it_behind(text: str, found: str) -> None:
    assert reading.moment(text) == datetime.fromisoformat(found).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize("text", ["下周三", "2026-13-40", "99999", "12345", "20269999", "2026-11-20 25:00"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert reading.moment(text) is None


@pytest.mark.parametrize(
    "table", [[], [["封面"], ["请看第二张"]], [["编号,内容"], ["1,灯坏了"]]], ids=["empty", "cover", "one column"]
)
def test_a_page_without_a_table_is_said_to_be_none(table: list[list[str]]) -> None:
    with pytest.raises(Mistake, match="order_no_table"):
        head_of(table, file="单.xlsx")


@pytest.mark.parametrize(
    ("text", "found"), [("0533-1234567", "05331234567"), ("13800000001", "13800000001"), ("无", "")]
)
def test_a_telephone_number_is_found(text: str, found: str) -> None:
    assert reading.phone(text) == found


def test_what_a_clerk_says_of_a_column_is_read() -> None:
    assert dict(reading.columns_of(["时间=due", "a=b=number"])) == {"时间": "due", "a=b": "number"}
    with pytest.raises(Mistake, match="column_meaning"):
        list(reading.columns_of(["时间=什么时候"]))
