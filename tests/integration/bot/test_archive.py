"""The drill: a living town is backed up, put back into an empty home, holds the same, and goes on from there."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import App
from bot.commands import archive
from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import Living, living, settings_of
from township import schema
from township.clock import SystemClock
from township.db import Database, metadata
from township.errors import Mistake
from township.models import accounts
from township.vault import Vault

ROOT = Path(__file__).parents[3]


def counts(db: Database) -> dict[str, int]:
    """Rows of every table."""
    tables = metadata.sorted_tables
    return db.read_now(
        lambda tx: {
            table.name: tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables
        }
    )


def backed_up(town: Living, target: Path) -> int:
    settings = town.app.settings
    now = SystemClock().now()
    return archive.backup(settings.home, settings.database, target, at=now, revision=schema.newest())


async def lived_in(town: Living) -> None:
    """Let something happen: a report with photos and its card."""
    await town.phone.say("v-0101", "俺家门口路灯不亮了", pictures=2)
    await until(lambda: _has_card(town))
    await town.app.workers.idle()
    await town.app.ticker.stop()
    await town.app.delivery.drain()


async def _has_card(town: Living) -> bool:
    return bool(await town.phone.cards("c-0101"))


async def test_what_is_restored_is_what_was_backed_up_and_goes_on(tmp_path: Path) -> None:
    target, new_home = tmp_path / "backups" / "town.tar.gz", tmp_path / "new"
    async with living(tmp_path / "old") as town:
        await lived_in(town)
        assert backed_up(town, target) > 0
        before = counts(town.app.db)
        photos = sorted(path.name for path in (tmp_path / "old" / "files").rglob("*") if path.is_file())
        restored = archive.restore(target, new_home)
        assert (restored.cases, restored.messages) == (before["cases"], before["inbox"]) == (1, 1)
        url = town.sandbox.url
        await town.app.supervisor.stop()
        app = App(settings_of(new_home, url))
        assert counts(app.db) == before
        assert sorted(path.name for path in (new_home / "files").rglob("*") if path.is_file()) == photos
        assert len(photos) == 2
        sealed = await app.db.read(lambda tx: tx.execute(sa.select(accounts.c.secret)).scalar_one())
        assert Vault.open(new_home).unseal(sealed) == "dinglin-secret"
        await app.start()
        try:
            await town.phone.say("v-0101", "我的事办到哪了")
            await until(lambda: _hears(town, "柳树 1 号 路灯"))
        finally:
            await app.stop()


async def _hears(town: Living, part: str) -> bool:
    return any(part in text for text in await town.phone.seen("v-0101"))


def test_a_home_that_was_never_there_is_refused_with_the_command_that_makes_it(tmp_path: Path) -> None:
    environment = {**os.environ, "DINGLIN_HOME": str(tmp_path / "new"), "DINGLIN_EMBEDDER": "none"}
    command = [sys.executable, "-m", "dinglin", "run"]
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert ended.returncode != 0
    assert "dinglin migrate" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


async def test_an_archive_is_for_its_owner_only(tmp_path: Path) -> None:
    async with living(tmp_path / "old") as town:
        backed_up(town, tmp_path / "town.tar.gz")
    assert (tmp_path / "town.tar.gz").stat().st_mode & 0o077 == 0


async def test_a_home_that_holds_something_is_never_overwritten(tmp_path: Path) -> None:
    async with living(tmp_path / "old") as town:
        backed_up(town, tmp_path / "town.tar.gz")
    for name in ("dinglin.db", "dinglin.key", "files"):
        home = tmp_path / f"with-{name}"
        home.mkdir()
        (home / name).write_text("mine")
        with pytest.raises(Mistake, match="restore_not_empty"):
            archive.restore(tmp_path / "town.tar.gz", home)
        assert (home / name).read_text() == "mine"
        assert [path.name for path in home.iterdir()] == [name]


@pytest.mark.parametrize("damage", ["cut", "empty", "no database", "no archive"])
async def test_a_damaged_archive_is_refused_and_leaves_nothing_behind(tmp_path: Path, damage: str) -> None:
    source, home = tmp_path / "town.tar.gz", tmp_path / "new"
    async with living(tmp_path / "old") as town:
        backed_up(town, source)
    match damage:
        case "cut":
            source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
        case "empty":
            source.write_bytes(b"")
        case "no database":
            with tarfile.open(source, "w:gz") as made:
                made.addfile(tarfile.TarInfo("manifest.json"), io.BytesIO())
        case "no archive":
            source.unlink()
    with pytest.raises(Mistake, match=r"backup_(broken|missing)"):
        archive.restore(source, home)
    assert not home.exists() or list(home.iterdir()) == []


def test_postgresql_is_named_as_pg_dumps_matter(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="backup_other_engine"):
        archive.backup(tmp_path, "postgresql://x@127.0.0.1/x", tmp_path / "b", at=SystemClock().now(), revision="1")
