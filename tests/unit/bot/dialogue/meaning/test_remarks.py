"""Sentences of their own give way to a service that a town offers for the same thing."""

import pytest

from bot.dialogue.meaning import remarks

ROOMS = ("活动室", "会议室", "礼堂", "活动中心", "文化广场", "场地", "大院", "戏台", "教室", "议事厅")
THINGS = ("桌子", "椅子", "板凳", "炊具", "大锅", "蒸笼", "碗筷")


@pytest.mark.parametrize(
    ("thing", "name"), [*((one, "borrow_room") for one in ROOMS), *((o, "borrow") for o in THINGS)]
)
def test_what_is_lent_here_is_lent_and_what_is_not_has_its_answer(thing: str, name: str) -> None:
    said = f"想借{thing}"
    assert remarks.find(said, is_cadre=False) == name
    assert remarks.find(said, is_cadre=False, offered=["修路灯", "开证明"]) == name
    assert remarks.find(said, is_cadre=False, offered=["修路灯", f"借用{thing}"]) == ""


@pytest.mark.parametrize("example", ["浇地排个号", "机井轮到谁了，给俺排上", "浇麦子领号"])
def test_an_example_that_says_the_same_shows_that_it_is_offered(example: str) -> None:
    assert remarks.find("浇地排个号", is_cadre=False) == "queue"
    assert remarks.find("浇地排个号", is_cadre=False, offered=["修路灯", example]) == ""
