"""Signing in at the console, over loopback: the login page, the code, whose it is, and what is said when it fails."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.transport import Credential, Transport
from bot.logins import login_of
from bot.registration import ACCOUNT
from tests.integration.bot.living import Living, living, settings_of


@asynccontextmanager
async def a_browser(town: Living) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(town.app.build_web())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9600") as browser:
        yield browser


async def asked_who(browser: httpx.AsyncClient) -> str:
    """Press the button of the login page of the console; returns where it leads."""
    page = await browser.get("/console/login", params={"next": "/console/cases"})
    pressed = re.search(r'href="(/console/login/start[^"]*)"', page.text)
    assert pressed
    return str((await browser.get(unescape(pressed[1]))).headers["location"])


async def chosen(address: str, name: str) -> str:
    """Choose a person on the page of the platform; returns the path that it sends the browser back to."""
    async with httpx.AsyncClient(trust_env=False) as outside:
        page = await outside.get(address)
        link = re.search(rf'href="([^"]+)">{name}<', page.text)
        assert link, page.text
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        back = urlsplit((await outside.get(origin + unescape(link[1]))).headers["location"])
    assert (back.scheme, back.netloc, back.path) == ("http", "127.0.0.1:9600", "/console/login/back")
    return f"{back.path}?{back.query}"


async def test_a_cadre_signs_in_over_the_wire_and_a_code_works_once(tmp_path: Path) -> None:
    async with living(tmp_path) as town, a_browser(town) as browser:
        address = await asked_who(browser)
        asked = parse_qs(urlsplit(address).query)
        assert (asked["scope"], asked["response_type"]) == (["openid"], ["code"])
        back = await chosen(address, "陈文")
        entered = await browser.get(back)
        assert (entered.status_code, entered.headers["location"]) == (303, "/console/cases")
        assert "陈文" in (await browser.get("/console")).text
        assert (await browser.get(back)).status_code == 403


async def test_a_code_that_was_used_elsewhere_lets_nobody_in(tmp_path: Path) -> None:
    async with living(tmp_path) as town, a_browser(town) as browser:
        back = await chosen(await asked_who(browser), "陈文")
        await town.app.client.user_by_login(parse_qs(urlsplit(back).query)["authCode"][0])
        refused = await browser.get(back)
        assert refused.status_code == 403
        assert "从头再登录一次" in refused.text


async def test_a_stranger_who_is_no_member_is_told_to_change_the_account(tmp_path: Path) -> None:
    async with living(tmp_path) as town, a_browser(town) as browser:
        address = await asked_who(browser)
        outsider = next(
            one["userId"] for one in (await town.phone.get("state"))["people"] if one["userId"].startswith("x-")
        )
        async with httpx.AsyncClient(trust_env=False) as outside:
            back = (await outside.get(f"{address}&as={outsider}")).headers["location"]
        refused = await browser.get(f"/console/login/back?{urlsplit(back).query}")
        assert refused.status_code == 403
        assert "不在本镇的组织里" in refused.text


async def test_who_does_not_agree_is_let_go_kindly(tmp_path: Path) -> None:
    async with living(tmp_path) as town, a_browser(town) as browser:
        state = parse_qs(urlsplit(await asked_who(browser)).query)["state"][0]
        refused = await browser.get("/console/login/back", params={"state": state})
        assert "没有在钉钉里点同意" in refused.text


async def test_a_platform_that_does_not_answer_is_named(tmp_path: Path) -> None:
    async with living(tmp_path) as town, a_browser(town) as browser:
        back = await chosen(await asked_who(browser), "陈文")
        await town.phone.fault("html", times=1)
        refused = await browser.get(back)
        assert "连不上钉钉" in refused.text


async def test_a_wrong_secret_is_for_the_administrator(tmp_path: Path) -> None:
    async with living(tmp_path) as town, a_browser(town) as browser:
        back = await chosen(await asked_who(browser), "陈文")
        object.__setattr__(town.app.credential, "client_secret", "another")
        refused = await browser.get(back)
        assert "请管理员看一看" in refused.text


@pytest.mark.parametrize(
    ("api_url", "login_url", "page"),
    [
        ("http://127.0.0.1:9700", "", "http://127.0.0.1:9700/oauth2/auth"),
        ("https://api.dingtalk.com", "", "https://login.dingtalk.com/oauth2/auth"),
        ("https://api.dingtalk.com", "https://login.example", "https://login.example/oauth2/auth"),
    ],
)
def test_the_host_of_the_login_page_is_a_setting(tmp_path: Path, api_url: str, login_url: str, page: str) -> None:
    settings = settings_of(tmp_path, api_url, login_url=login_url)
    client = Client(Transport(Credential(ACCOUNT, "c", "s"), Endpoints(api_url, api_url)))
    assert login_of(settings, client).page == page
