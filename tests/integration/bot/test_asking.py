"""The samples go into a sandbox only, and never beside another town."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

import dinglin
from bot.commands import asking
from knowledge.models import versions
from tests.integration.bot.living import settings_of
from township.clock import SHANGHAI
from township.db import Database
from township.errors import Mistake
from township.filestore import FileStore
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


def test_what_lies_in_an_archive_keeps_its_original(sqlite_db: Database, tmp_path: Path) -> None:
    folder, home = tmp_path / "文件", tmp_path / "home"
    folder.mkdir()
    rules = (
        "# 示例镇停车办法\n\n示例政发〔2026〕40号\n示例镇人民政府\n2026年1月5日\n\n第一条 停车场停车每小时收费两元。\n"
    )
    with zipfile.ZipFile(folder / "包.zip", "w") as packed:
        packed.writestr("停车.md", rules)
        packed.writestr("坏.pdf", "no pdf")
    (folder / "上坟.txt").write_text(rules.replace("停车", "上坟"), "utf-8")
    sqlite_db.write_now(lambda tx: tx.execute(sa.insert(towns).values(id="linzhen", name="林镇")))
    asking.ingest(settings_of(home, "http://127.0.0.1:9"), sqlite_db, folder, samples=False, at=NOW)
    hashes = sqlite_db.read_now(lambda tx: tx.scalars(sa.select(versions.c.content_hash)).all())
    assert len(hashes) == 2
    assert all(FileStore(home).path(each).is_file() for each in hashes)
    assert sum(path.is_file() for path in (home / "files").rglob("*")) == 2, "what was refused is not kept"
