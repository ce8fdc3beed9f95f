"""A document that a clerk sends: read, shown, put in force by a second person, answered from; or refused in words."""

import pytest

from bot.dingtalk.faults import NotSent, TooBig
from knowledge.models import versions
from tests.integration.bot.house import House

NOTICE = (
    "示例县示例镇人民政府文件\n示例政发〔2026〕99号\n关于冬季扫雪补贴的通知\n各村：\n"
    "第一条 各村扫雪人员每人每天补贴五十二元。\n第二条 扫雪从十二月一日开始。\n"
).encode()


async def test_a_file_is_shown_to_a_second_person_and_answered_from_once_confirmed(house: House) -> None:
    preview = await house.reply("c-0008", file=("扫雪.txt", NOTICE))
    assert "《关于冬季扫雪补贴的通知》" in preview
    assert "示例政发〔2026〕99号" in preview
    assert "丁一" in preview
    await house.passes()
    assert "五十二元" not in await house.reply("v-0101", "扫雪补贴一天多少钱")
    (task,) = await house.tasks_of("c-0009")
    assert "核对过了" in await house.reply("c-0009", f"同意 {task.code}") or "记上了" in house.heard("c-0009")[-1]
    assert "核对过了" in house.heard("c-0008")[-1]
    await house.passes()
    said = await house.reply("v-0101", "扫雪补贴一天多少钱")
    assert "五十二元" in said
    assert "（示例政发〔2026〕99号）第一条" in said


async def test_a_private_number_in_a_file_is_named_before_anybody_confirms_it(house: House) -> None:
    assert "手机号" not in await house.reply("c-0008", file=("扫雪.txt", NOTICE))
    private = NOTICE + "第三条 报名找李明，电话 13912345678。\n".encode()
    assert "里面有个人的手机号" in await house.reply("c-0008", file=("扫雪补.txt", private))


async def test_nobody_confirms_the_own_file(house: House) -> None:
    await house.says("c-0008", file=("扫雪.txt", NOTICE))
    assert await house.tasks_of("c-0008") == []
    (task,) = await house.tasks_of("c-0009")
    await house.says("c-0008", f"同意 {task.code}")
    assert "没找到" in house.heard("c-0008")[-1]
    assert await house.rows(versions, versions.c.approved_by == "c-0008") == []


async def test_a_file_that_is_sent_back_with_a_reason_never_answers(house: House) -> None:
    await house.says("c-0008", file=("扫雪.txt", NOTICE))
    (task,) = await house.tasks_of("c-0009")
    await house.says("c-0009", f"退回 {task.code} 少了第三条")
    assert "少了第三条" in house.heard("c-0008")[-1]
    await house.passes()
    assert "五十二元" not in await house.reply("v-0101", "扫雪补贴一天多少钱")


async def test_the_same_file_again_is_known(house: House) -> None:
    await house.says("c-0008", file=("扫雪.txt", NOTICE))
    assert "已经有了" in await house.reply("c-0008", file=("扫雪.txt", NOTICE))
    assert len(await house.tasks_of("c-0009")) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空的.txt", b"", "空的.txt"),
        ("坏的.docx", b"PK\x03\x04 broken", "坏的.docx"),
        ("坏的.pdf", b"%PDF-1.4 broken", "坏的.pdf"),
        ("程序.exe", b"MZ\x00\x01\x02", "程序.exe"),
        ("太大.pdf", TooBig("file.too_big"), "太大.pdf"),
        ("没来.pdf", NotSent("timeout"), "没来.pdf"),
    ],
)
async def test_a_file_that_cannot_be_read_is_named_with_what_to_do(
    house: House, name: str, content: bytes, words: str
) -> None:
    said = await house.reply("c-0008", file=(name, content))
    assert words in said
    assert "出错了" not in said
    assert await house.inbox_states() == ["done"]


async def test_a_villagers_file_is_not_fetched_and_asked_about(house: House) -> None:
    assert "要办什么事" in await house.reply("v-0101", file=("身份证.docx", b"x"))
    assert house.post.fetched == []


async def test_a_village_clerks_file_is_for_the_own_village(house: House) -> None:
    assert "《关于冬季扫雪补贴的通知》" in await house.reply("c-0101", file=("扫雪.txt", NOTICE))
    (task, *_) = await house.tasks_of("c-0008")
    await house.says("c-0008", f"同意 {task.code}")
    await house.passes()
    assert "五十二元" in await house.reply("v-0101", "扫雪补贴一天多少钱")
    assert "五十二元" not in await house.reply("v-0201", "扫雪补贴一天多少钱")
