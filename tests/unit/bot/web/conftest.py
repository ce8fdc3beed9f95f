"""A console in memory: a small town in a real database, and a browser without a network."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa

from bot.chores import recalls
from bot.dialogue.upkeep import papers
from bot.web.app import build
from bot.web.doors import Deps, Login
from skills import lessons, registry
from township import models
from township.clock import TurnedClock
from township.db import Database, Tx
from township.errors import Refused
from township.filestore import FileStore
from township.ids import new_id
from workflows import cases, definitions
from workflows.cases import Opening
from workflows.definition import Definition

TOWN, ACCOUNT = "shilizhen", "dingsandbox"
PEOPLE: tuple[tuple[str, str, bool, str | None], ...] = (
    ("c-0101", "陈文", True, "village_clerk"),
    ("c-0102", "孙立国", True, "village_head"),
    ("c-0201", "许静", True, "village_clerk"),
    ("c-0008", "马丽", True, "knowledge_keeper"),
    ("c-0009", "丁一", True, "knowledge_keeper"),
    ("v-0101", "王秀英", False, None),
    ("n-0101", "冯老栓", False, None),
)
NO_ACCOUNT = "n-0101"
REPORT = {
    "skill": "report",
    "name": "你钉我办",
    "form": {
        "what": {"kind": "text", "name": "什么事"},
        "place": {"kind": "place", "name": "在哪", "optional": True},
    },
    "workflow": {
        "start": "accept",
        "clocks": {"done": {"title": "办好", "within": "24 working hours", "until": ["ask"]}},
        "stages": {
            "accept": {
                "title": "等人接手",
                "who": "village_clerk of village",
                "actions": {
                    "take": {"title": "我来办", "to": "handle", "assign": "me"},
                    "refuse": {
                        "title": "不归我管",
                        "to": "closed",
                        "result": "refused",
                        "needs": {"reason": {"kind": "text", "name": "为什么"}},
                    },
                },
            },
            "handle": {
                "title": "正在办",
                "who": "assignee",
                "actions": {
                    "finish": {
                        "title": "办好了",
                        "to": "ask",
                        "needs": {"outcome": {"kind": "text", "name": "怎么办的"}},
                    }
                },
            },
            "ask": {
                "title": "等村民回话",
                "who": "villager",
                "waits": "villager",
                "actions": {"good": {"title": "好了", "to": "closed", "result": "done"}},
            },
        },
    },
}
CODES = {f"code-{staff}": staff for staff, *_ in PEOPLE} | {"code-nobody": "c-9999"}


def _settle(tx: Tx) -> None:
    tx.execute(sa.insert(models.towns).values(id=TOWN, name="示例镇"))
    tx.execute(sa.insert(models.accounts).values(id=ACCOUNT, client_id="dinglin-sandbox", secret=b"x"))
    for village, name in (("liushu", "柳树村"), ("taoyuan", "桃园村")):
        tx.execute(sa.insert(models.villages).values(id=village, town_id=TOWN, name=name))
    for staff, name, is_cadre, role in PEOPLE:
        village_id = {"-01": "liushu", "-02": "taoyuan"}.get(staff[1:4])
        tx.execute(
            sa.insert(models.people).values(
                id=staff, town_id=TOWN, village_id=village_id, name=name, is_cadre=is_cadre, flags={}
            )
        )
        phone = staff == NO_ACCOUNT
        way = {"kind": "phone", "value": "5331199"} if phone else {"kind": "staff", "value": staff}
        account = None if phone else ACCOUNT
        reach = {"id": new_id(), "town_id": TOWN, "person_id": staff, "account_id": account, **way}
        tx.execute(sa.insert(models.reaches).values(reach))
        if role is not None:
            tx.execute(
                sa.insert(models.grants).values(
                    id=new_id(), town_id=TOWN, person_id=staff, role=role, village_id=village_id
                )
            )


def _offer_services(tx: Tx, now: datetime) -> None:
    services = {one.id: one.skill for one in registry.house()}
    for name in ("answer_review", "document_review", "fact_sheet", "handoff", "recall", "village_report"):
        skill = services[name]
        assert skill is not None
        registry.install(tx, TOWN, skill, by=None, now=now)
    definition = Definition.model_validate(REPORT)
    digest = definitions.store(tx, TOWN, definition, {"skill.yaml": "report"}, by=None, now=now)
    definitions.publish(tx, TOWN, digest, by=None, now=now)


async def _staff_of(code: str) -> str:
    if code not in CODES:
        raise Refused("wrong_login_code")
    return CODES[code]


@pytest.fixture
async def deps(sqlite_db: Database, clock: TurnedClock, tmp_path: Path) -> Deps:
    """The town is settled; a login code `code-<staff id>` is good."""
    papers.declare()
    recalls.declare()
    lessons.declare()
    await sqlite_db.write(_settle)
    await sqlite_db.write(lambda tx: _offer_services(tx, clock.now()))
    login = Login(ACCOUNT, "dinglin-sandbox", "http://127.0.0.1:9700/oauth2/auth", _staff_of)
    return Deps(sqlite_db, clock, b"k" * 32, login, FileStore(tmp_path))


@pytest.fixture
async def browser(deps: Deps) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that has not signed in."""
    transport = httpx.ASGITransport(build(deps))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9600") as client:
        yield client


@pytest.fixture
def sign_in(browser: httpx.AsyncClient) -> Callable[..., Awaitable[httpx.Response]]:
    """Go through the login as `staff_id` and return its last answer, not followed."""

    async def go(staff_id: str, path: str = "/console") -> httpx.Response:
        start = await browser.get("/console/login/start", params={"next": path})
        state = parse_qs(urlsplit(start.headers["location"]).query)["state"][0]
        return await browser.get("/console/login/back", params={"authCode": f"code-{staff_id}", "state": state})

    return go


@pytest.fixture
def token_in() -> Callable[[httpx.Response], str]:
    """Find the form token of a page."""

    def find(page: httpx.Response) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert found, page.text
        return found[1]

    return find


@pytest.fixture
def report(deps: Deps) -> Callable[..., Awaitable[str]]:
    """Let 王秀英 report something in 柳树村; returns the id of the case."""

    async def say(what: str = "大门口的路灯不亮") -> str:
        now = deps.clock.now()
        opening = Opening(TOWN, "report", new_id(), {"what": what}, now, spoke="v-0101")
        return (await deps.db.write(lambda tx: cases.open(tx, opening, now=now))).case_id

    return say
