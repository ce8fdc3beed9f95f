"""The samples go into a sandbox only, and never beside another town."""

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

import dinglin
from bot import asking
from tests.integration.bot.living import settings_of
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Mistake
from township.models import towns

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


def count(db: Database) -> int:
    return int(db.read_now(lambda tx: tx.execute(sa.select(sa.func.count()).select_from(towns)).scalar_one()))


@pytest.mark.parametrize("profile", ["group", "county"])
def test_a_township_gets_no_samples(sqlite_db: Database, tmp_path: Path, profile: str) -> None:
    settings = settings_of(tmp_path, "https://api.dingtalk.com", profile=profile)
    with pytest.raises(Mistake) as refused:
        asking.ingest(settings, sqlite_db, None, samples=True, at=NOW)
    assert refused.value.code == "samples_elsewhere"
    assert count(sqlite_db) == 0


def test_a_database_with_a_town_gets_no_other(sqlite_db: Database, tmp_path: Path) -> None:
    sqlite_db.write_now(lambda tx: tx.execute(sa.insert(towns).values(id="linzhen", name="林镇")))
    with pytest.raises(Mistake) as refused:
        asking.ingest(settings_of(tmp_path, "http://127.0.0.1:9"), sqlite_db, None, samples=True, at=NOW)
    assert refused.value.code == "samples_beside_a_town"
    assert count(sqlite_db) == 1


def test_set_up_of_a_township_goes_on_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINGLIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DINGLIN_PROFILE", "group")
    ran = CliRunner().invoke(dinglin.app, ["ingest", "--samples", "--if-sandbox"])
    assert (ran.exit_code, "没有放示例镇" in ran.output) == (0, True)
    assert not (tmp_path / "home" / "dinglin.db").exists()
