"""The platform's process dies and comes back: the app finds it again, and what was on its way arrives."""

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from evals.bench import children
from evals.bench.children import Child
from evals.bench.phones import Town

FILED, QUESTION, ANSWER = "记下了", "哪天赶集", "逢三、逢八"
BACK = 20.0
"""Seconds until the app has found a platform that was away, token and all."""


class Platform:
    """A sandbox in a process of its own that is killed and started again at the same address."""

    def __init__(self, log: Path) -> None:
        self.port = children.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._child = Child([sys.executable, "-m", "sandbox", "--port", str(self.port)], {}, log)

    def start(self) -> None:
        self._child.start(until_ready=False)
        with httpx.Client(transport=httpx.HTTPTransport(retries=12), timeout=60, trust_env=False) as http:
            http.get(f"{self.url}/_sandbox/clock").raise_for_status()

    def kill(self) -> None:
        self._child.kill()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path / "sandbox.log")
    platform.start()
    yield platform
    platform.kill()


def test_a_platform_that_dies_and_comes_back_is_found_and_nothing_is_lost(
    platform: Platform, prepared_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared_home, home, symlinks=True)
    app = children.app(home, platform.url, embedder="none")
    with Town(platform.url) as before:
        turned_to = before.turn_to_working_morning()
        app.start()
        before.say("v-0101", "村口甲杆的路灯不亮了")
        before.expect("v-0101", FILED)
        before.expect_card("c-0101", "路灯")
        before.fault("hang_webhook")
        before.say("v-0201", "村口乙杆的路灯不亮了")
        before.wait(lambda: struck(before), "the reply to hang")
        platform.kill()
        platform.start()
    try:
        with Town(platform.url) as after:
            # The reply that hung goes by the API: its webhook died with the process that gave it out.
            after.expect("v-0201", FILED, BACK)
            after.say("v-0102", QUESTION)
            after.expect("v-0102", ANSWER, BACK)
            after.say("v-0301", "村口丙杆的路灯不亮了")
            after.expect("v-0301", FILED)
            card = after.expect_card("c-0301", "路灯", BACK)
            assert after.tap("c-0301", card, "accept")["ok"]
            filed = {who: filings(after, who) for who in ("v-0101", "v-0201", "v-0301")}
            assert filed == {"v-0101": 0, "v-0201": 1, "v-0301": 1}, "the first was told before"
            after.wait(lambda: after.now() >= turned_to or None, "the time of day that had been turned")
            assert after.now() - turned_to < timedelta(hours=1)
    finally:
        app.stop()


def filings(town: Town, who: str) -> int:
    return sum(FILED in one["text"] for one in town.heard(who))


def struck(town: Town) -> bool | None:
    return any(one["struck"] for one in town.get("faults")) or None
