"""Of rules on the same matter the nearest is told; a law of another place is not told as holding here."""

from functools import partial

import pytest
import sqlalchemy as sa

from knowledge.answers import LOOKED_AT, Answer, Answerer, AnswerKind
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.models import Level
from tests.integration.knowledge.builders import TODAY, a_source, put
from township import models
from township.db import Database
from township.scope import Scope

RULE = "养犬人应当给犬只打狂犬病疫苗，每年打一次疫苗。"
QUESTION = "养犬要打狂犬病疫苗吗"
HOME = {"city": "示范市", "province": "示范省"}


def told(
    db: Database, *levels: tuple[Level, str, str | None], home: dict[str, str] | None = None, text: str = RULE
) -> Answer:
    """Ask in a town where these rules are known: level, title, town; its own says `text`."""
    values = {"id": "town", "name": "示例镇", "county": "示范县", "options": home or {}}
    db.write_now(lambda tx: tx.execute(sa.insert(models.towns).values(**values)))
    sources = [
        a_source(title, text if town else RULE, level=level, town_id=town, title=title) for level, title, town in levels
    ]
    put(db, *sources)
    library = Library(db, None, ExactIndex())
    library.refresh(TODAY.date())
    ask = partial(Answerer(library).answer, scope=Scope("town"), at=TODAY)
    return ask(QUESTION)


NATION = (Level.nation, "动物防疫法", None)
OURS = (Level.province, "示范省养犬管理条例", None)
THEIRS = (Level.province, "别的省养犬管理条例", None)
TOWN = (Level.town, "示例镇养犬管理办法", "town")


def test_the_rule_of_the_town_comes_before_all_others(sqlite_db: Database) -> None:
    found = told(sqlite_db, NATION, OURS, TOWN, home=HOME)
    assert found.citations[0].title == TOWN[1]
    assert "本镇具体办法我没有" not in found.text


def test_a_statute_says_that_there_is_no_nearer_rule(sqlite_db: Database) -> None:
    found = told(sqlite_db, NATION, home=HOME)
    assert found.citations[0].title == NATION[1]
    assert "本镇具体办法我没有，上面是国家的规定" in found.text


def test_the_own_provinces_law_comes_before_the_nations_and_says_whose_it_is(sqlite_db: Database) -> None:
    found = told(sqlite_db, NATION, OURS, THEIRS, home=HOME)
    assert found.citations[0].title == OURS[1]
    assert "上面是省里的规定" in found.text


@pytest.mark.parametrize("others", [(THEIRS,), (THEIRS, (Level.city, "别的市养犬管理条例", None))])
def test_another_provinces_law_is_never_the_answer(
    sqlite_db: Database, others: tuple[tuple[Level, str, str | None], ...]
) -> None:
    found = told(sqlite_db, *others, home=HOME)
    assert found.kind is AnswerKind.unknown
    assert found.hand_over
    assert "别的" not in found.text


def test_where_nobody_wrote_the_province_down_it_is_told_as_what_it_is(sqlite_db: Database) -> None:
    found = told(sqlite_db, THEIRS)
    assert found.citations[0].title == THEIRS[1]
    assert "只管它那个地方" in found.text


def test_a_rule_of_the_town_is_found_behind_any_number_of_statutes(sqlite_db: Database) -> None:
    laws = [(Level.nation, f"动物防疫法{number}", None) for number in range(LOOKED_AT + 5)]
    found = told(sqlite_db, *laws, (Level.town, "示例镇养犬管理办法", "town"), text="各家养的犬每年打一次狂犬病疫苗。")
    assert found.citations[0].title == TOWN[1]
