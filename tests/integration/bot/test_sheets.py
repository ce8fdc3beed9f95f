"""Facts from the command line: a template written and brought back, mistakes row by row, who was told otherwise."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import openpyxl
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

import dinglin
from bot import wording
from knowledge import answers, facts, factsheet
from knowledge.answers import Answer, AnswerKind
from knowledge.facts import Fact
from knowledge.models import documents
from township import models, schema
from township.clock import SystemClock
from township.db import Database, Tx
from township.errors import Mistake
from township.settings import read_settings

Run = Callable[..., Result]
T = TypeVar("T")
HEAD = ",".join(factsheet.columns().values())
VILLAGES = {"liushu": "柳树村", "taoyuan": "桃园村"}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a town that knows nothing yet."""
    home = tmp_path_factory.mktemp("settled")
    db = Database(f"sqlite:///{home / 'dinglin.db'}")
    schema.upgrade(db)

    def found(tx: Tx) -> None:
        tx.execute(sa.insert(models.towns).values(id="t", name="示例镇"))
        for village, name in VILLAGES.items():
            tx.execute(sa.insert(models.villages).values(id=village, town_id="t", name=name))
        tx.execute(sa.insert(models.people).values(id="p", town_id="t", name="王秀英", village_id="liushu", flags={}))

    db.write_now(found)
    db.close_now()
    return home


@pytest.fixture
def run(settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a home of its own."""
    shutil.copytree(settled, tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DINGLIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DINGLIN_EMBEDDER", "none")
    return lambda *arguments: CliRunner().invoke(dinglin.app, list(arguments))


def with_db(use: Callable[[Database], T]) -> T:
    db = Database(read_settings().database)
    try:
        return use(db)
    finally:
        db.close_now()


def known() -> list[Fact]:
    return with_db(lambda db: db.read_now(partial(facts.in_force, town_id="t")))


def test_the_template_is_a_workbook_of_sixty_rows_that_can_be_taken_in_as_it_is(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "本镇常用事实.xlsx"
    assert run("knowledge", "facts-template", str(path)).exit_code == 0
    page = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in page[1]][:6] == ["问法", "答案", "依据", "谁负责", "有效到", "最后核对"]
    assert page.max_row == 61
    first, second = run("ingest", str(path)), run("ingest", str(path))
    assert (first.exit_code, "改了 60 条" in first.output) == (0, True)
    assert "改了 0 条" in second.output
    assert len(known()) == 60


def test_the_template_is_not_a_towns_own_sheet(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "本镇常用事实.xlsx"
    run("knowledge", "facts-template", str(path))
    monkeypatch.setenv("DINGLIN_PROFILE", "group")
    refused = run("ingest", str(path)).exception
    assert isinstance(refused, Mistake)
    assert "编的例子" in wording.sentence(refused)
    assert known() == []


def test_a_sheet_of_either_kind_does_the_same_and_names_its_bad_rows(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD}\n几点上班,九点,,,2027-12-31,,\n几点,十点,,,明年,,\n书记,13912345678,,,,,\n", "gb18030")
    ran = run("ingest", str(path))
    assert ran.exit_code == 1
    assert "改了 1 条，2 行没收" in ran.output
    assert "第 3 行：“有效到”写的是“明年”，应像 2026-12-31。" in ran.output
    assert [fact.answer for fact in known()] == ["九点"]
    book = tmp_path / "x.xlsx"
    assert run("knowledge", "facts", str(book)).exit_code == 0
    assert "改了 0 条" in run("ingest", str(book)).output


def test_a_sheet_in_a_folder_is_taken_for_what_it_is(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "本镇常用事实.csv").write_text(f"{HEAD}\n几点上班,九点,,,2027-12-31,,\n书记,13912345678,,,,,\n", "utf-8")
    (folder / "办法.txt").write_text("示例镇路灯管护办法\n第一条 路灯由村委会管。\n", "utf-8")
    ran = run("ingest", str(folder))
    assert "第 3 行：“答案”里有个人手机号" in ran.output
    assert [fact.answer for fact in known()] == ["九点"]
    titles = with_db(lambda db: db.read_now(lambda tx: tx.scalars(sa.select(documents.c.title)).all()))
    assert titles == ["示例镇路灯管护办法"]


def test_a_table_that_is_no_facts_sheet_is_a_document(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "收费.csv"
    path.write_text("项目,标准\n自来水每吨,二元六角\n保洁费每户每年,六十元\n", "utf-8")
    assert "常用事实" not in run("ingest", str(path)).output
    assert known() == []


@pytest.mark.parametrize("name", ["a.csv", "no-folder/a.xlsx"])
def test_where_a_workbook_cannot_be_written_is_said(run: Run, tmp_path: Path, name: str) -> None:
    refused = run("knowledge", "facts-template", str(tmp_path / name)).exception
    assert isinstance(refused, Mistake)
    assert name in wording.sentence(refused)


def test_who_was_told_otherwise_is_listed_with_the_way_and_nothing_is_sent(run: Run) -> None:
    assert "没有要改口的" in run("knowledge", "recall").output
    now = SystemClock().now()
    old, new = Fact(("几点上班",), "九点上班。"), Fact(("几点上班",), "八点半上班。")

    def happen(db: Database) -> None:
        db.write_now(partial(facts.store, town_id="t", rows=[old], at=now))
        told = Answer(AnswerKind.fact, "x", fact_id=facts.identity("t", old))
        note = partial(answers.record, answer=told, message_id="m", position=1, town_id="t", person_id="p", at=now)
        db.write_now(note)
        db.write_now(partial(facts.store, town_id="t", rows=[new], at=now))

    with_db(happen)
    said = run("knowledge", "recall").output
    assert "几点上班：原来说“九点上班”，现在是“八点半上班”" in said
    assert "打电话 王秀英（柳树村）" in said
    (figures,) = json.loads(run("knowledge", "recall", "--json", "-").output)
    assert len(figures["told"]) == 1
    waiting = sa.select(models.outbox.c.id)
    assert with_db(lambda db: db.read_now(lambda tx: tx.execute(waiting).all())) == []
