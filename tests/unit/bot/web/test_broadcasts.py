"""The list of broadcasts at the console: what is set, heard, called off; seen by who may see its case."""

from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest
import sqlalchemy as sa

from bot.web.doors import Deps
from skills import registry
from township import directory
from township.db import Tx
from workflows.broadcasts import approval, submission
from workflows.broadcasts.drafts import Draft
from workflows.broadcasts.models import broadcast_sendings, broadcasts
from workflows.broadcasts.moments import Spoken

SignIn = Callable[..., Awaitable[httpx.Response]]
TOWN = "shilizhen"


@pytest.fixture
async def ordered(deps: Deps) -> str:
    """陈文 has ordered a broadcast for her village; returns its id."""
    approval.declare()
    now = deps.clock.now()

    def call(tx: Tx) -> str:
        skill = registry.load(registry.HERE / "broadcast").skill
        person = directory.person(tx, "c-0101")
        assert skill is not None
        assert person is not None
        registry.install(tx, TOWN, skill, by=None, now=now)
        editor = submission.editor_of(tx, directory.scope_of(tx, person, now))
        assert editor is not None
        spoken = Spoken(date(2026, 11, 23), "night", 19, 30)
        draft = Draft("今晚停水", spoken, editor.zones, issuer=editor.issuer)
        submission.submit(tx, editor, draft, key="k", conversation_id=None, now=now)
        return str(tx.execute(sa.select(broadcasts.c.id)).scalar_one())

    return await deps.db.write(call)


async def test_a_desk_without_broadcasts_says_so(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("c-0101")
    assert "还没有广播" in (await browser.get("/console/broadcasts")).text


async def test_what_was_ordered_and_heard_is_listed(
    deps: Deps, browser: httpx.AsyncClient, sign_in: SignIn, ordered: str
) -> None:
    await sign_in("c-0101")
    page = (await browser.get("/console/broadcasts")).text
    for words in ("播2026-0001", "柳树村委会通知：今晚停水", "11月23日（周一）19:30", "陈文", "等人同意"):
        assert words in page
    minute = deps.clock.now()
    sent = {"id": "s1", "town_id": TOWN, "broadcast_id": ordered, "occurs_at": minute, "village_id": "liushu"}
    sent |= {"attempt": 1, "due_at": minute, "state": "delivered", "reads": 7, "members": 12}

    def heard(tx: Tx) -> None:
        tx.execute(sa.insert(broadcast_sendings).values(**sent))
        tx.execute(sa.update(broadcasts).values(state="sent"))

    await deps.db.write(heard)
    page = (await browser.get("/console/broadcasts")).text
    assert "播完了，1/1 个群" in page
    assert "7/12 人看了" in page


async def test_another_village_does_not_see_it(browser: httpx.AsyncClient, sign_in: SignIn, ordered: str) -> None:
    await sign_in("c-0201")
    assert "今晚停水" not in (await browser.get("/console/broadcasts")).text


async def test_a_form_makes_the_same_draft_and_hands_it_over_once(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: Callable[[httpx.Response], str], ordered: str
) -> None:
    await sign_in("c-0101")
    form = {"text": "明天来领鸡苗,带户口本", "when": "下午四点", "level": "daily", "zone_liushu": "1"}
    token = token_in(await browser.get("/console/broadcasts"))
    draft = await browser.post("/console/broadcasts", data={**form, "csrf": token})
    for words in ("柳树村委会通知：明天来领鸡苗，带户口本", "11月23日（周一）16:00，柳树村，日常", "要孙立国同意"):
        assert words in draft.text
    for _ in range(2):
        sent = await browser.post("/console/broadcasts", data={**form, "csrf": token, "key": "k1", "sure": "1"})
        assert sent.status_code == 303
    page = (await browser.get("/console/broadcasts")).text
    assert page.count("播2026-0002") == 1
    assert "播2026-0003" not in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"when": "看情况"}, "没看懂时间"),
        ({"when": "晚上十点"}, "安静时间"),
        ({"zone_liushu": ""}, "都要填"),
        ({"text": " "}, "都要填"),
    ],
)
async def test_what_the_form_may_not_say_is_said_back(
    browser: httpx.AsyncClient,
    sign_in: SignIn,
    token_in: Callable[[httpx.Response], str],
    ordered: str,
    changed: dict[str, str],
    words: str,
) -> None:
    await sign_in("c-0101")
    token = token_in(await browser.get("/console/broadcasts"))
    form = {"text": "明天来领鸡苗", "when": "下午四点", "level": "daily", "zone_liushu": "1", **changed, "csrf": token}
    sent_from = {"referer": "http://desk.example/console/broadcasts"}
    answer = await browser.post("/console/broadcasts", data=form, headers=sent_from)
    assert answer.status_code in (403, 422)
    assert words in answer.text
    assert 'href="/console/broadcasts">回去再填' in answer.text


async def test_the_way_back_from_a_refusal_never_leaves_the_console(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: Callable[[httpx.Response], str], ordered: str
) -> None:
    await sign_in("c-0101")
    form = {"text": " ", "csrf": token_in(await browser.get("/console/broadcasts"))}
    for page in ("https://elsewhere.example/x", "", "http://desk.example//elsewhere.example/"):
        answer = await browser.post("/console/broadcasts", data=form, headers={"referer": page})
        assert "回去再填" not in answer.text


async def test_another_village_may_not_be_ordered_for_by_the_form(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: Callable[[httpx.Response], str], ordered: str
) -> None:
    await sign_in("c-0101")
    token = token_in(await browser.get("/console/broadcasts"))
    form = {"text": "明天来领鸡苗", "when": "下午四点", "zone_taoyuan": "1", "csrf": token, "sure": "1", "key": "k"}
    assert (await browser.post("/console/broadcasts", data=form)).status_code == 422
    assert (await browser.post("/console/broadcasts", data={**form, "csrf": "0"})).status_code == 403
