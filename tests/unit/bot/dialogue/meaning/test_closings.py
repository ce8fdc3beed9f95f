"""What people say when they were asked whether it is mended, read clause by clause."""

import time

import pytest

from bot.dialogue.meaning.closings import read


@pytest.mark.parametrize(
    "said",
    [
        "水来了", "灯亮了", "有水了", "好了，谢谢", "嗯，亮堂了", "都好了", "谢谢恁，修得真快", "来水了来水了",
        "总算来水了", "垃圾拉走了", "修过了", "挺好", "没问题了", "通了，麻烦恁了", "好着呢", "不漏了",
        "俺家水又有了", "换了新灯泡了", "中，办得利索", "井盖盖上了", "能走了", "修好了师傅来得真快",
    ],
)  # fmt: skip
def test_that_it_is_mended_is_a_yes(said: str) -> None:
    found = read(said)
    assert (bool(found.fixed), found.not_fixed, found.rest) == (True, "", "")


@pytest.mark.parametrize(
    "said",
    [
        "没好", "还没好呢", "没有", "还没", "水还没来", "路灯还是不亮", "还是没水", "没来水啊", "修了个啥，还是黑的",
        "灯没亮", "没人来", "亮了两天又灭了", "好了一半", "水是来了，就是小得很", "修了跟没修一样", "好啥好",
        "水来了一会又停了", "没修彻底", "到现在也没来人", "水来是来了，黄得没法喝", "垃圾还堆着", "又漏了", "没动静",
        "来了看了看又走了", "骗人",
    ],
)  # fmt: skip
def test_that_it_is_not_mended_is_a_no(said: str) -> None:
    found = read(said)
    assert (found.fixed, bool(found.not_fixed), found.rest) == ("", True, "")


@pytest.mark.parametrize(
    "said",
    [
        "村西头路灯也坏了", "谢谢", "好的", "到哪了", "啥时候来", "水啥时候来", "三组停水了", "你好", "俺要开证明",
        "修好了没", "来了没", "路灯好了没", "谁修的", "不知道", "高龄津贴发了没", "不用来了", "俺娘还没领到钱",
        "俺家没有低保", "钱还没发", "那条路能走了吗", "医保交了",
    ],
)  # fmt: skip
def test_what_says_neither_answers_nothing(said: str) -> None:
    found = read(said)
    assert (found.fixed, found.not_fixed) == ("", "")


def test_of_two_things_one_may_be_mended_and_the_other_not() -> None:
    found = read("灯好了，水还没来，谢谢")
    assert (found.fixed, found.not_fixed) == ("灯好了", "水还没来")


@pytest.mark.parametrize("said", ["好了，又坏了", "水来了，又停了", "修好了，没两天又漏了"])
def test_what_held_for_a_while_is_not_mended(said: str) -> None:
    assert read(said).fixed == ""
    assert read(said).not_fixed


@pytest.mark.parametrize("said", ["现在" * 200, "又又" * 28, "俺家" * 28 + "了", "，".join(["还"] * 30)])
def test_no_message_takes_long_to_read(said: str) -> None:
    began = time.thread_time()
    read(said)
    assert time.thread_time() - began < 0.2
