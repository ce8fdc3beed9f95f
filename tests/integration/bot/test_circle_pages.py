"""The circle on pages: the console of who looks at posts, and the list for telephones by the address of a village."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from bot.chores.circle import Circle
from bot.web.app import build
from bot.web.doors import Deps, Login
from tests.integration.bot.house import House
from township import jobs
from township.filestore import FileStore
from workflows.circle import links
from workflows.circle.models import photos as photo_rows
from workflows.circle.models import posts

KEY = b"k" * 32
SignIn = Callable[[str], Awaitable[str]]


async def _staff_of(code: str) -> str:
    return code


@pytest.fixture
async def browser(house: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    login = Login("main", "dinglin-sandbox", "http://127.0.0.1:9700/oauth2/auth", _staff_of)
    deps = Deps(house.db, house.clock, KEY, login, FileStore(tmp_path), "https://dinglin.example.gov.cn")
    transport = httpx.ASGITransport(build(deps))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9600") as client:
        yield client


@pytest.fixture
def sign_in(browser: httpx.AsyncClient) -> SignIn:
    """Sign somebody in and open the page of posts; returns it."""

    async def go(staff_id: str) -> str:
        start = await browser.get("/console/login/start", params={"next": "/console/circle"})
        state = parse_qs(urlsplit(start.headers["location"]).query)["state"][0]
        await browser.get("/console/login/back", params={"authCode": staff_id, "state": state})
        return (await browser.get("/console/circle")).text

    return go


def token(page: str) -> str:
    return str(re.findall(r'name="csrf" value="([0-9a-f]+)"', page)[0])


def picture(colour: str = "red", size: tuple[int, int] = (60, 40)) -> bytes:
    held = BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG")
    return held.getvalue()


async def developed(house: House, tmp_path: Path) -> None:
    """Do the jobs that draw photos anew."""
    chores = Circle(house.db, house.clock, FileStore(tmp_path), house.ledger)
    while job := await house.db.write(lambda tx: jobs.claim(tx, machine=house.clock.machine())):
        chores.develop(job.args)
        await house.db.write(partial(jobs.done, job_id=job.id, machine=house.clock.machine()))


async def test_a_held_post_is_let_out_at_the_console(house: House, browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await house.says("v-0102", "发邻友圈：有人要验证码，<b>别</b>给")
    page = await sign_in("c-0101")
    assert "张三" in page
    assert "&lt;b&gt;别&lt;/b&gt;给" in page
    assert "骗子常用的话" in page
    (task,) = set(re.findall(r'action="/console/circle/(\w+)"', page))
    posted = await browser.post(f"/console/circle/{task}", data={"csrf": token(page), "act": "release"})
    assert posted.status_code == 303
    assert [row["state"] for row in await house.rows(posts)] == ["published"]
    assert "没有等您看的帖子" in (await browser.get("/console/circle")).text


async def test_a_refusal_at_the_console_needs_its_reason(
    house: House, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await house.says("v-0102", "发邻友圈：要验证码的找我")
    page = await sign_in("c-0101")
    (task,) = set(re.findall(r'action="/console/circle/(\w+)"', page))
    without = await browser.post(f"/console/circle/{task}", data={"csrf": token(page), "act": "refuse"})
    assert without.status_code == 422
    given = {"csrf": token(page), "act": "refuse", "reason": "像是骗人的"}
    assert (await browser.post(f"/console/circle/{task}", data=given)).status_code == 303
    assert [row["state"] for row in await house.rows(posts)] == ["refused"]


async def test_another_village_sees_and_decides_nothing(
    house: House, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await house.says("v-0102", "发邻友圈：金丝雀，要验证码的找我")
    (task,) = [one.id for one in await house.tasks_of("c-0101")]
    page = await sign_in("c-0201")
    assert "金丝雀" not in page
    given = {"csrf": token(page), "act": "release"}
    assert (await browser.post(f"/console/circle/{task}", data=given)).status_code == 403
    assert [row["state"] for row in await house.rows(posts)] == ["held"]


async def test_the_list_for_telephones_names_nobody(house: House, browser: httpx.AsyncClient, tmp_path: Path) -> None:
    frame = house.frame("v-0102", "发邻友圈：捡到一串钥匙", pictures=1)
    house.post.files = dict.fromkeys(house.post.files, picture())
    await house.door.on_message(frame)
    await house.quiet()
    await developed(house, tmp_path)
    await house.says("v-0201", "发邻友圈：金丝雀")
    code = links.code(KEY, "liushu", house.clock.now())
    page = await browser.get(f"/q/{code}")
    assert page.status_code == 200
    assert "捡到一串钥匙" in page.text
    assert "张三" not in page.text
    assert "金丝雀" not in page.text
    assert len(page.content) < 40_000
    (address,) = re.findall(r'href="(/q/\w+/\w+/1)"', page.text)
    shown = await browser.get(address)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    other = address.replace(code, links.code(KEY, "taoyuan", house.clock.now()))
    assert (await browser.get(other)).status_code == 404


async def test_an_address_is_guessed_by_nobody_and_lapses(house: House, browser: httpx.AsyncClient) -> None:
    code = links.code(KEY, "liushu", house.clock.now())
    assert (await browser.get("/q/AAAAAAAAAAAA")).status_code == 404
    assert (await browser.get(f"/q/{links.code(b'x' * 32, 'liushu', house.clock.now())}")).status_code == 404
    house.clock.forward(timedelta(days=20))
    assert (await browser.get(f"/q/{code}")).status_code == 200
    house.clock.forward(timedelta(days=20))
    assert (await browser.get(f"/q/{code}")).status_code == 404


async def test_a_bomb_and_a_text_are_no_photos_and_the_author_is_told(house: House, tmp_path: Path) -> None:
    frame = house.frame("v-0102", "发邻友圈：看看这个", pictures=2)
    bad = [picture("blue", (9000, 9000)), b"<html>not a picture</html>"]
    house.post.files = dict(zip(house.post.files, bad, strict=True))
    await house.door.on_message(frame)
    await house.quiet()
    await developed(house, tmp_path)
    rows = await house.rows(photo_rows)
    assert [row["problem"] for row in rows] == ["photo_too_big", "no_photo"]
    assert all(row["sha256"] is None and row["original"] is None for row in rows)
    await house.quiet()
    assert any("2 张打不开" in one for one in house.heard("v-0102"))
