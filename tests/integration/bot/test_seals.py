"""A stamp from request to paper: four persons, by card and typed code, at the counter and for show; and its code."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.outgoing.carried import Failed, InDoubt, Outcome
from bot.outgoing.press import Press
from tests.integration.bot.house import TOWN, House
from township import deputies, directory
from township.clock import TurnedClock
from township.db import Database, Tx
from township.outbox import Parcel
from workflows import tasks
from workflows.seals import papers, register
from workflows.seals.actions import COUNTER
from workflows.seals.models import papers as paper_rows
from workflows.seals.models import register_lines

APPLICANT, CHECKER, HEAD, CUSTODIAN = "v-0103", "c-0103", "c-0102", "c-0010"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


@pytest.fixture
async def counter(sqlite_town: Database, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[House]:
    """A town that stamps by hand."""
    opened = await House(sqlite_town, clock, tmp_path, seals=COUNTER).start()
    yield opened
    await opened.stop()


async def asked_for(house: House, who: str = APPLICANT) -> None:
    """Ask for a residence proof as people do."""
    await house.says(who, "帮我开个居住证明")
    await house.says(who, "孩子上学")
    await house.says(who, "县第一小学")


def card_of(house: House, who: str) -> tuple[str, dict[str, str]]:
    """The newest card of somebody, and what it shows."""
    return [(key, params) for key, (target, params) in house.post.cards.items() if target == who][-1]


async def tap(house: House, who: str, action: str, shown: dict[str, str] | None = None, **given: str) -> dict[str, str]:
    """Tap a button of the newest card, as it is shown now or was before."""
    card, params = card_of(house, who)
    for button in json.loads((shown or params)["btns"]):
        request = button["event"]["params"]
        if request["actionId"] == action:
            more = {name: value for name, value in request["params"].items() if name != "action"}
            return await house.taps_on(who, card, action, **more | given)
    raise AssertionError(f"{who} has no button {action}")


async def code_of(house: House, who: str) -> str:
    """The four symbols that somebody may type now."""
    held = await house.db.read(lambda tx: tasks.of_person(tx, TOWN, who))
    return held[0].code


async def sealed(house: House) -> str:
    """Bring a proof to its seal, for show; returns its code."""
    await asked_for(house)
    await tap(house, CHECKER, "check")
    await tap(house, HEAD, "approve")
    await tap(house, CUSTODIAN, "seal")
    found = CODE.search("\n".join(house.post.said[APPLICANT]))
    assert found
    return found[0]


async def test_the_first_card_says_whom_to_check_and_where_the_register_has_them(house: House) -> None:
    await asked_for(house)
    _, card = card_of(house, CHECKER)
    for part in ("申请人：", await name_of(house, APPLICANT), "户上登记的住处：", "柳树村", "孩子上学", "县第一小学"):
        assert part in card["body"]


async def test_the_first_card_of_a_homestead_says_who_applies_and_where(house: House) -> None:
    await house.says(APPLICANT, "宅基地申请要村里意见")
    await house.says(APPLICANT, "翻建房子")
    await house.says(APPLICANT, "老宅东头")
    _, card = card_of(house, CHECKER)
    for part in ("申请人：", await name_of(house, APPLICANT), "户上登记的住处：", "柳树村", "用地位置：老宅东头"):
        assert part in card["body"]


async def name_of(house: House, who: str) -> str:
    found = await house.db.read(lambda tx: directory.person(tx, who))
    assert found is not None
    return found.name


async def test_a_proof_goes_from_request_to_a_file_with_a_code(house_on_both: House) -> None:
    house = house_on_both
    code = await sealed(house)
    assert [name for name, _ in house.post.enclosed[APPLICANT]] == ["居住情况证明.pdf"]

    def look(tx: Tx) -> tuple[papers.Paper, list[register.Line], register.Seal]:
        paper = papers.by_code(tx, code)
        assert paper
        (seal,) = register.seals_of(tx, TOWN)
        return paper, register.lines(tx, seal.id), seal

    paper, (line,), seal = await house.db.read(look)
    assert paper.state is papers.State.SEALED
    assert (line.applicant_id, line.checkers, line.approvers, line.custodian_id) == (
        APPLICANT, [CHECKER], [HEAD], CUSTODIAN,
    )  # fmt: skip
    assert (line.copies, line.digest, line.file_sha256) == (1, paper.digest, paper.file_sha256)
    assert register.first_break([line], seal) is None


async def test_the_cards_say_that_it_is_over_once_it_is_sealed(house: House) -> None:
    await sealed(house)
    shown = {who: card_of(house, who)[1]["status"] for who in (CHECKER, HEAD, CUSTODIAN)}
    assert set(shown.values()) == {"办结"}


async def test_the_card_shows_what_will_be_printed(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    _, shown = card_of(house, HEAD)
    for word in ("赵兰", "柳树村", "孩子上学", "县第一小学", "1 份", "李海"):
        assert word in shown["body"]


async def test_at_the_counter_a_paper_is_fetched_with_a_code(counter: House) -> None:
    await asked_for(counter)
    await tap(counter, CHECKER, "check")
    await tap(counter, HEAD, "approve")
    await counter.passes()
    called = counter.post.said[APPLICANT][-1]
    assert "柳树村村委会" in called
    digits = DIGITS.findall(called)[0]
    assert [name for name, _ in counter.post.enclosed[CUSTODIAN]] == ["居住情况证明.pdf"]
    assert "取件码和份数" in (await tap(counter, CUSTODIAN, "seal"))["status"]
    assert "对不上" in await counter.reply(CUSTODIAN, "000000" if digits != "000000" else "111111")
    code = await code_of(counter, CUSTODIAN)
    assert "多了" in await counter.reply(CUSTODIAN, f"盖章 {code} {digits} 2份")
    await counter.reply(CUSTODIAN, f"盖章 {code} {digits} 1份")
    await counter.later(minutes=15)
    assert "盖了 1 份" in counter.post.said[APPLICANT][-1]
    await counter.says(CUSTODIAN, f"盖章 {code} {digits} 1份")
    lines = await counter.db.read(lambda tx: tx.execute(sa.select(register_lines.c.copies)).scalars().all())
    assert lines == [1]


async def test_an_unused_code_lapses_and_the_paper_still_stands(counter: House) -> None:
    await asked_for(counter)
    await tap(counter, CHECKER, "check")
    await tap(counter, HEAD, "approve")
    first = DIGITS.findall(counter.post.said[APPLICANT][-1])[0]
    await counter.later(days=8)
    assert "还要吗" in counter.post.said[APPLICANT][-1]
    assert "马上" in await counter.reply(APPLICANT, "1")
    await counter.later(minutes=15)
    second = DIGITS.findall("\n".join(counter.post.said[APPLICANT]))[-1]
    assert second != first
    code = await code_of(counter, CUSTODIAN)
    assert "对不上" in await counter.reply(CUSTODIAN, f"盖章 {code} {first}")
    await counter.says(CUSTODIAN, f"盖章 {code} {second}")
    await counter.later(minutes=15)
    assert "盖了 1 份" in "\n".join(counter.post.said[APPLICANT])


async def test_a_paper_that_changed_is_not_approved_by_an_old_card(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    _, old = card_of(house, HEAD)
    old_code = await code_of(house, HEAD)
    await tap(house, HEAD, "return")
    await house.says(HEAD, "学校名字不对")
    await tap(house, CHECKER, "check")
    now = await tap(house, HEAD, "approve", old)
    assert "刚改过" in now["status"]
    seen = json.loads(now["btns"])[0]["event"]["params"]["params"]["seen"]
    assert seen not in old["btns"]
    assert "没找到" in await house.reply(HEAD, f"同意 {old_code}")
    assert "盖章" in (await tap(house, HEAD, "approve"))["status"]


async def test_who_checks_again_reads_on_the_card_who_sent_it_back_and_why(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    await tap(house, HEAD, "return")
    await house.says(HEAD, "地址没写东头")
    _, card = card_of(house, CHECKER)
    assert f"{await name_of(house, HEAD)}退回核实：地址没写东头" in card["body"]
    await tap(house, CHECKER, "check")
    assert "没写东头" not in card_of(house, HEAD)[1]["body"]


async def test_a_change_on_a_card_asks_which_and_takes_what_is_named(house: House) -> None:
    await asked_for(house)
    asked = await tap(house, CHECKER, "amend")
    assert "住址、用途、交给谁、份数" in asked["status"]
    assert "改哪一样" in await house.reply(CHECKER, "东头那边")
    await house.says(CHECKER, "住址改成柳树村二组东头，份数：2")
    await tap(house, CHECKER, "check")
    body = card_of(house, HEAD)[1]["body"]
    assert "地址：柳树村二组东头" in body
    assert "2 份" in body


async def test_a_change_with_a_code_takes_what_is_named_behind_it(house: House) -> None:
    await asked_for(house)
    code = await code_of(house, CHECKER)
    assert "改哪一样" in await house.reply(CHECKER, f"改内容 {code}")
    await house.says(CHECKER, f"改内容 {code} 交给谁 县第二小学")
    await tap(house, CHECKER, "check")
    assert "接收单位：县第二小学" in card_of(house, HEAD)[1]["body"]


async def test_what_the_applicant_puts_right_is_read_in_the_own_words_by_who_checks(house: House) -> None:
    await asked_for(house)
    await house.says(APPLICANT, "不对，我住二组东头，不是老屋")
    assert "我住二组东头，不是老屋" in card_of(house, CHECKER)[1]["body"]


async def test_a_typed_code_counts_and_a_word_or_a_voice_does_not(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    code = await code_of(house, HEAD)
    assert "四位码" in await house.reply(HEAD, "同意")
    assert "语音" in await house.reply(HEAD, f"同意 {code}", voice=True)
    assert code in await house.reply(HEAD, "我的待办")
    await house.reply(HEAD, f"同意 {code}")
    assert await code_of(house, CUSTODIAN)


async def test_nobody_types_or_taps_for_somebody_else(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    card, shown = card_of(house, HEAD)
    code = await code_of(house, HEAD)
    seen = json.loads(shown["btns"])[0]["event"]["params"]["params"]["seen"]
    assert "btns" not in await house.taps_on(APPLICANT, card, "approve", seen=seen)
    await house.says(APPLICANT, f"同意 {code}")
    await house.says(CUSTODIAN, f"同意 {code}")
    assert await house.db.read(lambda tx: tx.execute(sa.select(paper_rows.c.state)).scalars().all()) == ["draft"]


async def test_a_tap_that_comes_twice_seals_once(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    await tap(house, HEAD, "approve")
    _, shown = card_of(house, CUSTODIAN)
    await tap(house, CUSTODIAN, "seal", shown)
    await tap(house, CUSTODIAN, "seal", shown)
    assert len(house.post.enclosed[APPLICANT]) == 1


async def test_the_own_paper_of_the_head_goes_to_the_deputy_head(house: House) -> None:
    await asked_for(house, HEAD)
    await tap(house, CHECKER, "check")
    await tap(house, "c-0104", "approve")
    await tap(house, CUSTODIAN, "seal")
    assert house.post.enclosed[HEAD]


async def test_who_stands_in_for_the_applicant_does_not_approve(house: House) -> None:
    """The head applies and is away; the deputy who stands in for the head would approve in the head's name."""

    def away(tx: Tx) -> None:
        head, clerk = directory.person(tx, HEAD), directory.person(tx, "c-0101")
        assert head
        assert clerk
        now = house.clock.now()
        deputies.appoint(tx, head, clerk, since=now, until=now + timedelta(days=9), by=HEAD, at=now)

    await house.db.write(away)
    await asked_for(house, HEAD)
    await tap(house, CHECKER, "check")
    held = await house.db.read(lambda tx: tasks.of_person(tx, TOWN, "c-0101"))
    assert held == []
    await tap(house, "c-0104", "approve")


