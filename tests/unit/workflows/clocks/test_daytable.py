"""The official table of a year, read from the notice as it is published or from a list of days."""

from datetime import date, timedelta

import pytest

from township.errors import Mistake
from workflows.clocks.daytable import read

NOTICE = """样例：关于2027年部分节假日安排的通知
一、元旦：1月1日（星期五）至3日（星期日）放假，共3天。
二、春节：2月5日（星期五）至2月12日（星期五）放假调休，共8天。1月31日（星期日）、2月14日（星期日）上班。
三、清明节：4月5日（星期一）放假。
"""


def test_a_notice_names_holidays_and_make_up_days() -> None:
    (table,) = read(NOTICE)
    assert table.year == 2027
    off = {day for day, work in table.works.items() if not work}
    assert off == {date(2027, 1, n) for n in (1, 2, 3)} | {date(2027, 2, n) for n in range(5, 13)} | {date(2027, 4, 5)}
    assert {day for day, work in table.works.items() if work} == {date(2027, 1, 31), date(2027, 2, 14)}


@pytest.mark.parametrize("header", ["date,workday", "日期,上班"])
def test_a_list_of_days_is_a_table(header: str) -> None:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    lines = [f"{day},{'是' if day.weekday() < 5 else '否'}" for day in days]
    (table,) = read("\n".join([header, *lines]))
    assert (table.year, len(table.works), sum(table.works.values())) == (2027, 365, 261)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("没有年份的话", "unreadable_day_table"),
        ("2027年放假另行通知", "unreadable_day_table"),
        ("date,workday\n2027-01-01,否", "day_table_incomplete"),
        ("date,workday\n一月一日,否", "unreadable_day"),
        ("2027年：13月1日放假", "unreadable_day"),
    ],
)
def test_what_is_no_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(Mistake, match=code):
        read(text)
