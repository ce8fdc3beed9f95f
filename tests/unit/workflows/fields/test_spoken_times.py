"""How villagers say when: what a field keeps of it, and what must be asked; it is Monday 2026-11-23, nine o'clock."""

from datetime import datetime
from typing import Any

import pytest

from township.clock import SHANGHAI
from township.errors import Mistake
from workflows import forms
from workflows.definition import FormField
from workflows.fields import mistakes
from workflows.fields.spotting import spot

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
KNOWN = forms.Known(NOW.date(), {}, {}, {}, now=NOW)
ASKED = None

DAYS = {
    "一个礼拜以后": "2026-11-30",
    "两个月以后": "2027-01-23",
    "一年后": "2027-11-23",
    "二月二": "2027-03-09",
    "三月三": "2027-04-09",
    "八月十五": "2027-09-15",
    "八月十五号": "2027-08-15",
    "九月九": "2027-10-08",
    "下月十六": "2026-12-16",
    "12.16": "2026-12-16",
    "下礼拜二": "2026-12-01",
    "下下个礼拜三": "2026-12-09",
    "这个礼拜天": "2026-11-29",
    "礼拜六": "2026-11-28",
    "后儿个": "2026-11-25",
    "大后儿个": "2026-11-26",
    "后儿个晌午": "2026-11-25",
    "明儿个": "2026-11-24",
    "过了明天": "2026-11-25",
    "国庆后第二天": "2027-10-09",
    "元旦前一天": "2026-12-31",
    "冬至那天": "2026-12-22",
    "明年清明": "2027-04-05",
    "三八妇女节": "2027-03-08",
    "腊月二十三": "2027-01-30",
    "腊八": "2027-01-15",
    "腊月三十": "2027-02-05",
    "年三十": "2027-02-05",
    "大年初二": "2027-02-07",
    "正月初六": "2027-02-11",
    "正月十五": "2027-02-20",
    "过了年初八": "2027-02-13",
    "冬月十八": "2026-12-26",
    "农历冬月廿六": "2027-01-03",
    "阴历十一月初八": "2026-12-16",
    "二十五号": "2026-11-25",
    "十二月十四": "2026-12-14",
    "下个月十五号": "2026-12-15",
    "这个月最后一天": "2026-11-30",
    "三天后": "2026-11-26",
    "2月30号": ASKED,
    "11月31号": ASKED,
    "过两天": ASKED,
    "得空的时候": ASKED,
}
PAST_DAYS = {
    "夜来": "2026-11-22",
    "夜儿个": "2026-11-22",
    "前儿个": "2026-11-21",
    "大前天": "2026-11-20",
    "上个礼拜五": "2026-11-20",
    "上月二十号": "2026-10-20",
    "去年腊月二十": "2026-02-07",
}
HOURS = {
    "0点": "00:00",
    "下午三点半": "15:30",
    "后晌四点": "16:00",
    "晌午头十二点": "12:00",
    "早起六点半": "06:30",
    "夜里十一点": "23:00",
    "黑了八点": "20:00",
    "黑家七点": "19:00",
    "傍黑六点": "18:00",
    "晚上差一刻九点": "20:45",
    "晚上九点过五分": "21:05",
    "下午两点一刻": "14:15",
    "半夜十二点": "00:00",
}
MOMENTS = {
    "下礼拜二下午三点半": "2026-12-01T15:30",
    "仨钟头以后": "2026-11-23T12:00",
    "俩钟头后": "2026-11-23T11:00",
    "半个钟头以后": "2026-11-23T09:30",
    "一个半小时以后": "2026-11-23T10:30",
    "今晚七点": "2026-11-23T19:00",
    "今黑家七点": "2026-11-23T19:00",
    "明儿一早七点": "2026-11-24T07:00",
    "大后天凌晨两点": "2026-11-26T02:00",
    "冬月初八上午十点": "2026-12-16T10:00",
    "腊月二十三晚上六点半": "2027-01-30T18:30",
    "12月1日14时": "2026-12-01T14:00",
    "后儿个晌午": ASKED,
}
PERIODS: dict[str, tuple[str, str] | None] = {
    "3号到5号": ("2026-12-03", "2026-12-05"),
    "从明天起三天": ("2026-11-24", "2026-11-26"),
    "国庆七天": ("2027-10-01", "2027-10-07"),
    "25到27": ("2026-11-25", "2026-11-27"),
    "明后两天": ("2026-11-24", "2026-11-25"),
    "28号到3号": ("2026-11-28", "2026-12-03"),
    "12月28号到1月3号": ("2026-12-28", "2027-01-03"),
    "冬月初八到初十": ("2026-12-16", "2026-12-18"),
    "腊月二十八到正月初六": ("2027-02-04", "2027-02-11"),
    "腊月初八到初十": ("2027-01-15", "2027-01-17"),
    "腊月二十八到初三": ("2027-02-04", "2027-02-08"),
    "正月初六到十五": ("2027-02-11", "2027-02-20"),
    "12月3号到5": ("2026-12-03", "2026-12-05"),
    "3到5号": ("2026-12-03", "2026-12-05"),
    "28到3号": ("2026-11-28", "2026-12-03"),
    "周五到下周二": ("2026-11-27", "2026-12-01"),
    "仨礼拜以内": ("2026-11-23T09:00", "2026-12-14T09:00"),
    "这个月底前": ("2026-11-23T09:00", "2026-12-01T00:00"),
    "今儿到后儿": ("2026-11-23", "2026-11-25"),
    "明天上午9点到下午2点": ("2026-11-24T09:00", "2026-11-24T14:00"),
    "明天上午11点到2点": ("2026-11-24T11:00", "2026-11-24T14:00"),
    "明晚十点到六点": ("2026-11-24T22:00", "2026-11-25T06:00"),
    "早上八点到五点": ("2026-11-24T08:00", "2026-11-24T17:00"),
    "12月14号到10号": ASKED,
    "12月14到10号": ASKED,
    "12月14号到12月10号": ASKED,
    "14号到10号": ASKED,
    "12月14号到10月2号": ASKED,
    "2026年12月14日到2026年12月10日": ASKED,
    "2026-12-14到2026-12-10": ASKED,
    "腊月初八到初三": ASKED,
    "下周三到这周五": ASKED,
    "后天到明天": ASKED,
    "明天下午三点到两点": ASKED,
    "5月到3月": ASKED,
}
LENGTHS = {"仨钟头": 180, "俩礼拜": 20160, "一天半": 2160, "仨月": 129600, "个把月": ASKED}


