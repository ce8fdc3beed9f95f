"""The code of a paper is found in what people send, and other numbers are let be."""

import pytest

from bot.dialogue.meaning.paper_codes import VerifyCode, recognise
from workflows.seals import codes

CODE = "7K3M-9QXD-TT2P"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.lower(),
        "7K3M9QXDTT2P",
        " 7k3m 9qxd tt2p ",
        "７Ｋ３Ｍ－９ＱＸＤ－ＴＴ２Ｐ",
        f"帮我看看这张证明是真的不 {CODE}",
        f"核验 {CODE.replace('-', '')}。",
        f"{CODE} 真的假的？",
    ],
)
def test_a_code_is_found(text: str) -> None:
    found = recognise(text)
    assert isinstance(found, VerifyCode)
    assert codes.hash_of(found.code) == codes.hash_of(CODE)


@pytest.mark.parametrize(
    "text",
    ["路灯坏了", "同意 A7K2", "我的快递SF1234567890不见了", "电话13800000001", "A7K2", "", "卡号 6222 0210 0112 3456"],
)
def test_other_words_are_let_be(text: str) -> None:
    assert recognise(text) is None
