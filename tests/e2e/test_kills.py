"""The app dies in the middle of its work, the wire misbehaves: nothing is lost, nothing is done twice."""

import random
import shutil
from pathlib import Path
from typing import Any

from evals.bench import kills
from evals.bench.kills import RANDOM
from sandbox.server import serve

HUNG = 30.0
"""Also for the next answer after an end, where three tests share the machine: ten seconds are for `bench kills`."""
AFTER_GOODBYE = 2.0


def test_six_ends_lose_nothing_and_double_nothing(prepared_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared_home, home, symlinks=True)
    ends = ["inbox", RANDOM, "write", "send", "ack", RANDOM]
    with serve() as running:
        figures = kills.play(running.url, home, ends, 200, random.Random(11), embedder="none")
    assert figures["kills"] == len(ends)
    counted = ("lost", "lost_cases", "doubled_cases", "doubled_cards")
    assert {name: figures[name] for name in counted} == dict.fromkeys(counted, 0)
    assert figures["most_seen"] <= 2
    assert figures["most_repeats"] <= len(ends)
    assert figures["next_answer_s"] <= HUNG


def test_after_a_goodbye_the_next_answer_is_prompt(shared_town: Any) -> None:
    shared_town.say("v-0401", "哪天赶集")
    shared_town.expect("v-0401", "逢三、逢八")
    shared_town.post("disconnect", {})
    shared_town.say("v-0401", "高龄津贴哪天发")
    shared_town.expect("v-0401", "每月25日前", within=AFTER_GOODBYE)


def test_a_dropped_socket_is_replaced(shared_town: Any) -> None:
    shared_town.post("disconnect", {"abrupt": True})
    shared_town.say("v-0402", "高龄津贴哪天发")
    shared_town.expect("v-0402", "每月25日前", within=AFTER_GOODBYE)


def test_a_gateway_that_hangs_is_got_over(shared_town: Any) -> None:
    shared_town.fault("hang_open", times=1)
    shared_town.post("disconnect", {"abrupt": True})
    shared_town.say("v-0501", "低保哪天发")
    shared_town.expect("v-0501", "每月10日前", within=HUNG)
