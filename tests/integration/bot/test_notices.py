"""Notices: by day, one in ten minutes, together in the morning, and as sparing as the purse."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from bot.outgoing.carried import Carried
from bot.outgoing.speech import Speech
from bot.purse import Call, Limits
from bot.registration import ACCOUNT
from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.house import TOWN, House
from township import outbox
from township.clock import SHANGHAI
from township.effects import Effect, RefreshCards, Say, ToGroup, ToPerson
from township.models import groups
from township.models import outbox as rows

_keys = count(1)
EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI)
FRIDAY_EVENING = datetime(2026, 11, 27, 18, 30, tzinfo=SHANGHAI)
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=SHANGHAI)


async def tell(house: House, *effects: Effect) -> None:
    """Put effects into the outbox as a case does, and let leave what may."""
    keyed: Sequence[tuple[str, Effect]] = [(f"k{next(_keys)}", effect) for effect in effects]
    await house.db.write(lambda tx: outbox.put(tx, TOWN, keyed, now=house.clock.now()))
    await house.quiet()


def notice(text: str, person: str = "v-0101") -> Say:
    return Say(ToPerson(person), text, title="柳树 1 号")


async def test_two_notices_within_ten_minutes_are_one_message_after_them(house_on_both: House) -> None:
    house = house_on_both
    await tell(house, notice("一"))
    await house.later(minutes=2)
    await tell(house, notice("二"))
    await house.later(minutes=2)
    await tell(house, notice("三"))
    assert house.heard("v-0101") == ["一"]
    await house.later(minutes=6)
    assert house.heard("v-0101") == ["一", "二\n\n三"]
    assert [row["state"] for row in await house.rows(rows)] == ["done", "done", "merged"]


async def test_notices_made_at_once_leave_as_one(house_on_both: House) -> None:
    house = house_on_both
    await tell(house, notice("一"), notice("二"), notice("三"))
    assert house.heard("v-0101") == ["一\n\n二\n\n三"]


async def test_ten_minutes_later_is_a_message_of_its_own(house: House) -> None:
    await tell(house, notice("一"))
    await house.later(minutes=10)
    await tell(house, notice("二"))
    assert house.heard("v-0101") == ["一", "二"]


async def test_another_person_does_not_wait(house: House) -> None:
    await tell(house, notice("一"), notice("二", "v-0102"))
    assert (house.heard("v-0101"), house.heard("v-0102")) == (["一"], ["二"])


async def test_urgent_words_and_replies_wait_for_nothing(house: House) -> None:
    await tell(house, notice("一"))
    await tell(house, Say(ToPerson("v-0101"), "急", urgent=True))
    await tell(house, Say(ToPerson("v-0101"), "答", reply_to="m"))
    assert house.heard("v-0101") == ["一", "急", "答"]
    assert len(await house.says("v-0101", "你能干啥")) == 1


async def test_a_notice_whose_leaving_was_not_written_down_leaves_again_at_once(house: House) -> None:
    """The process that sent it is killed before that is in the rows: whoever comes next does not wait for peace."""
    await house.db.write(lambda tx: outbox.put(tx, TOWN, [("k", notice("一"))], now=house.clock.now()))
    (parcel,) = await house.db.write(
        lambda tx: outbox.claim(tx, now=house.clock.now(), machine=house.clock.machine(), limit=1)
    )
    assert isinstance(await Speech(house.means).carry(parcel), Carried)
    await house.db.write(
        lambda tx: outbox.let_go(tx, [], [parcel.id], now=house.clock.now(), machine=house.clock.machine())
    )
    await house.quiet()
    assert house.heard("v-0101") == ["一", "一"]


async def test_what_was_put_off_in_the_evening_leaves_as_one_in_the_morning(house_on_both: House) -> None:
    house = house_on_both
    await house.until(EVENING)
    await tell(house, notice("一"))
    await house.later(hours=1)
    await tell(house, notice("二"))
    assert house.heard("v-0101") == []
    await house.until(MORNING - timedelta(seconds=1))
    assert house.heard("v-0101") == []
    await house.until(MORNING)
    assert house.heard("v-0101") == ["一\n\n二"]


async def test_nobody_is_nudged_at_the_weekend_but_an_alarm_is_heard(house: House) -> None:
    await house.until(FRIDAY_EVENING)
    await tell(house, notice("一"))
    await house.until(FRIDAY_EVENING + timedelta(days=1, hours=-8))
    assert house.heard("v-0101") == []
    assert "120" in await house.reply("v-0102", "快来人啊俺爹倒地上了叫不应")
    assert "叫不应" in house.heard("c-0103")[-1]
    await house.until(MONDAY)
    assert house.heard("v-0101") == ["一"]


async def test_a_person_who_wants_no_notices_gets_none(house: House) -> None:
    await house.says("v-0102", "我10岁 我爸又打我妈了 我害怕 别告诉我爸")
    before = len(house.heard("v-0102"))
    await tell(house, notice("一", "v-0102"))
    assert len(house.heard("v-0102")) == before


def spend(house: House, share: float) -> None:
    """Spend this share of both pools."""
    house.ledger.charge(ACCOUNT, Call.people_send, int(1000 * share))
    house.ledger.charge(ACCOUNT, Call.message_in, int(1000 * share))


async def test_from_the_second_step_notices_wait_for_the_digest_of_the_morning(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=1000, push=1000))
    house.ledger.charge(ACCOUNT, Call.message_in, 860)
    await tell(house, notice("一"), notice("二"))
    assert house.heard("v-0101") == []
    await house.until(MORNING)
    assert house.heard("v-0101") == ["一\n\n二"]


async def test_at_the_last_step_notices_wait_for_the_next_month(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=1000, push=1000))
    house.ledger.charge(ACCOUNT, Call.message_in, 960)
    await tell(house, notice("一"))
    await house.until(MORNING)
    assert house.heard("v-0101") == []
    await house.until(datetime(2026, 12, 1, 8, 0, tzinfo=SHANGHAI))
    assert house.heard("v-0101") == ["一"]


async def test_at_the_last_step_a_card_waits_and_a_villager_is_answered_all_the_same(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=1000, push=1000))
    house.ledger.charge(ACCOUNT, Call.message_in, 960)
    assert "路灯的事记下了" in await house.reply("v-0101", "俺家门口路灯不亮了")
    assert house.shown("c-0101") == []
    assert "柳树 1 号" in await house.reply("c-0101", "我的待办")


async def test_at_the_last_step_the_card_of_an_emergency_is_shown(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=1000, push=1000))
    spend(house, 0.97)
    await house.says("v-0101", "快来人啊俺爹倒地上了叫不应")
    assert len(house.shown("c-0103")) == 1


async def test_at_the_last_step_a_group_is_asked_once_to_ring(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=1000, push=1000))
    spend(house, 0.96)
    assert "533-1234" in await house.reply("v-0201", "今儿停水不", group="cidtaoyuan=")
    assert "水厂" not in house.heard("cidtaoyuan=")[0]
    assert await house.says("v-0202", "高龄津贴啥时候发", group="cidtaoyuan=") == []
    assert "120" in await house.reply("v-0202", "快来人啊俺爹倒地上了叫不应", group="cidtaoyuan=")


async def test_from_the_first_step_no_photo_is_fetched_and_no_card_repainted(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=1000, push=1000))
    await house.says("v-0101", "俺家门口路灯不亮了")
    house.ledger.charge(ACCOUNT, Call.message_in, 720)
    await house.says("v-0102", "大门口的井盖没了", pictures=2)
    assert house.post.fetched == []
    assert len(await house.cases_of("v-0102")) == 1
    (task, *_) = [one for one in await house.tasks_of("c-0101") if one.number == "柳树 1 号"]
    _, before = house.shown("c-0101")[0]
    await house.says("c-0101", f"收下 {task.code}")
    await tell(house, RefreshCards(task.case_id))
    assert house.shown("c-0101")[0][1] == before


async def test_from_the_last_step_on_a_group_is_told_nothing_unless_it_is_urgent(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=1000, push=1000))
    spend(house, 0.96)
    (group,) = [one["id"] for one in await house.rows(groups, groups.c.open_id == "cidliushu=")]
    await tell(house, Say(ToGroup(group), "通知"))
    await tell(house, Say(ToGroup(group), "急", urgent=True))
    assert house.heard("cidliushu=") == ["急"]


async def test_a_restart_does_not_split_what_is_one_message(open_house: OpenHouse) -> None:
    house = await open_house()
    await tell(house, notice("一"))
    await house.stop()
    again = await open_house()
    await again.later(minutes=2)
    await tell(again, notice("二"))
    await again.later(minutes=2)
    await tell(again, notice("三"))
    assert again.heard("v-0101") == []
    await again.later(minutes=6)
    assert again.heard("v-0101") == ["二\n\n三"]


async def test_after_a_restart_a_group_is_not_asked_again_to_ring(open_house: OpenHouse) -> None:
    for asked in (1, 0):
        house = await open_house(Limits(api=5000, push=100))
        house.ledger.charge(ACCOUNT, Call.message_in, 99)
        assert len(await house.says("v-0101", "医保怎么交", group="cidliushu=")) == asked
        await house.stop()


async def test_what_the_platform_would_refuse_for_its_length_is_cut_and_says_so(house: House) -> None:
    await tell(house, Say(ToPerson("v-0101"), "第一条，要带户口本。" * 2000, urgent=True))
    (said,) = house.heard("v-0101")
    assert len(said.encode()) < 15_000
    assert "后头的放不下了" in said
