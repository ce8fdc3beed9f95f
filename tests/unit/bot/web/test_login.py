"""Signing in: only by a code that this browser asked for, only cadres, and never to another place."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa

from bot.web.app import build
from bot.web.doors import Deps
from township.clock import TurnedClock
from township.models import people

SignIn = Callable[..., Awaitable[httpx.Response]]
TokenIn = Callable[[httpx.Response], str]


async def test_health_answers_without_a_login(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/healthz")
    assert answer.json() == {"status": "ok"}


async def test_a_stranger_is_sent_to_the_login_and_back_to_the_page(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    answer = await browser.get("/console/cases")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/login?next=/console/cases"
    assert (await sign_in("c-0101", "/console/cases")).headers["location"] == "/console/cases"


async def test_a_cadre_sees_the_own_name(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("c-0101")
    page = await browser.get("/console")
    assert page.status_code == 200
    assert "陈文" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


async def test_the_login_names_our_app_and_our_address(browser: httpx.AsyncClient) -> None:
    start = await browser.get("/console/login/start")
    asked = parse_qs(urlsplit(start.headers["location"]).query)
    assert asked["client_id"] == ["dinglin-sandbox"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:9600/console/login/back"]


async def test_a_villager_is_told_where_to_go(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("v-0101")
    page = await browser.get("/console")
    assert page.status_code == 403
    assert "小邻" in page.text


async def test_somebody_nobody_knows_is_refused(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    answer = await sign_in("nobody")
    assert answer.status_code == 403
    assert "dinglin_console" not in browser.cookies


async def test_a_used_up_code_is_refused(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    assert (await sign_in("forged")).status_code == 403


async def test_a_state_of_another_browser_is_refused(browser: httpx.AsyncClient) -> None:
    await browser.get("/console/login/start")
    answer = await browser.get("/console/login/back", params={"authCode": "code-c-0101", "state": "elsewhere"})
    assert answer.status_code == 403
    assert "dinglin_console" not in browser.cookies


@pytest.mark.parametrize(
    "path", ["https://elsewhere.example", "//elsewhere.example", "/console/../x", "/consoles", "/console/中"]
)
async def test_the_login_never_leads_elsewhere(browser: httpx.AsyncClient, path: str, sign_in: SignIn) -> None:
    assert (await sign_in("c-0101", path)).headers["location"] == "/console"


async def test_a_forged_cookie_is_nobody(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("c-0101")
    text, _, signature = browser.cookies["dinglin_console"].rpartition(".")
    browser.cookies.clear()
    browser.cookies.set("dinglin_console", f"{text[:-4]}AAAA.{signature}")
    assert (await browser.get("/console")).status_code == 303


async def test_a_session_ends_by_itself(browser: httpx.AsyncClient, deps: Deps, sign_in: SignIn) -> None:
    await sign_in("c-0101")
    assert isinstance(deps.clock, TurnedClock)
    deps.clock.forward(timedelta(hours=11))
    assert (await browser.get("/console")).status_code == 303


async def test_a_copied_cookie_opens_nothing_after_signing_out(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn
) -> None:
    await sign_in("c-0101")
    copied = dict(browser.cookies)
    assert (await browser.post("/console/logout", data={"csrf": token_in(await browser.get("/console"))})).is_redirect
    browser.cookies.update(copied)
    assert (await browser.get("/console")).status_code == 303
    browser.cookies.clear()
    await sign_in("c-0101")
    assert (await browser.get("/console")).status_code == 200


async def test_signing_out_ends_one_session_and_no_other(
    browser: httpx.AsyncClient, deps: Deps, sign_in: SignIn, token_in: TokenIn
) -> None:
    await sign_in("c-0101")
    at_home = dict(browser.cookies)
    browser.cookies.clear()
    await sign_in("c-0101")
    await browser.post("/console/logout", data={"csrf": token_in(await browser.get("/console"))})
    browser.cookies.clear()
    browser.cookies.update(at_home)
    assert (await browser.get("/console")).status_code == 200


async def test_sessions_that_have_lapsed_are_no_longer_remembered(
    browser: httpx.AsyncClient, deps: Deps, sign_in: SignIn, token_in: TokenIn
) -> None:
    assert isinstance(deps.clock, TurnedClock)
    for _ in range(2):
        await sign_in("c-0101")
        await browser.post("/console/logout", data={"csrf": token_in(await browser.get("/console"))})
        deps.clock.forward(timedelta(hours=11))
    flags = deps.db.read_now(lambda tx: tx.execute(sa.select(people.c.flags).where(people.c.id == "c-0101")).scalar())
    assert flags is not None
    assert len(flags["left"]) == 1


async def test_a_form_without_our_token_changes_nothing(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("c-0101")
    assert (await browser.post("/console/logout", data={"csrf": "guessed"})).status_code == 403
    assert (await browser.get("/console")).status_code == 200


async def test_a_form_posted_from_elsewhere_changes_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn
) -> None:
    await sign_in("c-0101")
    token = token_in(await browser.get("/console"))
    elsewhere = {"origin": "https://elsewhere.example"}
    assert (await browser.post("/console/logout", data={"csrf": token}, headers=elsewhere)).status_code == 403
    assert (await browser.post("/console/logout", data={"csrf": token})).status_code == 303
    assert (await browser.get("/console")).status_code == 303


async def test_what_is_far_too_long_is_not_even_read(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn
) -> None:
    await sign_in("c-0101")
    token = token_in(await browser.get("/console"))
    read = 0

    async def without_end() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1_000_000

    form = {"content-type": "application/x-www-form-urlencoded"}
    for length in ({"content-length": str(10**9)}, {}):
        answer = await browser.post("/console/logout", content=without_end(), headers=form | length)
        assert answer.status_code == 422
        assert "太大" in answer.text
    assert read == 0
    assert (await browser.post("/console/logout", data={"csrf": token})).status_code == 303


async def test_over_https_no_cookie_travels_in_the_clear(deps: Deps) -> None:
    transport = httpx.ASGITransport(build(deps))
    async with httpx.AsyncClient(transport=transport, base_url="https://dinglin.example") as browser:
        start = await browser.get("/console/login/start")
        state = parse_qs(urlsplit(start.headers["location"]).query)["state"][0]
        back = await browser.get("/console/login/back", params={"authCode": "code-c-0101", "state": state})
    assert "Secure" in start.headers["set-cookie"]
    assert "Secure" in back.headers["set-cookie"]


async def test_the_login_leads_back_to_the_list_as_it_was_filtered(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    answer = await browser.get("/console/cases?state=late&village=liushu")
    (path,) = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
    assert path == "/console/cases?state=late&village=liushu"
    page = await browser.get(answer.headers["location"])
    start = re.findall(r'href="(/console/login/start[^"]+)"', page.text)[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(start).query)["next"] == [path]
    assert (await sign_in("c-0101", path)).headers["location"] == path


async def test_a_form_that_was_sent_too_late_leads_back_to_its_page(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps
) -> None:
    await sign_in("c-0101")
    token = token_in(await browser.get("/console"))
    assert isinstance(deps.clock, TurnedClock)
    deps.clock.forward(timedelta(hours=11))
    for referer, back in (
        ("http://127.0.0.1:9600/console/calls?done=1", "/console/calls?done=1"),
        ("https://elsewhere.example/console/calls", "/console"),
        ("", "/console"),
    ):
        answer = await browser.post("/console/logout", data={"csrf": token}, headers={"referer": referer})
        assert parse_qs(urlsplit(answer.headers["location"]).query)["next"] == [back]
    page = await browser.get(answer.headers["location"])
    assert "刚才填的没有收下" in page.text
    assert "刚才填的没有收下" not in (await browser.get("/console/login")).text
