"""The official Node SDK as it comes against the sandbox: the second compatibility oracle. Only its hosts are others."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.server import CLIENT_ID, CLIENT_SECRET, Running

FOLDER = Path(__file__).parents[2] / "conformance" / "node"
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="node is not installed: apt-get install nodejs npm"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules" / "dingtalk-stream").is_dir(),
        reason="the Node SDK is not installed: make test fetches it where there is npm",
    ),
    pytest.mark.usefixtures("node_bot"),
]


@pytest.fixture
def node_bot(sandbox: Running) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot of `bot.mjs`."""
    command = [str(NODE), str(FOLDER / "bot.mjs"), CLIENT_ID, CLIENT_SECRET, sandbox.url]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**os.environ, "NO_PROXY": "127.0.0.1"}, **quiet)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def connected(http: httpx.AsyncClient, heard) -> None:
    if not (await http.get("/_sandbox/state")).json()["connections"]:
        await heard.next("connection", is_open=True)


async def test_a_text_comes_back_through_the_session_webhook_alone_and_in_a_group(http, changes):
    async with changes("v-0101") as heard:
        await connected(http, heard)
        await http.post("/_sandbox/say", json={"as": "v-0101", "text": "路灯不亮"})
        await heard.next("acked", of="bot")
        assert await heard.bot_says() == "听到了：路灯不亮"
        await http.post("/_sandbox/say", json={"as": "v-0101", "group": "cidliushu=", "text": "停水不"})
        assert await heard.bot_says() == "听到了：停水不"


async def test_a_tap_runs_through_the_sdk_and_changes_the_card_for_all_and_for_one(http, changes):
    async with changes("c-0101") as heard:
        await connected(http, heard)
        await http.post("/_sandbox/say", json={"as": "c-0101", "text": "卡片"})
        card = (await heard.next("card"))["card"]
        assert card["buttons"] == [{"action": "accept", "text": "收下", "style": "blue"}]
        tap = {"as": "c-0101", "outTrackId": "card-1", "action": "accept"}
        tapped = (await http.post("/_sandbox/tap", json=tap)).json()
        assert (tapped["ok"], tapped["ms"] < 2000) == (True, True)
    (card,) = (await http.get("/_sandbox/inbox", params={"as": "c-0101"})).json()["cards"]
    assert card["params"] == {"title": "路灯不亮", "status": "c-0101:accept", "buttons": "[]", "mine": "yes"}


async def test_an_event_is_acknowledged_and_a_ping_answered(http, changes):
    async with changes() as heard:
        await connected(http, heard)
        await http.post("/_sandbox/event", json={"type": "user_add_org", "data": {"userId": ["v-0101"]}})
        await heard.next("acked", of="event")
        await http.post("/_sandbox/clock", json={"machine_forward": 61})
        await http.post("/_sandbox/say", json={"as": "v-0101", "text": "还在吗"})
        assert await heard.bot_says() == "听到了：还在吗"


async def test_it_comes_back_when_the_socket_is_closed_after_a_goodbye_it_does_not_heed(http, changes):
    async with changes() as heard:
        await connected(http, heard)
        (gone,) = (await http.post("/_sandbox/disconnect", json={})).json()["disconnected"]
        # What is said meanwhile waits: the platform sends nothing more down the old socket.
        await http.post("/_sandbox/say", json={"as": "v-0103", "text": "还在吗"})
        await http.post("/_sandbox/clock", json={"machine_forward": 10})
        await heard.next("connection", connection=gone, is_open=False)
        assert (await heard.next("connection", is_open=True))["connection"] != gone
        assert await heard.bot_says() == "听到了：还在吗"
