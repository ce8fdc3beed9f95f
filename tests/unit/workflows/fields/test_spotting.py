"""All that a sentence holds is taken, each piece once; today is Sunday 2026-11-22."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township.clock import SHANGHAI
from workflows.definition import FormField
from workflows.fields import times
from workflows.fields.known import Known
from workflows.fields.spotting import spot

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI)
KNOWN = Known(NOW.date(), {"柳树村": "liushu"}, {"宋建国": ("p1",), "王强": ("p2", "p3")}, now=NOW)
KINDS: dict[str, dict[str, Any]] = {
    "day": {"kind": "date"},
    "hour": {"kind": "time"},
    "when": {"kind": "moment"},
    "stay": {"kind": "period"},
    "long": {"kind": "duration"},
    "tables": {"kind": "number", "unit": ["桌", "席"]},
    "chairs": {"kind": "number", "unit": ["把"]},
    "fee": {"kind": "money"},
    "phone": {"kind": "phone"},
    "id": {"kind": "id_number"},
    "who": {"kind": "person"},
    "where": {"kind": "place"},
    "hall": {"kind": "choice", "options": {"big": {"name": "大食堂"}, "yard": {"name": "院里", "words": ["自家院子"]}}},
    "note": {"kind": "text"},
    "sure": {"kind": "yes_no"},
    "guests": {"kind": "number", "unit": ["人"], "value": "tables * 10"},
}


def form(*names: str) -> dict[str, FormField]:
    return {name: FormField.model_validate({"name": name, **KINDS[name]}) for name in names or KINDS}


@pytest.mark.parametrize(
    ("names", "said", "values"),
    [
        (
            ("day", "tables", "hall"),
            "下月初八俺儿结婚 用村里大食堂 二十桌",
            {"day": "2026-12-16", "tables": 20, "hall": "big"},
        ),
        (("day", "hour"), "下礼拜二下午三点半来拉", {"day": "2026-11-24", "hour": "15:30"}),
        (("when",), "下礼拜二下午三点半来拉", {"when": "2026-11-24T15:30"}),
        (("when",), "下礼拜二来拉", {}),
        (("day",), "下午三点来拉", {}),
        (("stay", "long"), "12月3号到5号，借三天", {"stay": {"from": "2026-12-03", "to": "2026-12-05"}, "long": 4320}),
        (("tables", "chairs"), "借10张桌 八十把椅子 20桌", {"tables": 20, "chairs": 80}),
        (("tables", "phone"), "电话 138 0000 0001，十五桌", {"tables": 15, "phone": "13800000001"}),
        (("tables", "phone"), "十五桌 家里座机0533-7123456", {"tables": 15, "phone": "05337123456"}),
        (("tables", "phone"), "电话7123456，15桌", {"tables": 15, "phone": "7123456"}),
        (("tables", "phone"), "电话是6712 3456", {"phone": "67123456"}),
        (("phone",), "电表号7123456", {}),
        (("phone",), "单号是20261122001", {}),
        (("id", "phone"), "11010519491231002x", {"id": "11010519491231002X"}),
        (("fee",), "交了三百块钱", {"fee": 30000}),
        (("who",), "找宋建国办的", {"who": "p1"}),
        (("who",), "找王强办的", {}),
        (
            ("where",),
            "柳树村二组水塔那儿",
            {"where": {"text": "柳树村二组水塔那儿", "village": "liushu", "group": "二组"}},
        ),
        (("note", "sure"), "对，就这样", {}),
        (("tables", "guests"), "二十桌 两百人", {"tables": 20}),
        (("day",), "每周六都有", {}),
    ],
)
def test_a_sentence_gives_what_it_holds(names: tuple[str, ...], said: str, values: dict[str, Any]) -> None:
    assert {name: one.value for name, one in spot(form(*names), said, KNOWN).items()} == values


def test_the_farmers_calendar_is_remembered() -> None:
    assert spot(form("day"), "冬月十八办", KNOWN)["day"].moon
    assert not spot(form("day"), "十二月十八办", KNOWN)["day"].moon


@pytest.mark.parametrize(
    ("before", "said", "moon", "after"),
    [
        ("2026-12-16", "十八", True, "2026-12-26"),
        ("2026-12-16", "初十", True, "2026-12-18"),
        ("2026-12-16", "十八号", False, "2026-12-18"),
        ("2026-11-16", "三十一", False, None),
        ("2026-12-16", "明天", False, None),
    ],
)
def test_another_day_of_the_same_month(before: str, said: str, moon: bool, after: str | None) -> None:
    assert times.same_month(before, said, moon=moon) == after


@given(st.text(alphabet="柳树村二组初八十号下午点桌块元人138000 0001到明天宋建国", max_size=30))
def test_no_sentence_breaks_it(said: str) -> None:
    found = spot(form(), said, KNOWN)
    assert "guests" not in found
    assert all(one.said in said for one in found.values())
