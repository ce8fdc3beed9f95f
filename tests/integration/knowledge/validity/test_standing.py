"""How a document stands on the day that is asked about is said with the answer: over, coming, undated, on trial."""

from datetime import datetime
from functools import partial

import pytest

from knowledge import documents
from knowledge.answers import Answer, Answerer, AnswerKind
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.structure import folders
from township.clock import SHANGHAI
from township.db import Database
from township.scope import Audience, Scope

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
SCOPE = Scope("town", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
QUESTION = "停车每小时收多少钱"


def rule(title: str, fee: str, closing: str, number: str = "") -> str:
    head = f"{title}\n{number}\n示例镇人民政府\n2025年1月1日\n" if number else f"{title}\n"
    return f"{head}第一条 停车每小时收{fee}。\n第二条 停车不满十五分钟不收钱。\n{closing}"


def in_force(db: Database, *texts: str) -> Answerer:
    for n, text in enumerate(texts):
        source, matter = folders.source_of(text.encode(), f"{n}.txt", town_id="town")
        given = partial(documents.submit, source=source, by="clerk", at=AT, replaces=matter.replaces)
        stored = db.write_now(given)
        db.write_now(partial(documents.confirm, version_id=stored.version_id, by="second", at=AT))
    library = Library(db, None, ExactIndex())
    library.refresh(AT.date())
    return Answerer(library)


def ask(town: Answerer, question: str = QUESTION) -> Answer:
    return town.answer(question, scope=SCOPE, at=AT)


OLD = rule("停车办法", "两元", "第三条 本办法自2024年1月1日起施行，有效期至2025年12月31日。", "示例政发〔2023〕9号")
NEW = rule("停车办法", "三元", "第三条 本办法自2026年1月1日起施行。", "示例政发〔2025〕9号")
COMING = rule("停车办法", "五元", "第三条 本办法自2027年1月1日起施行。", "示例政发〔2026〕9号")


@pytest.mark.parametrize("when", ["2025年的时候", "去年", "2024年3月"])
def test_an_old_rule_is_told_as_old(sqlite_db: Database, when: str) -> None:
    town = in_force(sqlite_db, OLD, NEW)
    answer = ask(town, f"{when}停车每小时收多少钱")
    assert "两元" in answer.text
    assert "管到2025年12月31日，现在不按它了" in answer.text
    assert "三元" in ask(town).text
    assert "现在不按" not in ask(town).text


def test_a_notice_that_was_over_by_the_end_of_the_year_is_still_that_years(sqlite_db: Database) -> None:
    notice = OLD.replace("2024年1月1日起施行，有效期至2025年12月31日", "2025年5月1日起施行，有效期至2025年9月30日")
    answer = ask(in_force(sqlite_db, notice), "2025年停车每小时收多少钱")
    assert "两元" in answer.text
    assert "管到2025年9月30日" in answer.text


def test_what_has_not_begun_is_told_as_coming(sqlite_db: Database) -> None:
    answer = ask(in_force(sqlite_db, COMING))
    assert answer.kind is AnswerKind.clause
    assert "五元" in answer.text
    assert "还没开始，2027年1月1日起才管用" in answer.text


def test_a_rule_that_is_about_to_change_says_so(sqlite_db: Database) -> None:
    answer = ask(in_force(sqlite_db, NEW, COMING.replace("停车办法\n", "停车新办法\n") + "《停车办法》同时废止。"))
    assert "三元" in answer.text
    assert "要改了：2027年1月1日起按《停车新办法》" in answer.text


def test_without_dates_no_day_is_made_up(sqlite_db: Database) -> None:
    answer = ask(in_force(sqlite_db, rule("停车说明", "四元", "第三条 有事找村委会。")))
    assert "四元" in answer.text
    assert "文件没写有效期，2026年11月核对过" in answer.text
    assert "起施行" not in answer.text


def test_on_trial_is_said(sqlite_db: Database) -> None:
    text = rule("停车办法（试行）", "一元", "第三条 本办法自2026年1月1日起施行。", "示例政发〔2025〕8号")
    assert "试行的，可能会改" in ask(in_force(sqlite_db, text)).text
