"""How a cadre asks for a link: which work is meant, and who is to do it."""

import pytest

from bot.dialogue.offices.handing import Wish, read


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("3 链接 张师傅", Wish((3,), "", "张师傅", takes_back=False)),
        ("3 给张师傅发个链接", Wish((3,), "", "张师傅", takes_back=False)),
        ("3、5 号链接给老赵", Wish((3, 5), "", "老赵", takes_back=False)),
        ("链接 A7K2 张师傅", Wish((), "A7K2", "张师傅", takes_back=False)),
        ("a7k2 给刘护士一个链接", Wish((), "A7K2", "刘护士", takes_back=False)),
        ("给清运的李师傅发个链接", Wish((), "", "清运的李师傅", takes_back=False)),
        ("给3号发个链接", Wish((3,), "", "", takes_back=False)),
        ("链接里让填 4 位数", Wish((), "", "里让填4位数", takes_back=False)),
        ("3 给王发财开个链接", Wish((3,), "", "王发财", takes_back=False)),
        ("收回3的链接", Wish((3,), "", "", takes_back=True)),
        ("3 链接 13800000000", Wish((3,), "", "13800000000", takes_back=False)),
    ],
)
def test_what_is_asked_for(text: str, wish: Wish) -> None:
    assert read(text) == wish