async def test_anybody_may_verify_and_hears_no_name(house: House) -> None:
    code = await sealed(house)
    for answer in (
        await house.reply("v-0201", code),
        await house.reply("x-0001", code.lower().replace("-", " "), outsider=True),
        await house.reply("v-0101", f"这张证明是真的吗 {code.replace('-', '')}", group="cidliushu="),
    ):
        assert "这张纸是真的" in answer
        assert "演示专用" in answer
        assert "赵兰" not in answer
    assert "没有查到" in await house.reply("v-0201", "7K3M-9QXD-TT2P")


async def test_who_asks_too_often_waits(house: House) -> None:
    for _ in range(10):
        assert "没有查到" in await house.reply("v-0201", "7K3M-9QXD-TT2P")
    assert "太密" in await house.reply("v-0201", "7K3M-9QXD-TT2P")
    assert "没有查到" in await house.reply("v-0202", "7K3M-9QXD-TT2P")
    await house.later(minutes=31)
    assert "没有查到" in await house.reply("v-0201", "7K3M-9QXD-TT2P")


async def test_a_proof_expires_after_thirty_days(house: House) -> None:
    code = await sealed(house)
    await house.later(days=31)
    assert "过期" in await house.reply("v-0201", code)


async def test_two_persons_revoke_a_paper_and_it_shows_at_once(house: House) -> None:
    code = await sealed(house)
    await house.says("c-0101", "作废证明")
    await house.says("c-0101", code)
    await house.says("c-0101", "开错了")
    assert "是真的" in await house.reply("v-0201", code)
    await tap(house, HEAD, "approve")
    assert "作废" in await house.reply("v-0201", code)
    states = await house.db.read(
        lambda tx: tx.execute(sa.select(register_lines.c.state).order_by(register_lines.c.seq)).scalars().all()
    )
    assert states == ["sealed", "revoked"]


