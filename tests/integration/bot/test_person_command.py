"""What is kept of one person, from the command line: looked at, handed over, erased with a second word."""

import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import wording
from tests.integration.bot.test_orders_command import Run, refuse, run, settled
from township.db import Database
from township.errors import TownshipError
from township.models import audit_entries, people, person_values

__all__ = ["run", "settled"]
CALLER, PHONE = "来电人甲", "13800009999"


@pytest.fixture
def closed(run: Run, tmp_path: Path) -> Run:
    """A work order has brought somebody who rang elsewhere, and her matter is over."""
    assert run("orders", "import", "单.csv").exit_code == 1
    refuse(tmp_path / "home")
    return run


def rows(tmp_path: Path, table: sa.Table) -> list[dict[str, object]]:
    db = Database(f"sqlite:///{tmp_path / 'home' / 'dinglin.db'}")
    found = db.read_now(lambda tx: [dict(row) for row in tx.execute(sa.select(table)).mappings()])
    db.close_now()
    return found


def test_what_is_kept_is_counted_and_shown_without_a_word_of_it(closed: Run) -> None:
    said = closed("person", "show", PHONE).stdout
    assert CALLER in said
    assert "他的办件：1 件" in said
    assert PHONE not in said
    assert "桥头" not in said
    assert json.loads(closed("person", "show", CALLER, "--json", "-").stdout)["cases"] == 1


def test_an_archive_is_written_for_the_person_and_who_did_so_stands_written(closed: Run, tmp_path: Path) -> None:
    target = tmp_path / "她的.zip"
    assert closed("person", "export", CALLER, "--out", str(target), "--by", "郑晓东").exit_code == 0
    assert target.stat().st_mode & 0o077 == 0
    page = zipfile.ZipFile(target).read("index.html").decode()
    assert PHONE in page
    assert "桥头路灯不亮了" in page
    (entry,) = [row for row in rows(tmp_path, audit_entries) if row["act"] == "exported"]
    assert entry["actor_id"] == "c-0001"


def test_without_the_second_word_nothing_is_erased(closed: Run, tmp_path: Path) -> None:
    said = closed("person", "erase", CALLER).stdout
    assert "要删的" in said
    assert "--yes" in said
    assert CALLER in {row["name"] for row in rows(tmp_path, people)}


def test_erased_from_the_command_line_the_order_goes_along(closed: Run, tmp_path: Path) -> None:
    assert "删好了" in closed("person", "erase", CALLER, "--by", "郑晓东", "--yes").stdout
    assert CALLER not in {row["name"] for row in rows(tmp_path, people)}
    assert not [row for row in rows(tmp_path, person_values) if PHONE in str(row["value"])]
    assert PHONE.encode() not in (tmp_path / "home" / "dinglin.db").read_bytes()
    assert closed("orders", "learn", "填好.csv").exit_code == 0
    closed("orders", "fill", "回填.xlsx")
    assert closed("figures").exit_code == 0
    assert closed("doctor").exit_code == 0
    erased = next(row["id"] for row in rows(tmp_path, people) if row["erased_at"])
    assert "已删除的人" in closed("person", "show", str(erased)).stdout
    with pytest.raises(TownshipError, match="person_erased_before"):
        raise failure(closed, "person", "export", str(erased), "--out", str(tmp_path / "x.zip"), "--by", "郑晓东")
    assert not (tmp_path / "x.zip").exists()


def test_a_colleague_stands_for_it_and_nobody_else(closed: Run) -> None:
    for by in ("", CALLER):
        with pytest.raises(TownshipError, match="person_by_whom"):
            raise failure(closed, "person", "erase", CALLER, "--by", by, "--yes")


def test_every_mistake_has_a_sentence(closed: Run) -> None:
    for arguments in (
        ("show", "没这个人"), ("erase", "陈文", "--by", "郑晓东", "--yes"), ("erase", CALLER, "--yes"),
    ):  # fmt: skip
        said = wording.sentence(failure(closed, "person", *arguments))
        assert "没有找到" in said or "先了结" in said or "不是镇里" in said


def failure(run: Run, *arguments: str) -> TownshipError:
    """The expected error of a command."""
    error = run(*arguments).exception
    assert isinstance(error, TownshipError), error
    return error
