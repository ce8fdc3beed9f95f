"""Every kind of field: what people say, what is kept, what is said back; today is Sunday 2026-11-22."""

from datetime import datetime
from typing import Any

import pytest

from township.clock import SHANGHAI
from township.errors import Mistake
from workflows import forms
from workflows.definition import FormField
from workflows.house import texts

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI)
KNOWN = forms.Known(
    NOW.date(),
    {"柳树村": "liushu"},
    {"宋建国": ("p1",), "王强": ("p2", "p3")},
    {"三组王家": ("h1",), "老李家": ("h2", "h3")},
    now=NOW,
)


def spec(kind: str, **more: Any) -> FormField:
    return FormField.model_validate({"kind": kind, "name": "这一项", **more})


COLOURS = spec(
    "choice", options={"red": {"name": "红色", "words": ["朱红"]}, "blue": {"name": "蓝色"}, "green": {"name": "绿色"}}
)
KINDS: list[tuple[FormField, Any, Any, str]] = [
    (spec("date"), "下月初八", "2026-12-16", "12月16日（周三）"),
    (spec("date"), "十八", "2026-12-18", "12月18日（周五）"),
    (spec("date"), "国庆后第二天", "2027-10-09", "10月9日（周六）"),
    (spec("date", past=True), "周三", "2026-11-18", "11月18日（周三）"),
    (spec("date", market=[3, 8]), "逢集那天", "2026-11-26", "11月26日（周四）"),
    (spec("time"), "下午三点半", "15:30", "15:30"),
    (spec("time"), "9点", "09:00", "09:00"),
    (spec("time"), "8点半左右", "08:30", "08:30"),
    (spec("time"), "三点一刻", "15:15", "15:15"),
    (spec("time"), "晌午", "12:00", "12:00"),
    (spec("moment"), "下礼拜二下午三点半", "2026-11-24T15:30", "11月24日（周二） 15:30"),
    (
        spec("period"),
        "冬月初八到初十",
        {"from": "2026-12-16", "to": "2026-12-18"},
        "12月16日（周三） 到 12月18日（周五）",
    ),
    (
        spec("period"),
        "明天上午9点到11点",
        {"from": "2026-11-23T09:00", "to": "2026-11-23T11:00"},
        "11月23日（周一） 09:00 到 11月23日（周一） 11:00",
    ),
    (spec("duration"), "一个半小时", 90, "90 分钟"),
    (spec("duration"), "三天", 4320, "3 天"),
    (spec("number", unit=["桌"]), "大概二十桌左右", 20, "20 桌"),
    (spec("money"), "三百块左右", 30000, "300 元"),
    (spec("phone"), "幺三八零零零零零零零幺", "13800000001", "13800000001"),
    (spec("household"), "三组王家", "h1", "h1"),
    (
        spec("place"),
        "柳树村三组桥头",
        {"text": "柳树村三组桥头", "village": "liushu", "group": "三组"},
        "柳树村三组桥头",
    ),
    (spec("signature"), "abc", ["abc"], "已签名"),
    (spec("yes_no"), "中", True, "是"),
    (spec("yes_no"), "不用了", False, "否"),
    (spec("yes_no", name="带不带伞"), "带", True, "是"),
    (spec("yes_no", name="带不带伞"), "带上吧", True, "是"),
    (spec("yes_no", name="带不带伞"), "不是，不带", False, "否"),
    (spec("yes_no", name="有没有证"), "没有", False, "否"),
    (spec("number", unit=["把"]), "仨", 3, "3 把"),
    (spec("number"), "八岁", 8, "8"),
    (spec("money"), "三千二", 320000, "3200 元"),
    (spec("money"), "十万八千", 10800000, "108000 元"),
    (COLOURS, "第三个", "green", "绿色"),
    (COLOURS, "蓝的", "blue", "蓝色"),
    (COLOURS, "要朱红的", "red", "红色"),
]


@pytest.mark.parametrize(("field", "said", "kept", "back"), KINDS, ids=[f"{one[0].kind}-{one[1]}" for one in KINDS])
def test_a_kind_is_read_kept_and_said_back(field: FormField, said: Any, kept: Any, back: str) -> None:
    value = forms.read("it", field, said, KNOWN)
    assert value == kept
    assert forms.say_back(field, value, texts()) == back


