"""A file reaches its person: at once if it was asked for, in the day otherwise, on paper where there is no account."""

from datetime import timedelta

import pytest

from bot.dingtalk.client import Sent
from bot.dingtalk.faults import ChannelFault, Rejected, Throttled, TooBig, Unknown
from bot.models import conversations
from bot.purse import Call, Limits
from bot.registration import ACCOUNT
from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.house import TOWN, House
from township import outbox
from township.effects import SendFile, Target, ToConversation, ToGroup, ToPerson
from township.models import groups
from township.models import outbox as rows

PDF = b"%PDF-1.7 paper"


async def sends(house: House, to: Target, *, case_id: str | None = None, name: str = "居住情况证明.pdf") -> None:
    sha256 = house.store.keep(PDF)
    effects = [(f"file:{name}", SendFile(to, sha256, name, case_id))]
    await house.db.write(lambda tx: outbox.put(tx, TOWN, effects, now=house.clock.now()))
    await house.quiet()


async def own_case(house: House, who: str) -> str:
    await house.says(who, "村口路灯坏了")
    return (await house.cases_of(who))[0].id


async def state(house: House) -> tuple[str, str]:
    (row,) = await house.rows(rows, rows.c.kind == "send_file")
    return row["state"], (row["receipt"] or {}).get("why", "")


async def test_a_file_is_uploaded_and_sent(house_on_both: House) -> None:
    house = house_on_both
    await sends(house, ToPerson("v-0101"))
    assert house.post.enclosed["v-0101"] == [("居住情况证明.pdf", PDF)]
    assert (await state(house))[0] == "done"


async def test_what_was_asked_for_comes_at_night_too(house: House) -> None:
    case_id = await own_case(house, "v-0101")
    house.clock.forward(timedelta(hours=14))
    await sends(house, ToPerson("v-0101"), case_id=case_id)
    assert len(house.post.enclosed["v-0101"]) == 1


async def test_any_other_file_waits_for_the_morning(house: House) -> None:
    case_id = await own_case(house, "v-0101")
    house.clock.forward(timedelta(hours=14))
    await sends(house, ToPerson("v-0102"), case_id=case_id)
    assert house.post.enclosed["v-0102"] == []
    await house.later(hours=10)
    assert len(house.post.enclosed["v-0102"]) == 1


async def test_a_file_that_answers_goes_to_the_speaker_alone(house: House) -> None:
    await house.says("v-0201", "今儿停水不", group="cidtaoyuan=")
    row = next(one for one in await house.rows(conversations) if one["is_group"])
    await sends(house, ToConversation(row["id"]))
    assert [name for name, _ in house.post.enclosed["v-0201"]] == ["居住情况证明.pdf"]
    assert house.post.enclosed["cidtaoyuan="] == []


async def test_a_group_gets_a_file_in_the_day(house: House) -> None:
    house.clock.forward(timedelta(hours=14))
    (group,) = await house.rows(groups, groups.c.open_id == "cidliushu=")
    await sends(house, ToGroup(group["id"]))
    assert house.post.enclosed["cidliushu="] == []
    await house.later(hours=10)
    assert len(house.post.enclosed["cidliushu="]) == 1


async def test_who_has_no_account_is_on_the_call_list(house_on_both: House) -> None:
    house = house_on_both
    case_id = await own_case(house, "v-0201")
    await sends(house, ToPerson("n-0201"), case_id=case_id)
    assert await state(house) == ("failed", "no_account")
    (line,) = await house.calls_of("c-0201")
    assert line.person_id == "n-0201"
    assert "《居住情况证明》办好了" in line.text


@pytest.mark.parametrize("fault", [TooBig("file.too_big"), Rejected("40009")])
async def test_what_the_platform_never_takes_is_fetched_at_the_office(house: House, fault: ChannelFault) -> None:
    case_id = await own_case(house, "v-0101")
    house.post.faults["upload"] = fault
    await sends(house, ToPerson("v-0101"), case_id=case_id)
    assert (await state(house))[0] == "failed"
    assert [one.person_id for one in await house.calls_of("c-0101")] == ["v-0101"]


@pytest.mark.parametrize("call", ["upload", "send_to_people"])
@pytest.mark.parametrize("fault", [Throttled("qps"), Unknown("no.answer")])
async def test_a_fault_that_passes_is_waited_for(house: House, call: str, fault: ChannelFault) -> None:
    house.post.faults[call] = fault
    await sends(house, ToPerson("v-0101"))
    assert (await state(house))[0] == "ready"
    house.post.faults.clear()
    await house.later(minutes=11)
    assert len(house.post.enclosed["v-0101"]) == 1
    assert len(house.post.uploaded) == 1


async def test_who_is_not_reached_is_not_taken_for_reached(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def filtered(*_: object) -> Sent:
        return Sent("query", filtered=("v-0101",))

    monkeypatch.setattr(house.post, "send_to_people", filtered)
    case_id = await own_case(house, "v-0101")
    await sends(house, ToPerson("v-0101"), case_id=case_id)
    assert await state(house) == ("failed", "not_reached")


async def test_a_file_costs_two_calls_and_may_use_what_is_kept_for_seals(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=100, push=None))
    case_id = await own_case(house, "v-0101")
    for _ in range(85):
        house.ledger.charge(ACCOUNT, Call.group_send)
    before = house.ledger.purse(ACCOUNT).api_used
    await sends(house, ToPerson("v-0101"), case_id=case_id)
    assert len(house.post.enclosed["v-0101"]) == 1
    assert house.ledger.purse(ACCOUNT).api_used == before + 2


async def test_a_file_that_is_lost_or_damaged_is_not_sent(house: House) -> None:
    sha256 = house.store.keep(PDF)
    house.store.path(sha256).write_bytes(b"%PDF-1.7 another")
    effects = [("one", SendFile(ToPerson("v-0101"), sha256, "a.pdf"))]
    await house.db.write(lambda tx: outbox.put(tx, TOWN, effects, now=house.clock.now()))
    await house.quiet()
    assert await state(house) == ("failed", "file_missing")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "....etcpasswd"),
        ("王\u202efdp.exe\n.pdf", "王fdp.exe.pdf"),
        ("证" * 200 + ".pdf", "证" * 80 + ".pdf"),
        ("居住情况证明.pdf", "居住情况证明.pdf"),
    ],
)
async def test_the_name_of_a_file_is_a_name_on_every_telephone(house: House, name: str, safe: str) -> None:
    await sends(house, ToPerson("v-0101"), name=name)
    ((shown, _),) = house.post.enclosed["v-0101"]
    assert shown.lstrip(".") == safe.lstrip(".")
