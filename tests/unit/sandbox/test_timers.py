"""What falls due on machine time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clocks import BusinessClock, MachineTime
from sandbox.timers import Timers


def stopped() -> tuple[MachineTime, Timers]:
    machine = MachineTime(lambda: 1000.0)
    return machine, Timers(machine)


@given(st.lists(st.integers(0, 100), max_size=20))
def test_actions_fire_in_the_order_of_their_time(spans: list[int]) -> None:
    machine, timers = stopped()
    fired: list[int] = []
    for span in spans:
        timers.after(span, lambda key: fired.append(int(key)), str(span))
    assert timers.forward(101) == len(spans)
    assert fired == sorted(spans)
    assert machine.now() == pytest.approx(1101)


def test_nothing_fires_early() -> None:
    _, timers = stopped()
    fired: list[str] = []
    timers.after(10, fired.append, "a")
    timers.forward(9.9)
    assert fired == []
    timers.forward(0.1)
    assert fired == ["a"]


def test_a_chain_of_actions_fires_at_its_own_times_within_one_turn() -> None:
    machine, timers = stopped()
    moments: list[float] = []

    def again(key: str) -> None:
        moments.append(machine.now())
        if len(moments) < 3:
            timers.after(10, again, key)

    timers.after(10, again, "a")
    timers.forward(100)
    assert moments == pytest.approx([1010, 1020, 1030])


async def test_the_running_task_fires_what_is_set_later() -> None:
    timers = Timers(MachineTime())
    task = asyncio.create_task(timers.run())
    await asyncio.sleep(0)
    done = asyncio.get_running_loop().create_future()
    timers.after(0.01, done.set_result, "now")
    assert await asyncio.wait_for(done, 5) == "now"
    task.cancel()


def test_clocks_refuse_to_go_back() -> None:
    machine, _ = stopped()
    with pytest.raises(ValueError, match="forward"):
        machine.forward(-1)
    with pytest.raises(ValueError, match="forward"):
        BusinessClock(lambda: 0.0).forward(-1)


def test_business_and_machine_time_do_not_touch() -> None:
    machine, business = MachineTime(lambda: 0.0), BusinessClock(lambda: 0.0)
    machine.forward(100)
    business.forward(50)
    assert (machine.now(), business.now().timestamp()) == (100, 50)
