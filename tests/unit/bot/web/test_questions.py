"""What could not be answered, at the console: listed, answered by one, looked at by another, counted."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.web.doors import Deps
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.models import answers_given, facts
from knowledge.questions import drafts, kept, sorting
from knowledge.questions.kept import Asked
from knowledge.questions.models import clusters, questions
from township.db import Tx
from township.scope import Audience

SignIn = Callable[..., Awaitable[httpx.Response]]
TokenIn = Callable[[httpx.Response], str]
TOWN = "shilizhen"
PATH = "/console/questions"
FORM = {
    "act": "write",
    "questions": "拖拉机年审在哪办\n拖拉机审车去哪",
    "answer": "到县农机站，533-7788",
    "source": "示例农发〔2026〕5号",
    "valid_until": "2027-11-30",
}


@pytest.fixture
async def cluster(deps: Deps) -> str:
    """Two people of 柳树村 and one of 桃园村 asked the same."""

    def ask(tx: Tx) -> None:
        today = deps.clock.now().date()
        for n, village in enumerate(("liushu", "liushu", "taoyuan")):
            asked = Asked(TOWN, f"m{n}:1", f"拖拉机年审在哪办{'呀' * n}", today, Audience.RESIDENT, village)
            kept.keep(tx, asked, at=deps.clock.now())

    await deps.db.write(ask)
    sorting.sort(Library(deps.db, None, ExactIndex()), deps.clock.now())
    return str(await deps.db.read(lambda tx: tx.scalar(sa.select(clusters.c.id))))


async def write(browser: httpx.AsyncClient, token_in: TokenIn, cluster: str, **more: str) -> httpx.Response:
    token = token_in(await browser.get(f"{PATH}/{cluster}"))
    return await browser.post(f"{PATH}/{cluster}", data={"csrf": token, **FORM, **more})


async def test_one_writes_and_another_lets_it_be_said(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps, cluster: str
) -> None:
    await sign_in("c-0008")
    listed = await browser.get(PATH)
    assert "K1 拖拉机年审在哪办" in listed.text
    assert "柳树村、桃园村" in listed.text or "桃园村、柳树村" in listed.text
    page = await browser.get(f"{PATH}/{cluster}")
    assert "3 次" in page.text
    assert (await write(browser, token_in, cluster)).status_code == 303
    (draft,) = await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster))
    own = await browser.get(f"/console/answers/{draft.id}")
    assert "这份是您写的" in own.text
    refused = await browser.post(f"/console/answers/{draft.id}", data={"csrf": token_in(own), "act": "approve"})
    assert refused.status_code == 403
    assert "另一位同事" in refused.text
    await sign_in("c-0009")
    shown = await browser.get(f"/console/answers/{draft.id}")
    assert "答不上来" in shown.text
    assert "到县农机站，533-7788" in shown.text
    done = await browser.post(
        f"/console/answers/{draft.id}", data={"csrf": token_in(shown), "act": "approve", "key": "1"}
    )
    assert done.status_code == 303
    row = await deps.db.read(lambda tx: tx.execute(sa.select(facts)).mappings().one())
    assert (row["answer"], row["source"], row["questions"]) == (
        "到县农机站，533-7788",
        "示例农发〔2026〕5号",
        ["拖拉机年审在哪办", "拖拉机审车去哪"],
    )
    assert (row["valid_until"], row["last_checked"]) == (date(2027, 11, 30), date(2026, 11, 23))
    assert "K1" not in (await browser.get(PATH)).text
    again = await browser.post(
        f"/console/answers/{draft.id}", data={"csrf": token_in(shown), "act": "reject", "reason": "x"}
    )
    assert again.status_code == 403


async def test_it_can_be_sent_back_and_taken_back(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps, cluster: str
) -> None:
    await sign_in("c-0008")
    await write(browser, token_in, cluster)
    (draft,) = await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster))
    await sign_in("c-0009")
    path = f"/console/answers/{draft.id}"
    token = token_in(await browser.get(path))
    assert (await browser.post(path, data={"csrf": token, "act": "reject", "key": "1"})).status_code == 422
    await browser.post(path, data={"csrf": token, "act": "reject", "reason": "搬家了", "key": "2"})
    await sign_in("c-0008")
    assert "搬家了" in (await browser.get(f"{PATH}/{cluster}")).text
    await write(browser, token_in, cluster)
    newest = (await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster)))[0]
    path = f"/console/answers/{newest.id}"
    await browser.post(path, data={"csrf": token_in(await browser.get(path)), "act": "withdraw", "key": "3"})
    states = [one.state for one in await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster))]
    assert states == ["withdrawn", "rejected"]
    assert await deps.db.read(lambda tx: tx.execute(sa.select(facts)).all()) == []


async def test_a_village_clerk_sees_and_answers_the_own_village_only(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps, cluster: str
) -> None:
    await sign_in("c-0201")
    page = await browser.get(f"{PATH}/{cluster}")
    assert "1 次" in page.text
    assert "柳树村" not in page.text
    refused = await write(browser, token_in, cluster, village="liushu")
    assert refused.status_code == 403
    assert "只能答本村的" in refused.text
    await write(browser, token_in, cluster, village="")
    (draft,) = await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster))
    assert draft.village_id == "taoyuan"
    await sign_in("c-0101")
    assert (await browser.get(f"/console/answers/{draft.id}")).status_code == 404


async def test_who_keeps_nothing_is_refused(browser: httpx.AsyncClient, sign_in: SignIn, cluster: str) -> None:
    await sign_in("c-0102")
    for path in (PATH, f"{PATH}/{cluster}", f"{PATH}/hits"):
        assert (await browser.get(path)).status_code == 403, path


async def test_what_needs_no_answer_is_put_aside_and_fetched_again(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, cluster: str
) -> None:
    await sign_in("c-0008")
    token = token_in(await browser.get(f"{PATH}/{cluster}"))
    await browser.post(f"{PATH}/{cluster}", data={"csrf": token, "act": "aside"})
    assert "K1" not in (await browser.get(PATH)).text
    assert "K1" in (await browser.get(PATH, params={"by": "aside"})).text
    await browser.post(f"{PATH}/{cluster}", data={"csrf": token, "act": "back"})
    assert "K1" in (await browser.get(PATH, params={"by": "new"})).text


async def test_an_answer_given_to_one_is_adopted_with_one_tap(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps, cluster: str
) -> None:
    def close(tx: Tx) -> None:
        tx.execute(sa.update(questions).where(questions.c.key == "m0:1:unanswered").values(case_id="case"))
        drafts.offer(tx, "case", "到县农机站", by="c-0101", at=deps.clock.now())

    await deps.db.write(close)
    await sign_in("c-0008")
    listed = await browser.get(PATH)
    assert "以后都这样答" in listed.text
    (offered,) = await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster))
    await browser.post(f"/console/answers/{offered.id}", data={"csrf": token_in(listed), "act": "adopt"})
    (draft, _) = await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster))
    assert (draft.state, draft.author_id, draft.answer) == ("waiting", "c-0008", "到县农机站")
    assert len(draft.questions) == 3
    assert await deps.db.read(lambda tx: tx.execute(sa.select(facts)).all()) == []


async def test_a_form_of_text_stays_text(
    browser: httpx.AsyncClient, sign_in: SignIn, token_in: TokenIn, deps: Deps, cluster: str
) -> None:
    await sign_in("c-0008")
    await write(browser, token_in, cluster, answer="<b onclick=alert(1)>到</b>县农机站 {{7*7}} http://x.cn")
    (draft,) = await deps.db.read(lambda tx: drafts.of_cluster(tx, cluster))
    page = (await browser.get(f"/console/answers/{draft.id}")).text
    assert "<b onclick" not in page
    assert "http://x" not in page
    assert "49" not in draft.answer
    too_long = await write(browser, token_in, cluster, answer="长" * 401)
    assert too_long.status_code in (403, 422)


async def test_hits_are_counted_and_what_nobody_asks_stands_first(
    browser: httpx.AsyncClient, sign_in: SignIn, deps: Deps
) -> None:
    now = deps.clock.now()

    def fill(tx: Tx) -> None:
        for n, question in enumerate(("赶集是哪天", "值班电话")):
            row: dict[str, Any] = {"id": f"f{n}", "town_id": TOWN, "fact_key": question}
            row |= {"questions": [question], "answer": f"答{n}"}
            row |= {"source": "", "owner": "", "audience": "public", "sample": False, "state": "in_force"}
            tx.execute(facts.insert().values(**row, updated_at=now - timedelta(days=400)))
        for n, day in enumerate((1, 2, 500)):
            given: dict[str, Any] = {
                "message_id": f"m{n}",
                "position": 1,
                "town_id": TOWN,
                "kind": "fact",
                "confidence": 1.0,
            }
            given |= {"clause_ids": [], "fact_ids": ["f1"], "at": now - timedelta(days=day)}
            tx.execute(answers_given.insert().values(**given))

    await deps.db.write(fill)
    await sign_in("c-0008")
    page = (await browser.get(f"{PATH}/hits")).text
    assert page.index("赶集是哪天") < page.index("值班电话")
    assert page.count(">一年没人问<") == 1
    assert ">2</td>" in page.replace("\n", "")
