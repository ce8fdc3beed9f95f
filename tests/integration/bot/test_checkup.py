"""`doctor` says of each thing whether it is right and what to do, with the sandbox there, wrong, and gone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from ruamel.yaml import YAML

from bot.commands import checkup
from bot.commands.asking import SAMPLE_TOWN
from bot.commands.checkup import Verdict
from bot.purse import Call
from bot.registration import ACCOUNT, offer_services
from bot.spending import Ledger, limits_of
from evals.scripted import Mode, ScriptedModel
from sandbox.server import Running, serve
from tests.integration.bot.conftest import MONDAY
from tests.integration.bot.house import TOWN
from tests.integration.bot.living import settings_of
from township import outbox, register, schema
from township.clock import SystemClock
from township.db import Database, Tx
from township.effects import Say, ToPerson
from township.models import grants
from township.settings import Settings
from workflows.seals.paper import typesetting


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with serve() as running:
        yield running


def migrated(settings: Settings) -> Settings:
    db = Database(settings.database)
    schema.upgrade(db)
    db.close_now()
    return settings


async def verdicts(settings: Settings, *, dingtalk: bool = True) -> dict[str, tuple[Verdict, str]]:
    return {one.what: (one.verdict, one.words) for one in await checkup.look(settings, dingtalk=dingtalk)}


async def test_all_is_well_with_the_sandbox(tmp_path: Path, sandbox: Running) -> None:
    found = await verdicts(migrated(settings_of(tmp_path, sandbox.url)))
    assert {verdict for verdict, _ in found.values()} <= {Verdict.GOOD, Verdict.WARN}
    assert found["directory"][0] is found["roles"][0] is found["database"][0] is Verdict.GOOD


async def test_a_wrong_secret_is_said_in_words(tmp_path: Path, sandbox: Running) -> None:
    settings = migrated(settings_of(tmp_path, sandbox.url)).model_copy(update={"client_secret": SecretStr("wrong")})
    found = await verdicts(settings)
    verdict, words = found["directory"]
    assert verdict is Verdict.BAD
    assert "取令牌" in words
    assert "wrong" not in words, "a secret is never shown"


async def test_a_platform_that_is_down_is_said_in_words(tmp_path: Path) -> None:
    with serve() as running:
        url = running.url
    verdict, words = (await verdicts(migrated(settings_of(tmp_path, url))))["directory"]
    assert verdict is Verdict.BAD
    assert "不通" in words


async def test_a_database_that_was_not_migrated_names_the_command(tmp_path: Path) -> None:
    verdict, words = (await verdicts(settings_of(tmp_path, "http://127.0.0.1:9"), dingtalk=False))["database"]
    assert verdict is Verdict.BAD
    assert "dinglin migrate" in words


async def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "http://127.0.0.1:9", "postgresql://dinglin:geheim@127.0.0.1:9/town")
    verdict, words = (await verdicts(settings, dingtalk=False))["database"]
    assert verdict is Verdict.BAD
    assert "127.0.0.1" in words
    assert "geheim" not in words


async def test_a_town_with_the_sandboxs_address_is_bad(tmp_path: Path) -> None:
    settings = migrated(settings_of(tmp_path, "http://127.0.0.1:9", profile="group"))
    verdict, words = (await verdicts(settings, dingtalk=False))["profile"]
    assert verdict is Verdict.BAD
    assert "DINGLIN_PROFILE" in words


async def test_a_missing_model_is_a_warning_that_names_the_command(tmp_path: Path) -> None:
    settings = migrated(settings_of(tmp_path, "http://127.0.0.1:9")).model_copy(update={"embedder": "onnx"})
    verdict, words = (await verdicts(settings, dingtalk=False))["embedder"]
    assert verdict is Verdict.WARN
    assert "make setup" in words


async def test_a_chat_model_is_asked_to_say_something(tmp_path: Path) -> None:
    settings = migrated(settings_of(tmp_path, "http://127.0.0.1:9"))
    assert "chat" not in await verdicts(settings, dingtalk=False)
    async with ScriptedModel().serving() as model:
        verdict, words = (
            await verdicts(
                settings.model_copy(update={"chat": model.setting, "chat_key": SecretStr("geheim")}), dingtalk=False
            )
        )["chat"]
        assert model.asked
    assert verdict is Verdict.GOOD
    assert "scripted" in words


async def test_a_chat_model_that_fails_or_is_gone_is_said_without_its_key(tmp_path: Path) -> None:
    settings = migrated(settings_of(tmp_path, "http://127.0.0.1:9")).model_copy(
        update={"chat_key": SecretStr("geheim")}
    )
    async with ScriptedModel([Mode.error]).serving() as model:
        failing = settings.model_copy(update={"chat": model.setting})
        verdict, words = (await verdicts(failing, dingtalk=False))["chat"]
        assert verdict is Verdict.BAD
        assert "500" in words
    verdict, words = (await verdicts(failing, dingtalk=False))["chat"]
    assert verdict is Verdict.BAD
    assert "DINGLIN_CHAT" in words
    assert "geheim" not in words


def test_without_a_chinese_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "FONT", "No Such Serif SC")
    typesetting._press.cache_clear()
    try:
        found = checkup.look_at_fonts()
    finally:
        typesetting._press.cache_clear()
    assert found.verdict is Verdict.WARN
    assert "apt-get install fonts-noto-cjk" in found.words


async def test_a_town_without_a_child_protection_officer_is_named(tmp_path: Path, sandbox: Running) -> None:
    settings = migrated(settings_of(tmp_path, sandbox.url))
    db = Database(settings.database)
    sheet = register.read_sheet(YAML(typ="safe", pure=True).load(SAMPLE_TOWN.read_text("utf-8")))

    def found_town(tx: Tx) -> None:
        register.account(tx, ACCOUNT, client_id="c", secret=b"s", corp_id="dingsandbox", town_ids=[])
        register.town(tx, sheet, ACCOUNT, at=MONDAY)
        offer_services(tx, TOWN, at=MONDAY)

    db.write_now(found_town)
    assert (await verdicts(settings, dingtalk=False))["officers"][0] is Verdict.GOOD
    role = grants.c.role == "child_protection"
    db.write_now(lambda tx: tx.execute(sa.delete(grants).where(role)))
    db.close_now()
    verdict, words = (await verdicts(settings, dingtalk=False))["officers"]
    assert verdict is Verdict.WARN
    assert words.startswith("示例镇没有儿童督导员")


async def test_a_month_that_is_nearly_spent_is_said(tmp_path: Path, sandbox: Running) -> None:
    settings = migrated(settings_of(tmp_path, sandbox.url))
    assert (await verdicts(settings, dingtalk=False))["quota"][0] is Verdict.GOOD
    db = Database(settings.database)
    ledger = Ledger(db, SystemClock(), {ACCOUNT: limits_of(settings)})
    ledger.charge(ACCOUNT, Call.message_in, 2900)
    await ledger.write_down()
    verdict, words = (await verdicts(settings, dingtalk=False))["quota"]
    assert verdict is Verdict.WARN
    assert "快用完了" in words
    ledger.refused(ACCOUNT)
    await ledger.write_down()
    await db.close()
    verdict, words = (await verdicts(settings, dingtalk=False))["quota"]
    assert verdict is Verdict.BAD
    assert "钉钉说次数用完了" in words


async def test_what_did_not_arrive_is_said_for_a_week(tmp_path: Path, sandbox: Running) -> None:
    settings = migrated(settings_of(tmp_path, sandbox.url))
    assert "messages" not in await verdicts(settings, dingtalk=False)

    def leave(tx: Tx) -> None:
        now = SystemClock().now()
        for key, why, days in [("a", "no_account", 0), ("b", "timeout", 8), ("c", "timeout", 6)]:
            made = now - timedelta(days=days)
            (parcel,) = outbox.put(tx, TOWN, [(key, Say(ToPerson(key), "一"))], now=made, lease_from=made)
            outbox.failed(tx, parcel.id, now=now, why=why)

    db = Database(settings.database)
    db.write_now(leave)
    db.close_now()
    verdict, words = (await verdicts(settings, dingtalk=False))["messages"]
    assert verdict is Verdict.WARN
    assert "有 1 条话" in words
