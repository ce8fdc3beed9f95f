import pytest

from township.pinyin import reading, readings


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("银行", "yin hang"),
        ("人行道", "ren xing dao"),
        ("重庆银行", "chong qing yin hang"),
        ("高龄津贴", "gao ling jin tie"),
        ("a路1灯。", "lu deng"),
        ("绿", "lv"),
        ("", ""),
    ],
)
def test_characters_are_read_as_in_the_phrase_they_stand_in(text: str, read: str) -> None:
    assert " ".join(readings(text)) == read


def test_a_character_alone_has_its_commonest_reading() -> None:
    assert reading("行") == "xing"
    assert reading("a") == ""
