"""Facts: asked in many ways, replaced by what answers the same, told to whom they are for."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from knowledge import facts
from knowledge.factbook import FactBook
from knowledge.facts import Change, Fact, plan
from knowledge.language import lexicon
from township.clock import TurnedClock
from township.db import Database
from township.scope import Audience, Scope

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


LOOSE = FactBook(
    [
        Fact(("老人免费体检什么时候", "免费查体"), "今年到12月20日，镇卫生院上午空腹去，带身份证。"),
        Fact(("打狗疫苗在哪打",), "到村防疫点打，不收钱。"),
        Fact(("低保一个月多少钱",), "每人每月760元。"),
        Fact(("低保哪天发",), "每月10日前发到社保卡上。"),
        Fact(("死猪死鸡怎么处理",), "打 533-1020，有人上门收。"),
    ],
    lexicon.load(),
)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("查体空肚子去不", "空腹"),
        ("老人免费查体都要带啥", "带身份证"),
        ("给俺家的狗打防疫针收钱不", "不收钱"),
        ("圈里死了两头小猪，往哪儿弄", "上门收"),
    ],
)
def test_a_fact_tells_what_nobody_wrote_down_as_a_question(asked: str, answer: str) -> None:
    found = LOOSE.find_loosely(asked)
    assert found is not None
    assert answer in found.fact.answer


@pytest.mark.parametrize(
    "asked",
    [
        "低保的事",  # of two facts none is meant more than the other
        "低保咋申请",
        "老人免费体检打哪个电话",  # it does not tell
        "老人免费体检能退钱不",  # it does not speak of what is wanted
        "天上的星星有多少颗",
    ],
)
def test_what_a_fact_does_not_tell_is_not_taken_from_it(asked: str) -> None:
    assert LOOSE.find_loosely(asked) is None


def test_people_do_not_name_their_own_village_and_are_not_told_of_it_for_another() -> None:
    rows = [
        Fact(("柳树村大队电话", "柳树村部打哪个电话"), "533-3101", village_id="v1"),
        Fact(("桃园村大队电话",), "533-3102", village_id="v2"),
    ]
    cadres = FactBook(rows, lexicon.load(), ["柳树村", "桃园村"])
    of_willow = FactBook(rows[:1], lexicon.load(), ["柳树村", "桃园村"])
    for asked in ("大队的座机是多少", "村部打哪个号能找着人", "柳树村大队电话"):
        found = of_willow.find(asked)
        assert found is not None, asked
        assert found.fact.answer == "533-3101"
    there = cadres.find("桃园村大队电话")
    assert there is not None
    assert there.fact.answer == "533-3102"
    assert of_willow.find("桃园村大队电话") is None
    assert of_willow.find_loosely("桃园村大队电话") is None


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


def test_the_narrower_fact_comes_first_and_how_is_not_answered_with_a_telephone() -> None:
    complain = Fact(("投诉打哪个电话",), "12345")
    town, county = Fact(("村里的公交几点",), "6:30"), Fact(("去县城的班车几点", "公交车时间"), "6:00")
    book = FactBook([complain, county, town], lexicon.load())
    told = {said: book.find(said) for said in ("投诉咋办理", "村里到镇上的公交发车时间", "公交车时间")}
    assert [found.fact if found else None for found in told.values()] == [None, town, county]


OLD = Fact(("几点上班", "啥时候开门"), "九点", valid_until=date(2026, 12, 31))


def test_the_same_rows_change_nothing() -> None:
    assert plan([OLD], [OLD]) == []


def test_a_row_replaces_what_answers_one_of_its_ways_of_asking() -> None:
    new = Fact(("大厅时间", "啥时候开门？"), "八点半")
    assert plan([OLD], [new]) == [Change(OLD, new)]


def test_two_facts_that_one_row_answers_become_one() -> None:
    other = Fact(("大厅时间",), "八点")
    new = Fact(("大厅时间", "几点上班"), "八点半")
    assert plan([OLD, other], [new]) == [Change(other, new), Change(OLD, None)]


def test_a_way_of_asking_may_move_to_another_row() -> None:
    smaller, new = Fact(("几点上班",), "九点"), Fact(("啥时候开门",), "八点半")
    for rows in ([smaller, new], [new, smaller]):
        assert {(change.before, change.after) for change in plan([OLD], rows)} == {(OLD, smaller), (None, new)}


def test_a_village_keeps_its_own_answer() -> None:
    mine = Fact(("几点上班",), "九点", village_id="liushu")
    theirs = Fact(("几点上班",), "九点", village_id="taoyuan")
    assert plan([mine], [theirs]) == [Change(None, theirs)]
    assert facts.identity("t", mine) != facts.identity("t", theirs)


def test_a_sheet_tells_nobody_new_and_an_answer_may_be_for_more() -> None:
    inside = replace(OLD, audience=Audience.CADRE)
    assert plan([inside], [OLD]) == []
    (change,) = plan([inside], [replace(OLD, answer="八点半")])
    assert change.after is not None
    assert change.after.audience is Audience.CADRE
    (change,) = plan([inside], [replace(OLD, audience=Audience.RESIDENT)])
    assert change.after is not None
    assert change.after.audience is Audience.RESIDENT
    (change,) = plan([], [OLD])
    assert change.after is not None
    assert change.after.audience is Audience.PUBLIC


def test_what_is_not_on_a_sheet_stays_and_what_it_ends_goes() -> None:
    assert plan([OLD], []) == []
    assert plan([OLD], [], [Fact(("啥时候开门",), "作废")]) == [Change(OLD, None)]


def test_a_fact_is_renewed_and_remembered(db: Database, clock: TurnedClock) -> None:
    db.write_now(lambda tx: facts.store(tx, "t", [OLD], at=clock.now()))
    (old,) = db.read_now(lambda tx: facts.in_force(tx, "t"))
    until, checked = date(2027, 12, 31), date(2026, 12, 1)
    renew = partial(facts.renew, town_id="t", fact_id=old.id, valid_until=until, checked=checked, at=clock.now())
    renewed = db.write_now(partial(renew, answer="八点"))
    assert db.read_now(lambda tx: facts.in_force(tx, "t")) == [renewed]
    assert renewed is not None
    assert (renewed.questions, renewed.last_checked) == (OLD.questions, date(2026, 12, 1))
    assert db.read_now(lambda tx: facts.get(tx, "t", old.id)) == OLD
    assert db.write_now(partial(renew, answer="七点")) is None, "it was replaced meanwhile"
