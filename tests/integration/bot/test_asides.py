"""Who is asked because something is late, or because nobody can act, reads on the card why and whom it is about."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.house import TOWN, House
from township.clock import SHANGHAI
from township.db import Tx
from township.models import grants


def card_of(house: House, who: str) -> dict[str, str]:
    return next(params for to, params in reversed(house.post.cards.values()) if to == who)


@pytest.mark.parametrize("town_db", ["sqlite"], indirect=True)
async def test_the_leader_reads_what_is_late_and_the_duty_whom_to_ring(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.says("v-0101", "我家门口路灯坏了")
    await house.until(datetime(2026, 11, 23, 11, 5, tzinfo=SHANGHAI))
    leader = card_of(house, "c-0102")
    assert leader["body"].startswith("“等人接手”过了时限，还没办完（经办：陈文）。缺什么"), leader
    assert "已经过了" in leader["status"]
    assert "过了时限" in (await house.reply("c-0102", "我的待办"))
    await house.until(datetime(2026, 11, 24, 11, 5, tzinfo=SHANGHAI))
    duty = card_of(house, "c-0103")
    assert duty["body"].startswith("“等人接手”过了时限一个工作日，还没办完。请打电话问一问：陈文 13800000101"), duty
    assert "请打电话" in (await house.reply("c-0103", "我的待办"))


@pytest.mark.parametrize("town_db", ["sqlite"], indirect=True)
async def test_where_nobody_holds_the_office_the_town_names_somebody(open_house: OpenHouse) -> None:
    house = await open_house()

    def nobody(tx: Tx) -> None:
        offices = ("village_clerk", "village_head", "town_clerk")
        tx.execute(sa.update(grants).where(grants.c.role.in_(offices)).values(ends_at=house.clock.now()))

    await house.db.write(nobody)
    assert "还没有人" in await house.reply("v-0101", "我家门口路灯坏了")
    leader = card_of(house, "c-0003")
    assert leader["body"].startswith("“等人接手”这一步没有人能办，请您派个人"), leader
    assert "没有人能办" in (await house.reply("c-0003", "我的待办"))
    key = next(key for key, (to, _) in house.post.cards.items() if to == "c-0003")
    await house.taps_on("c-0003", key, "lend")
    await house.says("c-0003", "李海")
    assert "收下" in card_of(house, "c-0103")["btns"]


def ended(house: House, *roles: str) -> Callable[[Tx], None]:
    def nobody(tx: Tx) -> None:
        tx.execute(sa.update(grants).where(grants.c.role.in_(roles)).values(ends_at=house.clock.now()))

    return nobody


async def test_who_is_given_the_office_gets_what_waited_for_nobody(house_on_both: House) -> None:
    house = house_on_both
    await house.db.write(ended(house, "village_clerk", "village_head", "town_clerk"))
    await house.says("v-0101", "我家门口路灯坏了")
    await house.passes()
    assert [task.kind for task in await house.tasks_of("c-0003")] == ["leader"], "the leader is asked to name somebody"

    def given(tx: Tx) -> None:
        tx.execute(
            sa.insert(grants).values(
                id="g-new", town_id=TOWN, person_id="c-0103", role="village_clerk", village_id="liushu",
                starts_at=house.clock.now(),
            )
        )  # fmt: skip

    await house.later(minutes=5)
    await house.db.write(given)
    await house.later(minutes=1)
    assert "收下" in card_of(house, "c-0103")["btns"]
    assert not await house.tasks_of("c-0003"), "nobody has to be named any more"
    (before,) = await house.tasks_of("c-0103")
    await house.later(minutes=5)
    assert [task.id for task in await house.tasks_of("c-0103")] == [before.id], "once"


async def test_an_office_that_begins_on_a_day_is_seated_within_the_hour(house: House) -> None:
    await house.db.write(ended(house, "village_clerk", "village_head", "town_clerk"))
    begins = house.clock.now() + timedelta(hours=2)

    def given(tx: Tx) -> None:
        tx.execute(
            sa.insert(grants).values(
                id="g-new", town_id=TOWN, person_id="c-0103", role="village_clerk", village_id="liushu",
                starts_at=begins,
            )
        )  # fmt: skip

    await house.db.write(given)
    await house.says("v-0101", "我家门口路灯坏了")
    await house.later(minutes=30)
    assert not await house.tasks_of("c-0103")
    await house.later(hours=2)
    assert await house.tasks_of("c-0103")
