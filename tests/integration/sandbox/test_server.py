"""The process around the sandbox: its page, its port, its town file, and the state it tells."""

import socket
import subprocess
import sys
from pathlib import Path

import httpx

from evals.bench.children import free_port

ROOT = Path(__file__).parents[3]


def start(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_port_in_use_is_one_clear_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start("--port", str(port))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in done.stderr


def test_it_ends_without_a_word_though_somebody_waits_for_the_clock():
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as child:
        with httpx.Client(transport=httpx.HTTPTransport(retries=9), base_url=f"http://127.0.0.1:{port}") as client:
            version = client.get("/_sandbox/clock").json()["version"]
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(f"GET /_sandbox/clock?after={version}&wait=50 HTTP/1.1\r\nHost: sandbox\r\n\r\n".encode())
            child.terminate()
            _, said = child.communicate(timeout=30)
    assert said == ""


def test_a_broken_town_is_one_clear_sentence(tmp_path):
    (tmp_path / "town.yaml").write_text("people: [", "utf-8")
    done = start("--town", str(tmp_path / "town.yaml"), "--port", "0")
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0)
    assert "town.yaml" in done.stderr


async def test_the_page_stands_at_the_bare_address(http):
    page = await http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


async def test_the_state_tells_people_groups_and_clock(http):
    state = (await http.get("/_sandbox/state")).json()
    people = {person["userId"]: person for person in state["people"]}
    assert people["v-0106"]["shares"] == "v-0105"
    assert people["n-0201"]["hasAccount"] is False
    assert people["x-0001"]["staffId"] is None
    assert len(state["groups"]) == 7
    assert state["clock"]["version"] >= 1
    town = (await http.get("/_sandbox/town")).json()
    assert {"villages", "groups", "people", "duty", "helpers"} <= set(town)


async def test_reset_empties_what_people_see(http):
    await http.post("/_sandbox/say", json={"as": "v-0101", "text": "x"})
    await http.post("/_sandbox/faults", json={"fault": "qps"})
    await http.post("/_sandbox/reset")
    assert (await http.get("/_sandbox/inbox", params={"as": "v-0101"})).json() == {
        "messages": [],
        "cards": [],
        "todos": [],
    }
    state = (await http.get("/_sandbox/state")).json()
    assert (state["unackedCount"], state["faults"]) == (0, [])


async def test_a_listener_hears_only_what_its_person_sees(http, changes):
    async with changes("v-0201") as heard:
        await http.post("/_sandbox/say", json={"as": "v-0101", "text": "不关他事"})
        await http.post("/_sandbox/say", json={"as": "v-0201", "text": "他自己的"})
        assert (await heard.next("message"))["message"]["text"] == "他自己的"
        await http.post("/_sandbox/clock", json={"forward": 60})
        assert (await heard.next("clock"))["to"] is None
