"""A demonstration that is begun again goes on where it ended."""

from datetime import timedelta

import pytest

from bot.demonstration import Demonstration
from sandbox.server import serve
from tests.integration.bot.house import House
from township.clock import OffsetClock
from workflows import history


async def test_time_goes_on_from_the_last_thing_that_happened(house: House) -> None:
    await house.says("v-0102", "桥头路灯坏了")
    last = await house.db.read(history.latest)
    assert last == house.clock.now()


DAYS = timedelta(days=3)


@pytest.mark.parametrize(("turned", "ahead"), [(DAYS, DAYS), (-DAYS, timedelta())])
async def test_a_new_sandbox_is_turned_forward_to_it_and_never_back(turned: timedelta, ahead: timedelta) -> None:
    clock = OffsetClock()
    begun = clock.now()
    with serve() as sandbox:
        demonstration = Demonstration(sandbox.url, clock)
        await demonstration.wait_until_there()
        await demonstration.go_on_from(None)
        await demonstration.go_on_from(begun + turned)
        there = sandbox.world.business.now()
        await demonstration.close()
    for now in (clock.now(), there):
        assert timedelta() <= now - begun - ahead < timedelta(minutes=1)
