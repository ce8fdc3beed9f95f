"""What a picture of another chat says: bubbles as matters, without the names, times and buttons around them."""

from bot.dialogue.offices.screenshots import said_in

LINES = [
    "09:41",
    "柳树村一家亲(132)",
    "昨天 18:22",
    "张三",
    "桥头井盖又没了",
    "掉进人去咋整",
    "李四：",
    "@村委 三组停水两天了咋回事",
    "刘五",
    "哈哈哈哈",
    "今晚谁家打牌",
    "按住 说话",
]


def test_each_bubble_is_a_matter_and_nobody_is_named() -> None:
    assert said_in(LINES) == ["桥头井盖又没了掉进人去咋整", "三组停水两天了咋回事", "今晚谁家打牌"]


def test_names_that_are_known_are_taken_out_of_what_was_said() -> None:
    assert said_in(["张三", "陈文说桥头路灯坏了没人管"], {"陈文"}) == ["说桥头路灯坏了没人管"]


def test_a_picture_of_nothing_says_nothing() -> None:
    assert said_in(["09:41", "发送", "张三"]) == []
