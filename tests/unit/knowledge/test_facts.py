"""The facts sheet: rows in, mistakes by row; asked in many ways, believed until their last day."""

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from knowledge import facts, lexicon
from knowledge.factbook import FactBook
from knowledge.facts import Fact, read_sheet
from township.clock import TurnedClock
from township.db import Database
from township.errors import Mistake
from township.scope import Scope
from township.texts import Texts

HEAD = "问法,答案,依据,谁负责,有效到,最后核对,适用村\n"
VILLAGES = {"柳树村": "liushu", "桃园村": "taoyuan"}
SHEET = Path(facts.__file__).with_name("samples") / "facts.csv"
TEXTS = Texts.load(Path(facts.__file__).with_name("texts.yaml"))


def sheet(rows: str) -> facts.Sheet:
    return read_sheet((HEAD + rows).encode(), "facts.csv", VILLAGES)


def test_the_sample_sheet_has_sixty_good_rows() -> None:
    found = read_sheet(SHEET.read_bytes(), SHEET.name, {name: name for name in (*VILLAGES, "石桥村", "河湾村")})
    assert len(found.facts) == 60
    assert found.mistakes == ()
    assert sum(not fact.is_valid(date(2026, 11, 23)) for fact in found.facts) == 4


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",有答案,,,,,", "fact_without_question"),
        ("几点上班,,,,,,", "fact_without_answer"),
        ("书记电话,打13800000001,,,,,", "fact_private_mobile"),
        ("书记电话,打 138 0000 0001,,,,,", "fact_private_mobile"),
        ("几点上班,九点,,,明年,,", "fact_bad_date"),
        ("几点上班,九点,,,,,东海村", "fact_unknown_village"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_taken(row: str, code: str) -> None:
    found = sheet(f"{row}\n在哪办,在大厅,,,,,\n")
    assert [fact.answer for fact in found.facts] == ["在大厅"]
    assert [mistake.code for mistake in found.mistakes] == [code]
    assert "2" in TEXTS.say(code, **found.mistakes[0].values)


def test_the_same_question_twice_is_a_mistake() -> None:
    (mistake,) = sheet("几点上班,九点,,,,,\n大厅几点|几点上班,八点,,,,,\n").mistakes
    assert (mistake.code, mistake.values["row"], mistake.values["other"]) == ("fact_asked_twice", 3, 2)


def test_a_sheet_without_its_columns_is_refused() -> None:
    with pytest.raises(Mistake, match="fact_sheet_columns") as caught:
        read_sheet("问题,答案\n几点,九点\n".encode(), "a.csv", {})
    assert "问法" in TEXTS.say("fact_sheet_columns", **caught.value.values)


def test_duty_numbers_and_short_rows_are_fine() -> None:
    (fact,) = sheet("夜里找谁,533-1234\n").facts
    assert fact.answer == "533-1234"


def test_a_workbook_is_read_like_a_sheet() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEAD.strip().split(","))
    book.active.append(["几点上班|啥时候开门", "九点", "公示", "大厅", date(2026, 12, 31), "2026-11-03", "柳树村"])
    stream = io.BytesIO()
    book.save(stream)
    (fact,) = read_sheet(stream.getvalue(), "facts.xlsx", VILLAGES).facts
    assert fact.questions == ("几点上班", "啥时候开门")
    assert (fact.valid_until, fact.last_checked) == (date(2026, 12, 31), date(2026, 11, 3))
    assert fact.village_id == "liushu"


BOOK = FactBook(
    [
        Fact(("医保今年多少钱", "新农合交多少钱"), "420元"),
        Fact(("医保什么时候截止",), "12月31日"),
        Fact(("便民服务大厅在哪",), "中心街8号"),
        Fact(("哪天赶集", "集市是几号"), "逢三逢八"),
    ],
    lexicon.load(),
)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("合作医疗一个人多少钱", "420元"),
        ("小邻啊俺问问新农合最晚啥时候交，家里等着呢", "12月31日"),
        ("办事大厅搁哪", "中心街8号"),
        ("大集逢几", "逢三逢八"),
    ],
)
def test_a_fact_is_found_however_it_is_asked(asked: str, answer: str) -> None:
    found = BOOK.find(asked)
    assert found is not None
    assert found.fact.answer == answer


@pytest.mark.parametrize("asked", ["多少钱", "什么时候", "给我讲个笑话", "医保卡丢了在哪补办", "电话多少", ""])
def test_what_is_not_on_the_sheet_is_not_found(asked: str) -> None:
    assert BOOK.find(asked) is None


def test_a_follow_up_is_about_the_question_before() -> None:
    found = BOOK.find("那什么时候截止", previous="医保今年多少钱")
    assert found is not None
    assert found.fact.answer == "12月31日"


def test_a_new_answer_replaces_the_old_and_the_same_changes_nothing(db: Database, clock: TurnedClock) -> None:
    old, new = Fact(("几点上班",), "九点"), Fact(("几点上班",), "八点半")
    scope = Scope.public("t")

    def store(fact: Fact) -> int:
        return db.write_now(lambda tx: facts.store(tx, "t", [fact], at=clock.now()))

    assert [store(old), store(old)] == [1, 0]
    before = db.read_now(lambda tx: facts.stamp(tx, "t"))
    clock.forward(timedelta(days=1))
    assert store(new) == 1
    assert db.read_now(lambda tx: facts.stamp(tx, "t")) != before
    assert [fact.answer for fact in db.read_now(lambda tx: facts.load(tx, scope))] == ["八点半"]
    assert db.read_now(lambda tx: facts.load(tx, Scope.public("other"))) == ()


def test_a_villages_fact_is_for_its_people(db: Database, clock: TurnedClock) -> None:
    mine = Fact(("村委会电话",), "533-3101", village_id="liushu")
    db.write_now(lambda tx: facts.store(tx, "t", [mine], at=clock.now()))
    inside, outside = Scope("t", villages=frozenset({"liushu"})), Scope("t", villages=frozenset({"taoyuan"}))
    assert len(db.read_now(lambda tx: facts.load(tx, inside))) == 1
    assert db.read_now(lambda tx: facts.load(tx, outside)) == ()
