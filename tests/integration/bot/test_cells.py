"""Every msgtype in every situation: what is answered, whether a case is opened, and what is fetched.

The table for people is docs/reference/messages.md; how a frame is read is tested beside the wire.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.integration.bot.house import House
from workflows.models import cases

TABLE = Path(__file__).parents[3] / "docs/reference/messages.md"
LAMP = "俺家门口路灯坏了"
SENT: dict[str, dict[str, Any]] = {
    "text": {"text": LAMP},
    "picture": {"kind": "picture"},
    "richText": {"text": LAMP, "pictures": 1},
    "audio": {"text": LAMP, "voice": True},
    "video": {"kind": "video"},
    "file": {"file": ("单子.docx", b"x")},
    "unknownMsgType": {"kind": "unknownMsgType"},
}
SITUATIONS: dict[str, dict[str, Any]] = {
    "one-to-one": {},
    "group": {"group": "cidliushu="},
    "quoted": {"quote": "修好了吗"},
    "outsider": {"outsider": True},
    "quota exhausted": {"unheard": True},
}
FILED, UNHEARD, NOT_KNOWN = "路灯的事记下了", "没收到字", "533-1234"
#: What is said (nothing where empty), cases opened, attachments fetched.
Does = tuple[str, int, int]
KNOWN: dict[str, Does] = {
    "text": (FILED, 1, 0),
    "picture": ("是什么事", 0, 1),
    "richText": (FILED, 1, 1),
    "audio": (FILED, 1, 0),
    "video": ("是什么事", 0, 1),
    "file": ("要办什么事", 0, 0),
    "unknownMsgType": ("", 0, 0),
}
OF_OUTSIDERS: dict[str, Does] = dict.fromkeys(SENT, (NOT_KNOWN, 0, 0)) | {"unknownMsgType": ("", 0, 0)}


def rows_of_the_table() -> set[tuple[str, str]]:
    lines = [line.strip("|\n ").split("|") for line in TABLE.read_text("utf-8").splitlines() if line.startswith("|")]
    head = [cell.strip() for cell in lines[0][1:]]
    named = (re.fullmatch(r"\s*`(\w+)`\s*", line[0]) for line in lines[2 : 2 + len(SENT)])
    return {(name[1], situation) for name in named if name for situation in head}


def test_the_table_and_these_tests_have_the_same_cells() -> None:
    assert rows_of_the_table() == {(msgtype, situation) for msgtype in SENT for situation in SITUATIONS}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("msgtype", SENT)
async def test_a_cell(house: House, msgtype: str, situation: str) -> None:
    who = "x-0001" if situation == "outsider" else "v-0101"
    words, opened, fetched = {
        "outsider": OF_OUTSIDERS[msgtype],
        "quota exhausted": (UNHEARD, 0, 0),
    }.get(situation, KNOWN[msgtype])
    said = await house.says(who, **SENT[msgtype], **SITUATIONS[situation])
    assert len(said) == (1 if words else 0)
    assert words in "".join(said)
    assert len(await house.rows(cases)) == opened
    assert len(house.post.fetched) == fetched
    assert await house.inbox_states() == ["done"]


@pytest.mark.parametrize("msgtype", ["picture", "video"])
async def test_a_picture_or_video_is_kept_for_the_report_that_is_open(house: House, msgtype: str) -> None:
    await house.says("v-0101", LAMP)
    assert "放进 柳树 1 号" in await house.reply("v-0101", kind=msgtype)


async def test_a_sticker_while_words_are_waited_for_is_asked_about(house: House) -> None:
    await house.says("v-0101", LAMP)
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"问村民 {task.code} 是哪一根灯杆")
    assert "打字或者说话" in await house.reply("v-0101", kind="unknownMsgType")
    (case,) = await house.cases_of("v-0101")
    assert case.stage == "ask_back"


async def test_a_question_about_a_quoted_message_is_asked_of_its_words(house: House) -> None:
    assert "每月25日" in await house.reply("v-0101", "啥时候发", quote="高龄津贴")


async def test_a_recording_of_an_outsider_is_answered_like_text(house: House) -> None:
    assert "420元" in await house.reply("x-0001", "医保今年多少钱", voice=True, outsider=True)
