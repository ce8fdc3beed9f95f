"""The soak meets every fault, says nothing that is an emergency, and counts as it says."""

import asyncio
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.dialogue.hearing import emergency
from evals.bench.children import Child
from evals.bench.soak.cadres import Tapped
from evals.bench.soak.figures import timed
from evals.bench.soak.fleet import Fleet, Weight, growth
from evals.bench.soak.ledger import Ledger, Owed
from evals.bench.soak.pace import Pace
from evals.bench.soak.play import SOURCE
from evals.bench.soak.stories import STORIES
from evals.bench.soak.weather import read
from sandbox.faults import FaultKind

WORDS: dict[str, Any] = YAML(typ="safe", pure=True).load(SOURCE.read_text("utf-8"))
SAID = [
    *(row["say"] for row in (*WORDS["question"], *WORDS["small"])),
    *(text.format(n="baaab") for text in WORDS["report"]),
    *(WORDS[name]["say"].format(n="baaab") for name in ("progress", "paper", "refused", "post", "mended")),
    *(WORDS["held"][name]["say"].format(n="baaab", code="A7K2") for name in ("post", "list", "release")),
    *(WORDS["broadcast"][name]["say"].format(n="baaab", hour=10, minute=5) for name in ("order", "send")),
]


def test_every_fault_of_the_sandbox_blows() -> None:
    assert {fault.tells["fault"] for fault in read(WORDS["weather"])} == set(FaultKind)


def test_every_story_can_be_told() -> None:
    assert set(WORDS["stories"]) <= set(STORIES)


@pytest.mark.parametrize("words", SAID)
def test_nothing_of_a_soak_is_heard_as_an_emergency(words: str, second_ear: object) -> None:
    assert emergency.recognise(words) is None


def life(number: int, *mb: float, age: float = 10.0) -> list[Weight]:
    return [Weight(0, number, age * n, one) for n, one in enumerate(mb, 1)]


def test_growth_is_that_of_the_longest_life_in_its_second_half() -> None:
    killed_young = life(1, 100, 300)
    filling_its_caches = [100, 150, 180, 195, 200, 200, 200, 200, 200, 200]
    leaking = [100, 150, 180, 195, 200, 200, 210, 220, 230, 240]
    assert growth([*killed_young, *life(2, *filling_its_caches)]) == 0.0
    assert growth([*killed_young, *life(2, *leaking)]) > 0.1
    assert growth(life(1, 100, 200)) == 0.0, "too short to say"


async def test_a_process_that_is_killed_on_the_scales_has_no_weight(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "import signal; print(flush=True); signal.pause()"], {}, tmp_path / "log")
    fleet = Fleet([child], random.Random(1))
    await fleet.start()
    weighing = asyncio.create_task(fleet.weigh_one(0))
    await asyncio.sleep(0)
    await fleet.kill(0)
    await weighing
    assert fleet.weights == []
    await fleet.weigh_one(0)
    assert [(one.process, one.life) for one in fleet.weights] == [(0, 2)]
    await fleet.stop()


def test_a_tap_is_timed_unless_nobody_could_have_answered() -> None:
    taps = [Tapped(at, 2000, ok=False, weather="calm") for at in (5.0, 8.5, 10.0, 13.0)]
    assert [tap.at for tap in timed(taps, [(10.0, 12.0)])] == [5.0, 13.0]


def heard(text: str, person: str = "v-0101") -> dict[str, Any]:
    message = {"from": "bot", "group": None, "text": text, "type": "text"}
    return {"kind": "message", "to": [person], "message": message}


def test_what_is_owed_is_answered_by_the_right_words_only() -> None:
    ledger = Ledger(held_back="没让发出来")
    owed = Owed("v-0101", "question", "哪天赶集", re.compile("逢三"), "calm")
    ledger.owe(owed)
    ledger.take(heard("您反映的路灯修好了吗？"))
    ledger.take(heard("逢三、逢八", person="v-0102"))
    assert ledger.waiting() == [owed]
    ledger.take(heard("逢三、逢八赶集"))
    assert ledger.waiting() == []
    assert owed.heard == ["您反映的路灯修好了吗？"]


def test_words_that_the_platform_held_back_are_answered() -> None:
    ledger = Ledger(held_back="没让发出来")
    ledger.owe(Owed("v-0101", "question", "哪天赶集", re.compile("逢三"), "calm"))
    ledger.take(heard("有一条给您的话，钉钉没让发出来。"))
    assert ledger.waiting() == []


async def test_turns_come_in_the_order_in_which_they_were_asked_for_until_it_is_over() -> None:
    pace, spoke = Pace(1000), list[str]()

    async def speak(name: str) -> bool:
        may = await pace.turn()
        spoke.append(name)
        return may

    people = [asyncio.create_task(speak(name)) for name in "abc"]
    await pace.run(0.05)
    assert await asyncio.gather(*people) == [True] * 3
    assert spoke == ["a", "b", "c"]
    assert await pace.turn() is False
