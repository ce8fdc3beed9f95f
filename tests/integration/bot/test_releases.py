"""A start on a town of an earlier release: its services are renewed, its open cases go on as they began."""

import logging
from pathlib import Path

import pytest

from skills import registry
from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import Living, living
from workflows.models import cases, definitions

SKILL = "village_report"


def earlier() -> registry.Skill:
    """The service as an earlier release brought it."""
    shipped = registry.load(registry.HERE / SKILL).skill
    assert shipped is not None
    loaded = registry.load_files(SKILL, {**shipped.files, "README.md": "earlier"})
    assert loaded.skill is not None
    return loaded.skill


async def versions(town: Living, state: str) -> list[str]:
    rows = await town.rows(definitions, definitions.c.skill == SKILL, definitions.c.state == state)
    return [str(row["hash"]) for row in rows]


async def test_start_renews_what_the_town_never_changed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with living(tmp_path) as town:
        now = town.app.clock.now()
        await town.app.db.write(lambda tx: registry.install(tx, "shilizhen", earlier(), by=None, now=now))
        (before,) = await versions(town, "published")
        await town.app.delivery.drain()

        async def is_filed() -> bool:
            return any(row["definition"] == before for row in await town.rows(cases))

        await town.phone.say("v-0101", "门口路灯坏了")
        await until(is_filed)
    caplog.set_level(logging.INFO)
    async with living(tmp_path) as town:
        (after,) = await versions(town, "published")
        assert after != before
        assert before in await versions(town, "retired")
        assert [row["definition"] for row in await town.rows(cases)] == [before]
    assert "skill village_report is renewed" in caplog.text
