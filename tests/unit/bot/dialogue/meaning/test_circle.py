"""What people say of the neighbours' circle, by rule."""

import pytest

from bot.dialogue.meaning.circle import Ask, Circle, recognise


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("在邻友圈夸夸小周，大雪天给俺送药", Circle(Ask.POST, "夸夸小周，大雪天给俺送药")),
        ("圈里夸夸网格员", Circle(Ask.POST, "夸夸网格员")),
        ("在圈里卖点鸡蛋，一块一个", Circle(Ask.POST, "卖点鸡蛋，一块一个")),
        (
            "邻居家的狗丢了，黄色的，看见的说一声，帮我发邻友圈",
            Circle(Ask.POST, "邻居家的狗丢了，黄色的，看见的说一声"),
        ),
        ("卖两只羊，请发到邻友圈里吧", Circle(Ask.POST, "卖两只羊")),
        ("邻友圈找我的狗，黄色的", Circle(Ask.POST, "找我的狗，黄色的")),
        ("圈里今天都说啥了", Circle(Ask.LOOK)),
        ("今天邻友圈有啥", Circle(Ask.LOOK)),
        ("圈里有人发新的没", Circle(Ask.LOOK)),
        ("邻居们在圈里都聊啥呢", Circle(Ask.LOOK)),
        ("看柳树村邻友圈", Circle(Ask.LOOK, "柳树村")),
        ("邻友圈发了多少", Circle(Ask.COUNT)),
        ("我的帖子怎么还没发出来", Circle(Ask.MINE)),
        ("俺发的那条帖子咋没人看", Circle(Ask.MINE)),
        ("把我刚才发圈里的那条删了", Circle(Ask.TAKE_BACK)),
        ("刚发的那条帖子不要了", Circle(Ask.TAKE_BACK)),
        ("刚发的那条不要了", Circle(Ask.TAKE_BACK)),
        ("把帖子撤了", Circle(Ask.TAKE_BACK)),
        ("删掉我刚发的帖子", Circle(Ask.TAKE_BACK)),
        ("我刚在邻友圈发的不要了", Circle(Ask.TAKE_BACK)),
        ("撤回我发的白菜那条", Circle(Ask.TAKE_BACK, "白菜")),
        ("把圈里的白菜那条撤了", Circle(Ask.TAKE_BACK, "白菜")),
        ("把我发到邻友圈的葱那条撤了吧", Circle(Ask.TAKE_BACK, "葱")),
    ],
)
def test_a_wish_is_read_however_it_is_put(said: str, expected: Circle) -> None:
    assert recognise(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "在圈里卖东西行不",
        "圈里找不着我的帖子",
        "我的帖子为啥删了",
        "你们把我帖子删了",
        "谁把我的帖子撤了",
        "刚发的那条通知不要了",
        "这个申请不要了",
        "帖子咋发",
        "猪圈里说是进了黄鼠狼",
    ],
)
def test_what_only_sounds_like_it_wants_nothing_of_the_circle(said: str) -> None:
    assert recognise(said) is None
