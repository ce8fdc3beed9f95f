"""One notice to many: twenty people a call, in the day, as the purse allows; whom it misses is rung up."""

from collections.abc import Sequence
from datetime import timedelta

from bot.dingtalk.faults import Throttled
from bot.purse import Call, Limits
from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.house import TOWN, House
from township import outbox
from township.effects import SayToAll
from township.models import outbox as rows

TEXT = "跟您说一声，改成每月10日前了。"


async def mail(house: House, people: Sequence[str], case_id: str = "") -> None:
    effect = SayToAll(tuple(people), TEXT, case_id or await own_case(house), "b1")
    await house.db.write(lambda tx: outbox.put(tx, TOWN, [("mail:1", effect)], now=house.clock.now()))
    await house.quiet()


async def own_case(house: House) -> str:
    await house.says("v-0101", "村口路灯坏了")
    return (await house.cases_of("v-0101"))[0].id


async def state(house: House) -> str:
    (row,) = await house.rows(rows, rows.c.kind == "say_to_all")
    return str(row["state"])


async def test_several_are_told_by_one_call(house_on_both: House) -> None:
    house = house_on_both
    case_id = await own_case(house)
    before = house.ledger.purse("main").api_used
    people = ["v-0101", "v-0102", "v-0201", "v-0301"]
    await mail(house, people, case_id)
    assert all(house.heard(who)[-1] == TEXT for who in people)
    assert house.ledger.purse("main").api_used - before == 1
    assert await state(house) == "done"


async def test_two_on_one_telephone_are_told_once(house: House) -> None:
    await mail(house, ["v-0105", "v-0106"])
    assert house.heard("v-0105") == [TEXT]
    assert await house.calls_of("c-0001") == []


async def test_who_has_no_account_or_was_missed_is_rung_up(house: House) -> None:
    house.post.missed = {"v-0102"}
    await mail(house, ["v-0201", "v-0102", "n-0201"])
    assert house.heard("v-0201") == [TEXT]
    lines = await house.calls_of("c-0001")
    assert {line.person for line in lines} == {"张三", "冯老栓"}
    assert {line.text for line in lines} == {TEXT}


async def test_it_waits_for_the_day(house: House) -> None:
    case_id = await own_case(house)
    house.clock.forward(timedelta(hours=12))
    await mail(house, ["v-0201"], case_id)
    assert TEXT not in house.heard("v-0201")
    await house.later(hours=12)
    assert house.heard("v-0201").count(TEXT) == 1


async def test_a_low_purse_holds_it_back(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=10))
    case_id = await own_case(house)
    for _ in range(8):
        house.ledger.charge("main", Call.people_send)
    await mail(house, ["v-0201"], case_id)
    assert TEXT not in house.heard("v-0201")
    assert await state(house) == "ready"


async def test_what_the_platform_slows_is_tried_again_and_said_once(house: House) -> None:
    case_id = await own_case(house)
    house.post.faults["send_to_people"] = Throttled("flow", retry_after=1.0)
    await mail(house, ["v-0201"], case_id)
    assert await state(house) == "ready"
    house.post.faults.clear()
    await house.later(minutes=30)
    assert house.heard("v-0201").count(TEXT) == 1
