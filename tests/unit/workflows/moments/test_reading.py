"""Times as people say them, by table; today is Sunday 2026-11-22, nine o'clock (the 14th of the tenth lunar month)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township import lunar
from township.clock import SHANGHAI
from workflows.moments.reading import Kind, Lean, Moment, find, read, read_day

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI)

DAYS = {
    "明天": "2026-11-23",
    "大后天": "2026-11-25",
    "夜来": "2026-11-21",
    "下礼拜二": "2026-11-24",
    "这周日": "2026-11-22",
    "下下周三": "2026-12-02",
    "周五": "2026-11-27",
    "27号": "2026-11-27",
    "十五号": "2026-12-15",
    "11月25日": "2026-11-25",
    "三月一号": "2027-03-01",
    "2027年1月3日": "2027-01-03",
    "2027-1-3": "2027-01-03",
    "20270103": "2027-01-03",
    "27年元月3号": "2027-01-03",
    "二〇二七年一月三日": "2027-01-03",
    "下月初八": "2026-12-16",
    "冬月十八": "2026-12-26",
    "腊月廿三": "2027-01-30",
    "正月初六": "2027-02-11",
    "农历十月二十": "2026-11-28",
    "大年初一": "2027-02-06",
    "除夕": "2027-02-05",
    "元宵节": "2027-02-20",
    "冬至": "2026-12-22",
    "国庆节": "2027-10-01",
    "国庆后第二天": "2027-10-09",
    "国庆节过后第二天": "2027-10-09",
    "国庆长假后第一天": "2027-10-08",
    "国庆后的第一个星期一": "2027-10-11",
    "明年五一后第一天": "2027-05-06",
    "春节后第三天": "2027-02-15",
    "元旦后第二天": "2027-01-03",
    "春节前一天": "2027-02-05",
    "明年清明": "2027-04-05",
    "三天后": "2026-11-25",
    "两天前": "2026-11-20",
    "本月最后一天": "2026-11-30",
    "12月的第一个星期天": "2026-12-06",
    "6月1日周六": "2027-06-01",
    "2024年闰二月": "",
    "2027年2月29日": "",
    "13月5日": "",
    "公元前221年": "",
    "最晚周五": "2026-11-27",
    "12.5号": "2026-12-05",
    "12-5号": "2026-12-05",
    "3-7-2027": "2027-07-03",
    "下个月头一个礼拜天": "2026-12-06",
    "12月最后一个周五": "2026-12-25",
    "第一个星期一": "2026-12-07",
    "国庆第三天": "2027-10-03",
    "第三天": "2026-11-24",
    "二月二龙抬头": "2027-03-09",
    "五一劳动节": "2027-05-01",
    "三年前的今天": "2023-11-22",
    "两个月后的今天": "2027-01-22",
    "去年的今天": "2025-11-22",
    "前一天": "2026-11-21",
}
HOURS = {
    "下礼拜二下午三点半": "2026-11-24 15:30",
    "明早八点": "2026-11-23 08:00",
    "明天 下午 5:00": "2026-11-23 17:00",
    "后天上午十点一刻": "2026-11-24 10:15",
    "今晚差五分八点": "2026-11-22 19:55",
    "今天晚上十二点": "2026-11-23 00:00",
    "晚上一点": "2026-11-23 01:00",
    "中午一点": "2026-11-22 13:00",
    "凌晨十二点半": "2026-11-23 00:30",
    "冬月初八晌午十二点": "2026-12-16 12:00",
    "半小时后": "2026-11-22 09:30",
    "八点": "2026-11-22 20:00",
    "明天八点差五分": "2026-11-23 07:55",
    "明天8pm": "2026-11-23 20:00",
    "明天8:30 am": "2026-11-23 08:30",
    "2026-12-03T08:00": "2026-12-03 08:00",
    "12-03 20:01": "2026-12-03 20:01",
    "12月3日11:00时": "2026-12-03 11:00",
    "明天这个时候": "2026-11-23 09:00",
    "十点": "2026-11-22 10:00",
}
RANGES = {
    "下周": ("2026-11-23", "2026-11-30"),
    "周末": ("2026-11-21", "2026-11-23"),
    "12月3日到5日": ("2026-12-03", "2026-12-06"),
    "3到5号": ("2026-12-03", "2026-12-06"),
    "12月25日到1月3日": ("2026-12-25", "2027-01-04"),
    "冬月初八到初十": ("2026-12-16", "2026-12-19"),
    "周一至周五": ("2026-11-23", "2026-11-28"),
    "明天上午9点到下午5点": ("2026-11-23 09:00", "2026-11-23 17:00"),
    "明天晚上十一点到两点": ("2026-11-23 23:00", "2026-11-24 02:00"),
    "明天下午七八点": ("2026-11-23 19:00", "2026-11-23 21:00"),
    "12月上旬": ("2026-12-01", "2026-12-11"),
    "年底": ("2026-11-01", "2027-01-01"),
    "明年第一季度": ("2027-01-01", "2027-04-01"),
    "三天内": ("2026-11-22 09:00", "2026-11-25 09:00"),
    "周五以前": ("2026-11-22 09:00", "2026-11-28"),
    "从今天起到月底": ("2026-11-22", "2026-12-01"),
    "周五晚上七点到九点": ("2026-11-27 19:00", "2026-11-27 21:00"),
    "周三和周五之间": ("2026-11-25", "2026-11-28"),
    "接下来的一个月": ("2026-11-22 09:00", "2026-12-22 09:00"),
    "过去的24小时": ("2026-11-21 09:00", "2026-11-22 09:00"),
    "元旦前": ("2026-11-22 09:00", "2027-01-01"),
    "除夕前": ("2026-11-22 09:00", "2027-02-05"),
    "到元旦": ("2026-11-22 09:00", "2027-01-02"),
    "五一到五三": ("2027-05-01", "2027-05-04"),
    "年前": ("2026-11-22 09:00", "2027-02-06"),
    "明天后半晌": ("2026-11-23 12:00", "2026-11-23 18:00"),
    "前一天晚上": ("2026-11-21 18:00", "2026-11-22"),
    "第二季度": ("2026-04-01", "2026-07-01"),
    "08年": ("2008-01-01", "2009-01-01"),
    "明年后三个月": ("2027-10-01", "2028-01-01"),
    "8月7号晚": ("2027-08-07 18:00", "2027-08-08"),
}
LENGTHS = {
    "三天": 3 * 1440,
    "一个半小时": 90,
    "两个钟头": 120,
    "半天": 720,
    "半个月": 15 * 1440,
    "三年半": 1277.5 * 1440,
    "一个星期又三天": 10 * 1440,
    "三五天": 3 * 1440,
}


def one(text: str, lean: Lean = Lean.NEXT) -> Moment:
    found = read(text, NOW, lean)
    assert found is not None, text
    return found


def said(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day_is_read_as_people_mean_it(text: str, day: str) -> None:
    assert str(read_day(text, NOW.date()) or "") == day


@pytest.mark.parametrize(("text", "hour"), HOURS.items())
def test_an_hour_is_read_with_its_day(text: str, hour: str) -> None:
    found = one(text)
    assert f"{found.start:%Y-%m-%d %H:%M}" == hour
    assert found.has_hour or found.length


@pytest.mark.parametrize(("text", "ends"), RANGES.items())
def test_a_range_has_two_ends(text: str, ends: tuple[str, str]) -> None:
    found = one(text, Lean.THIS if text == "周末" else Lean.NEXT)
    assert (said(found.start), said(found.end)) == ends


@pytest.mark.parametrize(("text", "minutes"), LENGTHS.items())
def test_a_length_is_measured(text: str, minutes: float) -> None:
    found = one(text)
    assert found.kind is Kind.LENGTH
    assert found.length is not None
    assert found.length.seconds == minutes * 60


@pytest.mark.parametrize("text", ["每个月一号", "每月15号", "每年三月十二日", "每天早上七点", "每周二", "每两周"])
def test_what_comes_round_is_known_as_such(text: str) -> None:
    assert one(text).kind is Kind.EVERY


@pytest.mark.parametrize(
    "text", ["早日修好", "早晚得修", "早点来", "晚会", "建村70周年", "3-5个人", "每个村", "这个点"]
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert read(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "past", "this", "after"),
    [
        ("周三", "2026-11-18", "2026-11-18", "2026-11-25"),
        ("29号", "2026-10-29", "2026-11-29", "2026-11-29"),
        ("三月", "2026-03-01", "2026-03-01", "2027-03-01"),
        ("腊月初八", "2026-01-26", "2027-01-15", "2027-01-15"),
    ],
)
def test_what_comes_round_is_the_last_this_or_the_next_one(text: str, past: str, this: str, after: str) -> None:
    assert [said(one(text, lean).start) for lean in Lean] == [past, this, after]


@pytest.mark.parametrize(
    "text",
    ["停水", "三组", "25点", "八十三岁", "", "一家一户", "我的电话是888-000-9999", "2月30日", "改天", "有一点疼"],
)
def test_other_words_are_no_time(text: str) -> None:
    assert find(text, NOW) == []


def test_each_time_of_a_text_is_found_where_it_stands() -> None:
    text = "原定 12 月 3 号，改到12月5号下午两点"
    first, second = find(text, NOW)
    assert text[slice(*first.at)] == "12 月 3 号"
    assert text[slice(*second.at)] == "12月5号下午两点"


def test_traditional_characters_and_wide_figures_are_read() -> None:
    assert read_day("下個禮拜二", NOW.date()) == date(2026, 11, 24)
    assert said(one("明天１５：３０").start) == "2026-11-23 15:30"


def test_what_comes_round_again_is_marked() -> None:
    assert one("每周六上午9点").kind is Kind.EVERY


@pytest.mark.parametrize(("today", "day"), [("2026-10-05", "2026-10-09"), ("2026-10-10", "2027-10-09")])
def test_after_a_holiday_is_after_the_one_that_is_on(today: str, day: str) -> None:
    assert str(read_day("国庆后第二天", date.fromisoformat(today))) == day


@given(st.dates(date(2026, 11, 22), date(2027, 11, 10)))
def test_every_day_of_a_year_is_read_in_both_calendars(day: date) -> None:
    assert read_day(f"{day.month}月{day.day}日", NOW.date()) == day
    assert read_day(f"{day:%Y-%m-%d}", NOW.date()) == day
    name = lunar.name_of(day)
    if not name.startswith("闰"):
        assert read_day(f"农历{name}", NOW.date()) == day


@given(
    st.text(
        alphabet="今明后天日号月年一二三四五六七八九十点半上下午晚早周星期从到前后初廿正腊0123456789:-/ ", max_size=24
    )
)
def test_no_text_breaks_the_reader(text: str) -> None:
    for found in find(text, NOW):
        assert 0 <= found.at[0] < found.at[1] <= len(text)
        if found.start and found.end and found.kind is Kind.POINT:
            assert found.start < found.end <= found.start + timedelta(days=40000)
