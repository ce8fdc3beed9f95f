"""The month in figures at the console, the public board on a telephone, and Open311 where it is switched on."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest

from bot.web.app import build
from bot.web.doors import Deps
from workflows import cases

SignIn = Callable[..., Awaitable[httpx.Response]]
TOWN = "shilizhen"


async def a_report(deps: Deps, key: str = "m1", *, closed: bool = False) -> None:
    now = deps.clock.now()
    fields = {"what": "王秀英家门口路灯不亮", "kind": "lamp", "place": "王秀英家门口"}
    opening = cases.Opening(TOWN, "village_report", key, fields, now, spoke="v-0101")
    outcome = await deps.db.write(lambda tx: cases.open(tx, opening, now=now))
    if closed:
        act = cases.Act(TOWN, outcome.case_id, "refuse", f"{key}-r", "c-0101", {"reason": "归供电所"})
        await deps.db.write(lambda tx: cases.act(tx, act, now=now))


def public(deps: Deps, **more: object) -> httpx.AsyncClient:
    app = build(replace(deps, public_url="https://dinglin.example.gov.cn", **more))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:9600")


async def test_the_town_and_ones_own_village_stand_side_by_side(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    await a_report(deps)
    await sign_in("c-0101")
    page = (await browser.get("/console/figures?village=liushu")).text
    assert "柳树村" in page
    assert "全镇" in page
    assert "不到5件" in page
    assert "桃园村" not in page, "nobody compares with another village"
    wrong = await browser.get("/console/figures?month=often&village=taoyuan")
    assert wrong.status_code == 200


async def test_the_figures_are_a_table_too(deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient) -> None:
    await a_report(deps)
    await sign_in("c-0101")
    table = (await browser.get("/console/figures.csv")).text.lstrip("\ufeff").splitlines()
    assert table[0] == "数什么,全镇"
    assert table[1] == "收到多少件,1"


async def test_a_count_of_ones_own_stands_beside_the_mean_of_a_village(
    deps: Deps, sign_in: SignIn, browser: httpx.AsyncClient
) -> None:
    for number in range(3):
        await a_report(deps, f"m{number}")
    await sign_in("c-0101")
    table = (await browser.get("/console/figures.csv?village=liushu")).text.lstrip("\ufeff").splitlines()
    assert table[0] == "数什么,柳树村,平均一个村,全镇"
    assert table[1] == "收到多少件,3,1.5,3", "two villages"


async def test_the_board_is_for_everybody_and_names_nobody(deps: Deps) -> None:
    await a_report(deps, closed=True)
    async with public(deps) as browser:
        page = await browser.get(f"/b/{TOWN}")
        assert page.status_code == 200
        assert "路灯" in page.text
        assert "柳树村" in page.text
        assert "王秀英" not in page.text
        assert "供电所" not in page.text
        assert len(page.content) < 40_000
        assert (await browser.get("/b/nowhere")).status_code == 404


async def test_open311_is_off_until_it_is_switched_on(deps: Deps) -> None:
    await a_report(deps)
    async with public(deps) as browser:
        assert (await browser.get("/open311/v2/requests.json")).status_code == 404
    async with public(deps, open311=True) as browser:
        (found,) = (await browser.get("/open311/v2/requests.json")).json()
        assert found["service_code"] == "village_report.lamp"
        assert "王秀英" not in str(found)
        assert (await browser.get("/open311/v2/requests.json?status=closed")).json() == []
        (one,) = (await browser.get(f"/open311/v2/requests/{found['service_request_id']}.json")).json()
        assert one == found
        assert (await browser.get("/open311/v2/requests/none.json")).status_code == 404
        services = (await browser.get("/open311/v2/services.json")).json()
        assert "village_report.lamp" in {service["service_code"] for service in services}
        assert "village_report.dispute" not in {service["service_code"] for service in services}


@pytest.mark.parametrize("start", ["2020-01-01T00:00:00+08:00", "yesterday"])
async def test_open311_never_gives_more_than_ninety_days(deps: Deps, start: str) -> None:
    await a_report(deps)
    async with public(deps, open311=True) as browser:
        found = await browser.get("/open311/v2/requests.json", params={"start_date": start})
        assert len(found.json()) == 1
        old = {"start_date": start, "end_date": "2025-01-01T00:00:00+08:00"}
        assert (await browser.get("/open311/v2/requests.json", params=old)).json() == []


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13", "2026-11-01", "上个月"])
@pytest.mark.parametrize("page", ["figures", "figures.csv", "demands", "demands.csv"])
async def test_a_month_that_cannot_be_counted_is_this_one(
    sign_in: SignIn, browser: httpx.AsyncClient, page: str, month: str
) -> None:
    await sign_in("c-0101")
    assert (await browser.get(f"/console/{page}", params={"month": month})).status_code == 200


async def test_open311_gives_what_is_asked_for_and_no_more(deps: Deps) -> None:
    await a_report(deps, "m1")
    await a_report(deps, "m2", closed=True)
    async with public(deps, open311=True) as browser:
        first, second = (await browser.get("/open311/v2/requests.json")).json()
        numbers = [one["service_request_id"] for one in (first, second)]

        async def of(**asked: str) -> list[str]:
            found = await browser.get("/open311/v2/requests.json", params=asked)
            return [one["service_request_id"] for one in found.json()]

        assert await of(service_code="village_report.lamp") == numbers
        assert await of(service_code="village_report.road,village_report.lamp") == numbers
        assert await of(service_code="village_report.road") == []
        assert await of(service_request_id=numbers[1]) == [numbers[1]]
        assert await of(service_request_id=f"{numbers[0]},{numbers[1]}") == numbers
        assert await of(service_request_id=numbers[1], service_code="village_report.road") == [numbers[1]], (
            "as the protocol has it: numbers override everything else"
        )


@pytest.mark.parametrize("start", ["2026-11-24", "2026-11-24T00:00:00+08:00", "2026-11-24T00:00:00Z"])
async def test_open311_reads_a_day_however_it_is_written(deps: Deps, start: str) -> None:
    await a_report(deps)
    async with public(deps, open311=True) as browser:
        unescaped = await browser.get(f"/open311/v2/requests.json?start_date={start}")
        assert unescaped.json() == [], "opened on the 23rd"


async def test_open311_says_errors_in_its_own_shape(deps: Deps) -> None:
    async with public(deps, open311=True) as browser:
        lost = await browser.get("/open311/v2/requests/none.json")
        assert lost.status_code == 404
        assert [set(one) for one in lost.json()] == [{"code", "description"}]
