"""Fields are read, checked and said back; what cannot be read names its field."""

from datetime import date
from typing import Any

import pytest

from township.errors import Mistake
from workflows import forms
from workflows.definition import FormField
from workflows.house import texts

KNOWN = forms.Known(
    date(2026, 11, 23), {"柳树村": "liushu", "桃园村": "taoyuan"}, {"宋建国": ("p1",), "王强": ("p2", "p3")}
)
KINDS = {
    "options": {"lamp": {"name": "路灯", "words": ["灯", "灯不亮"]}, "road": {"name": "道路", "words": ["路", "坑"]}}
}


def spec(kind: str, **more: Any) -> FormField:
    return FormField.model_validate({"kind": kind, "name": "这一项", **more})


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  村口灯不亮 ", "村口灯不亮"),
        ("yes_no", "对的。", True),
        ("yes_no", "没有", False),
        ("number", "四十", 40),
        ("number", 3, 3),
        ("money", "三百块", 30000),
        ("date", "明天", "2026-11-24"),
        ("phone", "138 0000 0001", "13800000001"),
        ("phone", "533-1234", "5331234"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("person", "宋建国", "p1"),
        ("person", "p9", "p9"),
        ("place", "柳树村口", {"text": "柳树村口", "village": "liushu"}),
        ("place", "我家门口", {"text": "我家门口", "village": None}),
        ("place", {"text": "桥头", "village": "taoyuan"}, {"text": "桥头", "village": "taoyuan"}),
        ("photos", "abc", ["abc"]),
        ("file", ["a", "b"], ["a", "b"]),
    ],
)
def test_a_value_is_read(kind: str, raw: Any, value: Any) -> None:
    assert forms.read("it", spec(kind), raw, KNOWN) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text", "  "),
        ("yes_no", "也许"),
        ("number", "许多"),
        ("date", "改天"),
        ("phone", "12"),
        ("id_number", "110105194912310021"),
        ("photos", []),
        ("place", ""),
    ],
)
def test_what_cannot_be_read_is_a_mistake_that_names_the_field(kind: str, raw: Any) -> None:
    with pytest.raises(Mistake) as caught:
        forms.read("it", spec(kind), raw, KNOWN)
    assert caught.value.code == f"not_a_{kind}"
    assert caught.value.values["field"] == "it"


@pytest.mark.parametrize(
    ("raw", "key"), [("lamp", "lamp"), ("2", "road"), ("村口灯不亮了", "lamp"), ("路上有坑", "road"), ("路灯", "lamp")]
)
def test_a_choice_is_found_by_key_number_or_longest_word(raw: str, key: str) -> None:
    assert forms.read("kind", spec("choice", **KINDS), raw, KNOWN) == key


def test_two_people_of_one_name_are_asked_apart() -> None:
    with pytest.raises(Mistake) as caught:
        forms.read("to", spec("person"), "王强", KNOWN)
    assert caught.value.values["people"] == ("p2", "p3")


def test_limits_hold() -> None:
    with pytest.raises(Mistake, match="too_big"):
        forms.read("days", spec("number", least=1, most=10), "11", KNOWN)
    with pytest.raises(Mistake, match="too_small"):
        forms.read("days", spec("number", least=1, most=10), 0, KNOWN)


def test_an_unknown_field_is_a_mistake_and_blanks_are_left_out() -> None:
    form = {"what": spec("text"), "place": spec("place", optional=True), "why": spec("text", when="what is empty")}
    with pytest.raises(Mistake, match="unknown_field"):
        forms.read_all(form, {"whta": "x"}, KNOWN)
    assert forms.read_all(form, {"what": "灯", "place": ""}, KNOWN) == {"what": "灯"}
    assert forms.missing(form, {"what": "灯"}) == []
    assert forms.missing(form, {}) == ["what", "why"]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("money", 1250, "12.50 元"),
        ("money", 30000, "300 元"),
        ("date", "2026-11-25", "11月25日（周三）"),
        ("id_number", "11010519491231002X", "110***********002X"),
        ("yes_no", False, "否"),
        ("place", {"text": "桥头", "village": None}, "桥头"),
        ("photos", ["a", "b"], "2 张照片"),
        ("text", "灯", "灯"),
    ],
)
def test_a_value_is_said_back(kind: str, value: Any, said: str) -> None:
    assert forms.say_back(spec(kind), value, texts()) == said


def test_free_text_is_personal_and_a_kind_is_not() -> None:
    assert forms.is_personal(spec("text"))
    assert forms.is_personal(spec("number", sensitive=True))
    assert not forms.is_personal(spec("choice", **KINDS))
