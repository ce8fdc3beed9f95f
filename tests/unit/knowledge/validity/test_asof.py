"""As of which day a question is to be answered."""

from datetime import date, datetime

import pytest

from knowledge.validity.asof import moment
from township.clock import SHANGHAI

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("question", "day", "rest"),
    [
        ("2025年的时候高龄津贴是多少", date(2025, 12, 31), "高龄津贴是多少"),
        ("2025年高龄津贴是多少", date(2025, 12, 31), "高龄津贴是多少"),
        ("高龄津贴2024年3月多少钱", date(2024, 3, 31), "高龄津贴多少钱"),
        ("2025年6月1日那时候停车收多少", date(2025, 6, 1), "停车收多少"),
        ("前年高龄津贴多少", date(2024, 12, 31), "高龄津贴多少"),
        ("去年医保交多少", date(2025, 11, 23), "医保交多少"),
    ],
)
def test_a_day_that_is_over_is_answered_as_of_then(question: str, day: date, rest: str) -> None:
    found = moment(question, AT)
    assert (found.at.date(), found.question, found.is_past) == (day, rest, True)


@pytest.mark.parametrize(
    "question",
    [
        "高龄津贴是多少",
        "2026年高龄津贴是多少",
        "2027年度城乡居民医保交多少",
        "2025年度的医保缴费通知在哪看",
        "示例政发〔2025〕11号第五条",
        "2019年出生的孩子几岁上学",
        "2020年以后盖的房子算不算",
        "2025年13月多少钱",
        "去年底盖的房子能不能办证",
    ],
)
def test_other_years_say_nothing_of_the_day(question: str) -> None:
    assert moment(question, AT) == moment(question, AT).__class__(AT, question, is_past=False)