async def test_a_second_paper_for_the_same_purpose_takes_the_place_of_the_first(house: House) -> None:
    first = await sealed(house)
    house.post.said[APPLICANT].clear()
    await house.later(minutes=30)
    second = await sealed(house)
    assert "换过新的" in await house.reply("v-0201", first)
    assert "是真的" in await house.reply("v-0201", second)


async def test_a_seal_in_doubt_is_asked_and_never_repeated(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    async def cable_cut(_press: Press, parcel: Parcel) -> Outcome:
        tried.append(parcel.id)
        return InDoubt("cable")

    monkeypatch.setattr(Press, "carry", cable_cut)
    await asked_for(house)
    for who, action in ((CHECKER, "check"), (HEAD, "approve"), (CUSTODIAN, "seal")):
        await tap(house, who, action)
    await house.later(hours=1)
    assert not house.post.enclosed[APPLICANT]
    await tap(house, "c-0003", "was_sealed")
    assert len(tried) == 1
    assert await house.db.read(lambda tx: tx.execute(sa.select(register_lines.c.state)).scalars().all()) == ["sealed"]


async def test_what_surely_was_not_sealed_may_be_sealed_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def locked(_press: Press, _parcel: Parcel) -> Outcome:
        return Failed("locked")

    with monkeypatch.context() as patched:
        patched.setattr(Press, "carry", locked)
        await asked_for(house)
        for who, action in ((CHECKER, "check"), (HEAD, "approve"), (CUSTODIAN, "seal")):
            await tap(house, who, action)
    assert not house.post.enclosed[APPLICANT]
    await tap(house, CUSTODIAN, "seal")
    assert len(house.post.enclosed[APPLICANT]) == 1


async def test_a_homestead_goes_by_the_meeting_and_the_town(house: House) -> None:
    """The clerk is asked for the meeting word by word, and gives the minutes as a picture."""
    await house.says("v-0104", "翻建房子要村里盖章")
    for said in ("翻建三间旧房", "三组老宅原址"):
        await house.says("v-0104", said)
    await tap(house, CHECKER, "check")
    await tap(house, "c-0101", "resolved")
    for said in ("11月22日", "60", "45", "40"):
        await house.says("c-0101", said)
    assert "照片或文件" in await house.reply("c-0101", "在村部放着")
    await house.says("c-0101", pictures=1)
    held = await house.db.read(lambda tx: tasks.of_person(tx, TOWN, "c-0101"))
    assert [task.stage for task in held] == ["notice"]


async def test_a_seal_at_night_is_told_to_who_oversees(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    await tap(house, HEAD, "approve")
    await house.later(hours=11)
    await tap(house, CUSTODIAN, "seal")
    await house.later(hours=13)
    heard = "\n".join(house.post.said["c-0006"])
    assert "不是上班时间" in heard
    assert "赵兰" not in heard
    assert house.post.enclosed[APPLICANT]
