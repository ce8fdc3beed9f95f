"""Work orders, figures and the public list from the command line, on a town that was registered like a real one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

import dinglin
from bot import wording
from bot.commands.asking import SAMPLE_TOWN
from bot.registration import enter
from township import schema
from township.clock import SystemClock
from township.db import Database, Tx
from township.settings import read_settings
from workflows import cases
from workflows.models import cases as case_rows

Run = Callable[..., Result]
SHEET = "工单编号,诉求内容,事发地址,姓名,电话\nGD1,桥头路灯不亮了,柳树村桥头,来电人甲,13800009999\nGD2,,柳树村,,\n"
FILLED = "工单编号,诉求内容,办理结果\nG8,灯,您好，已修好。\nG9,水,您好，通水了。\n"


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("settled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DINGLIN_HOME", str(home))
        db = Database(f"sqlite:///{home / 'dinglin.db'}")
        schema.upgrade(db)
        enter(read_settings(), db, SAMPLE_TOWN, at=SystemClock().now())
        db.close_now()
    return home


@pytest.fixture
def run(settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    shutil.copytree(settled, tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DINGLIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DINGLIN_EMBEDDER", "none")
    (tmp_path / "单.csv").write_text(SHEET, "utf-8")
    (tmp_path / "填好.csv").write_text(FILLED, "utf-8")
    return lambda *arguments: CliRunner().invoke(dinglin.app, list(arguments))


def refuse(home: Path) -> None:
    """Close what was brought, as the clerk of the village."""
    db = Database(f"sqlite:///{home / 'dinglin.db'}")
    now = SystemClock().now()

    def call(tx: Tx) -> None:
        case_id = str(tx.execute(case_rows.select()).mappings().one()["id"])
        act = cases.Act("shilizhen", case_id, "refuse", "r", "c-0101", {"reason": "归供电所管"})
        cases.act(tx, act, now=now)

    db.write_now(call)
    db.close_now()


def test_orders_come_in_go_out_and_are_counted(run: Run, tmp_path: Path) -> None:
    brought = run("orders", "import", "单.csv", "--json", "brought.json")
    assert brought.exit_code == 1, "a bad row is an exit code"
    assert "立案 1 件" in brought.output
    assert "第 3 行" in brought.output
    assert json.loads((tmp_path / "brought.json").read_text("utf-8"))["opened"] == 1
    assert "以前导过 1 件" in run("orders", "import", "单.csv").output
    assert "学会了" in run("orders", "learn", "填好.csv").output
    assert "没有新办结的" in run("orders", "fill", "回填.xlsx").output
    refuse(tmp_path / "home")
    assert "1 件的结果填好了" in run("orders", "fill", "回填.xlsx").output
    head, row = load_workbook(tmp_path / "回填.xlsx").worksheets[0].iter_rows(values_only=True)
    assert head == ("工单编号", "诉求内容", "办理结果")
    assert row == ("GD1", "桥头路灯不亮了", "您好，归供电所管")
    figures = run("figures", "--village", "柳树村", "--json", "-")
    assert json.loads(figures.output)["town"]["channels"] == {"12345": 1}
    assert run("georeport", "list.json").exit_code == 0
    (listed,) = json.loads((tmp_path / "list.json").read_text("utf-8"))
    assert (listed["service_code"], listed["status"]) == ("village_report.lamp", "closed")
    assert listed["agency_responsible"] == "示例镇", "as the pages for other systems say it"


def test_a_doubtful_column_is_asked_and_nothing_is_brought(run: Run, tmp_path: Path) -> None:
    (tmp_path / "另.csv").write_text("编号,内容\nA1,三组自来水停了两天\n", "utf-8")
    asked = run("orders", "import", "另.csv", "--system", "网格")
    assert asked.exit_code == 2
    assert "--column 内容=" in asked.output
    said = run("orders", "import", "另.csv", "--system", "网格", "--column", "内容=what", "--column", "编号=number")
    assert "立案 1 件" in said.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("orders", "fill", "x.xlsx", "--system", "别家"), "还没有导过"),
        (("orders", "learn", "单.csv"), "没有一行填好"),
        (("figures", "--month", "often"), "不是月份"),
        (("figures", "--json", "no/such/place.json"), "写不进去"),
        (("georeport", "no/such/place.json"), "写不进去"),
        (("figures", "--village", "远村"), "没有“远村”"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.exception is not None
    assert said in wording.sentence(result.exception)  # type: ignore[arg-type]
