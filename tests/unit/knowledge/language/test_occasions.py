"""What a question says of its day, and what is told of the day."""

from datetime import date

import pytest

from knowledge.language import occasions

MONDAY = date(2026, 11, 23)


def test_a_question_of_now_is_about_today() -> None:
    assert occasions.day_asked("还停水不", MONDAY) == MONDAY
    assert occasions.day_asked("后天停水不", MONDAY) == date(2026, 11, 25)
    assert occasions.day_asked("停水了打谁", MONDAY) is None


@pytest.mark.parametrize(
    ("topic", "day", "said"),
    [
        ("赶集", date(2026, 11, 24), "农历十月十六"),
        ("便民服务大厅", date(2026, 11, 24), "星期二，上班的日子"),
        ("便民服务大厅", date(2026, 10, 1), "星期四，休息日"),
        ("便民服务大厅", date(2031, 5, 1), "还没公布"),
    ],
)
def test_a_fact_that_hangs_on_the_day_is_told_with_it(topic: str, day: date, said: str) -> None:
    assert said in occasions.note(frozenset({topic}), day)


def test_what_holds_every_day_is_told_without() -> None:
    assert occasions.note(frozenset({"低保"}), MONDAY) == ""