@pytest.mark.parametrize(("field", "said", "kept", "back"), KINDS, ids=[f"{one[0].kind}-{one[1]}" for one in KINDS])
def test_what_is_kept_is_read_as_itself(field: FormField, said: Any, kept: Any, back: str) -> None:
    assert forms.read("it", field, kept, KNOWN) == kept


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("date", "改天"),
        ("date", "下周"),
        ("time", "明天"),
        ("moment", "明天"),
        ("period", "那几天"),
        ("duration", "很久"),
        ("id_number", "110105199913310021"),
        ("signature", []),
        ("rows", ""),
    ],
)
def test_what_is_no_value_of_its_kind_names_the_field(kind: str, said: Any) -> None:
    with pytest.raises(Mistake) as caught:
        forms.read("it", spec(kind), said, KNOWN)
    assert caught.value.code == f"not_a_{kind}"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (spec("number", unit=["把"]), "两三把"),
        (spec("number"), "十来个"),
        (spec("duration"), "三四天"),
        (spec("duration"), "两三个小时"),
        (spec("money"), "-5元"),
        (spec("yes_no", name="带不带伞"), "带不带都行"),
        (spec("yes_no", name="带不带伞"), "是，不带"),
        (COLOURS, "红色吧要不蓝色"),
        (COLOURS, "绿色还是蓝色好"),
        (COLOURS, "第四个"),
        (COLOURS, "色的"),
    ],
)
def test_what_may_mean_several_is_asked_again_and_not_guessed(field: FormField, said: str) -> None:
    with pytest.raises(Mistake, match="not_a_"):
        forms.read("it", field, said, KNOWN)


def test_of_two_households_of_one_name_one_is_asked_for() -> None:
    with pytest.raises(Mistake, match="which_household"):
        forms.read("it", spec("household"), "老李家", KNOWN)


GUESTS = spec(
    "rows",
    rows={
        "name": {"kind": "text", "name": "姓名"},
        "age": {"kind": "number", "name": "年龄", "unit": ["岁"]},
        "gift": {"kind": "money", "name": "礼金", "optional": True},
    },
)


def test_rows_are_said_one_a_line_or_given_as_a_table() -> None:
    rows = [{"name": "赵兰", "age": 70}, {"name": "王芳", "age": 8, "gift": 10000}]
    assert forms.read("it", GUESTS, "赵兰，七十岁；王芳 8 一百块", KNOWN) == rows
    assert (
        forms.read("it", GUESTS, [{"name": "赵兰", "age": "70"}, {"name": "王芳", "age": 8, "gift": 10000}], KNOWN)
        == rows
    )


def test_a_row_that_lacks_a_column_is_named() -> None:
    with pytest.raises(Mistake) as caught:
        forms.read("it", GUESTS, "赵兰，七十；王芳", KNOWN)
    assert (caught.value.code, caught.value.values["row"], caught.value.values["column"]) == (
        "row_incomplete",
        2,
        "年龄",
    )


DERIVED = {
    "tables": spec("number"),
    "guests": spec("number", value="tables * 10"),
    "born": spec("date", past=True),
    "age": spec("number", value="born.age"),
    "id": spec("id_number"),
    "born_by_id": spec("date", value="id.birthday"),
    "kind": spec(
        "choice", options={"full": {"name": "全额", "amount": 620}, "half": {"name": "半额", "amount": 310.5}}
    ),
    "months": spec("number"),
    "due": spec("money", value="kind.amount * months"),
    "stay": spec("period"),
    "nights": spec("number", value="stay.days - 1"),
    "guest_list": GUESTS,
    "gifts": spec("money", value="guest_list.gift"),
    "heads": spec("number", value="guest_list.count"),
}


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"tables": "20"}, "guests", 200),
        ({"born": "1954-11-22"}, "age", 72),
        ({"born": "1954-11-23"}, "age", 71),
        ({"id": "11010519491231002X"}, "born_by_id", "1949-12-31"),
        ({"kind": "半额", "months": 3}, "due", 93150),
        ({"stay": "12月3日到5日"}, "nights", 2),
        ({"guest_list": "赵兰 70 一百块；王芳 8 两百块"}, "gifts", 30000),
        ({"guest_list": "赵兰 70；王芳 8"}, "heads", 2),
    ],
)
def test_a_derived_value_follows_from_what_is_known(given: dict[str, Any], name: str, value: Any) -> None:
    assert forms.read_all(DERIVED, given, KNOWN)[name] == value


def test_what_is_derived_is_never_asked_nor_taken_from_outside() -> None:
    assert "guests" not in forms.missing(DERIVED, {})
    assert forms.read_all(DERIVED, {"guests": 7}, KNOWN) == {}
    assert forms.read_all(DERIVED, {"guests": 7, "tables": 2}, KNOWN)["guests"] == 20


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("phone", "５３３－１２３４", "5331234"),
        ("id_number", "１１０１０１１９９００３０７８０３Ｘ", "11010119900307803X"),
        ("yes_no", "有的有的", True),
        ("yes_no", "没有没有", False),
        ("yes_no", "木有", False),
        ("number", "二十来桌", 20),
    ],
)
def test_signs_of_the_other_width_and_words_said_twice_are_read(kind: str, said: str, kept: Any) -> None:
    field = spec(kind, **({"unit": ["桌"]} if kind == "number" else {}))
    assert forms.read("it", field, said, KNOWN) == kept