def _period(ends: tuple[str, str] | None) -> Any:
    return {"from": ends[0], "to": ends[1]} if ends else ASKED


EVERY = [
    *(("date", {}, said, kept) for said, kept in DAYS.items()),
    *(("date", {"past": True}, said, kept) for said, kept in PAST_DAYS.items()),
    *(("time", {}, said, kept) for said, kept in HOURS.items()),
    *(("moment", {}, said, kept) for said, kept in MOMENTS.items()),
    *(("period", {}, said, _period(ends)) for said, ends in PERIODS.items()),
    *(("duration", {}, said, kept) for said, kept in LENGTHS.items()),
]


@pytest.mark.parametrize(("kind", "more", "said", "kept"), EVERY, ids=[f"{one[0]}-{one[2]}" for one in EVERY])
def test_what_people_say_is_kept_as_they_mean_it(kind: str, more: dict[str, Any], said: str, kept: Any) -> None:
    field = FormField.model_validate({"kind": kind, "name": "这一项", **more})
    try:
        found = forms.read("it", field, said, KNOWN)
    except Mistake:
        found = ASKED
    assert found == kept


@pytest.mark.parametrize(
    ("first", "last", "is_right"),
    [
        ("2026-12-14", "2026-12-10", False),
        ("2026-12-14T15:00", "2026-12-14T14:00", False),
        ("2026-12-14", "2026-12-14", True),
        ("2026-12-14T15:00", "2026-12-14", True),
        ("2026-12-14", "2026-12-14T09:00", True),
    ],
)
def test_a_period_of_a_page_is_not_kept_backwards_either(first: str, last: str, is_right: bool) -> None:
    field = FormField.model_validate({"kind": "period", "name": "用几天"})
    ends = {"from": first, "to": last}
    if is_right:
        assert forms.read("days", field, ends, KNOWN) == ends
        return
    with pytest.raises(Mistake) as caught:
        forms.read("days", field, ends, KNOWN)
    assert (caught.value.code, caught.value.values["field"]) == ("period_backwards", "days")
    assert "再说一遍" in mistakes.in_words(field, caught.value)


def test_a_range_that_runs_backwards_fills_no_field_of_a_sentence() -> None:
    form = {
        "days": FormField.model_validate({"kind": "period", "name": "用几天"}),
        "day": FormField.model_validate({"kind": "date", "name": "哪天"}),
    }
    assert spot(form, "12月14号到10号借桌子", KNOWN) == {}
