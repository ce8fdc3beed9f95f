"""The console before a real browser: signing in on the pretend DingTalk's own page, a case, and a document.

The town is the sandbox's, the login code travels the real wire; only the chat is left out here.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Page, expect

from bot.dialogue.upkeep import papers
from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.transport import Credential, Transport
from bot.logins import login_of
from bot.registration import ACCOUNT, offer_services
from bot.web.app import build
from bot.web.doors import Deps
from sandbox.server import CLIENT_ID, CLIENT_SECRET
from township import register
from township.clock import SHANGHAI, TurnedClock
from township.db import Database, Tx
from township.filestore import FileStore
from township.ids import new_id
from township.settings import Settings
from workflows import cases
from workflows.cases import Opening

TOWN = "shilizhen"


@dataclass(frozen=True, slots=True)
class Desk:
    """A running console over a database of its own."""

    url: str
    db: Database
    clock: TurnedClock

    def report(self, what: str) -> None:
        """Let a villager of 柳树村 report something."""
        now = self.clock.now()
        opening = Opening(TOWN, "village_report", new_id(), {"what": what, "kind": "lamp"}, now, spoke="v-0101")
        self.db.write_now(lambda tx: cases.open(tx, opening, now=now))


@pytest.fixture
def desk(sandbox: httpx.Client, sqlite_db: Database, tmp_path: Path) -> Iterator[Desk]:
    papers.declare()
    clock = TurnedClock(datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI))
    sheet = register.read_sheet(sandbox.get("/_sandbox/town").json())

    def settle(tx: Tx) -> None:
        register.account(tx, ACCOUNT, client_id=CLIENT_ID, secret=b"x", corp_id=sheet.town.corp_id, town_ids=[])
        offer_services(tx, register.town(tx, sheet, ACCOUNT, at=clock.now()), at=clock.now())

    sqlite_db.write_now(settle)
    origin = str(sandbox.base_url).rstrip("/")
    client = Client(Transport(Credential(ACCOUNT, CLIENT_ID, CLIENT_SECRET), Endpoints(origin, origin)))

    login = login_of(Settings(_env_file=None, api_url=origin), client)
    app = build(Deps(sqlite_db, clock, b"k" * 32, login, FileStore(tmp_path)))
    app.router.add_event_handler("shutdown", client.close)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield Desk(f"http://127.0.0.1:{listening.getsockname()[1]}", sqlite_db, clock)
        server.should_exit = True
        thread.join(10)


def sign_in(page: Page, desk: Desk, name: str) -> None:
    page.goto(f"{desk.url}/console")
    page.get_by_role("link", name="用钉钉登录").click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}，您好")


def test_a_clerk_signs_in_takes_a_report_and_closes_it(page: Page, desk: Desk) -> None:
    desk.report("大门口的路灯不亮了")
    sign_in(page, desk, "陈文")
    page.get_by_role("link", name="路灯").click()
    expect(page.get_by_role("heading", name="时限怎么算的")).to_be_visible()
    expect(page.locator(".line li")).to_have_count(1)
    page.locator(".acts").first.get_by_role("button").first.click()
    expect(page.get_by_role("status")).to_have_text("好，记下了。")
    expect(page.locator(".line li")).to_have_count(2)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_console_is_large_and_dark_enough_to_read(
    page: Page, desk: Desk, hard_to_read: Callable[[], list[str]], width: int
) -> None:
    desk.report("大门口的路灯不亮了")
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, desk, "陈文")
    assert hard_to_read() == []
    for path in ("cases", "documents"):
        page.goto(f"{desk.url}/console/{path}")
        assert hard_to_read() == []
    page.goto(f"{desk.url}/console/cases")
    page.get_by_role("link", name="路灯").click()
    expect(page.get_by_role("heading", name="经过")).to_be_visible()
    assert hard_to_read() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_villager_is_kindly_sent_back_to_the_chat(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.url}/console")
    page.get_by_role("link", name="用钉钉登录").click()
    page.get_by_role("link", name="王秀英").click()
    expect(page.locator("main")).to_contain_text("直接在钉钉里跟小邻说")


def test_a_file_becomes_a_preview_that_waits_for_another_person(page: Page, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "路灯.md"
    file.write_text("# 示例镇路灯管护办法\n\n（样例）\n\n示例政发〔2026〕31号\n\n第一条 坏了两天内修好。\n", "utf-8")
    sign_in(page, desk, "马丽")
    page.get_by_role("link", name="政策文件").click()
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="传上来看看").click()
    expect(page.locator(".facts")).to_contain_text("示例政发〔2026〕31号")
    expect(page.locator(".clause")).to_contain_text("坏了两天内修好")
    expect(page.get_by_role("button", name="核对过了，生效")).to_have_count(0)


def test_no_page_of_the_console_is_wider_than_a_telephone(page: Page, desk: Desk) -> None:
    desk.report("大门口的路灯不亮了")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, desk, "郑晓东")
    for path in ("", "/cases", "/broadcasts", "/documents", "/facts", "/questions", "/orders", "/rosters", "/figures"):
        page.goto(f"{desk.url}/console{path}")
        wide, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= shown, path


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 720)])
def test_what_may_be_done_with_ticked_cases_stays_in_reach(page: Page, desk: Desk, width: int, height: int) -> None:
    for number in range(12):
        desk.report(f"{number} 组的路灯不亮了")
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, desk, "陈文")
    button = page.get_by_role("button", name="收下")
    expect(button).not_to_be_in_viewport()
    page.locator(".box input").nth(0).check()
    page.locator(".box input").nth(1).check()
    expect(button).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_telephone_the_menu_is_one_row_that_opens(page: Page, desk: Desk) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, desk, "陈文")
    top = page.locator(".top").bounding_box()
    assert top is not None
    assert top["height"] <= 80
    documents = page.get_by_role("link", name="政策文件")
    expect(documents).to_be_hidden()
    page.get_by_text("菜单", exact=True).click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    documents.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("政策文件")
    expect(documents).to_be_hidden()
    page.get_by_label("打开菜单").press("Space")
    expect(documents).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 844})
    page.reload()
    expect(documents).to_be_visible()
    expect(page.get_by_text("菜单", exact=True)).to_be_hidden()
