"""Numbers that people call a case by: a village with a running number, or a prefix with year and number."""

from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from township.clock import SHANGHAI
from township.db import Tx
from township.models import villages
from township.statements import Statement
from workflows.clocks.durations import words
from workflows.definition import Definition, NumberBy
from workflows.house import texts
from workflows.models import counters


def next_number(tx: Tx, town_id: str, village_id: str | None, definition: Definition, now: datetime) -> str:
    """Take the next number of a village (without one, or for a restricted kind, of the service and year)."""
    workflow = definition.workflow
    if workflow.number is NumberBy.VILLAGE and village_id and workflow.restricted is None:
        n, name = _count(tx, town_id, f"village:{village_id}", village_id)
        return texts().say("number_village", village=(name or village_id).removesuffix(words()["village_suffix"]), n=n)
    year = now.astimezone(SHANGHAI).year
    prefix = workflow.prefix or definition.skill
    return texts().say("number_skill", prefix=prefix, year=year, n=_count(tx, town_id, f"{prefix}:{year}")[0])


def _count(tx: Tx, town_id: str, series: str, village_id: str | None = None) -> tuple[int, str | None]:
    """Count one more, and read the village's name on the same way."""
    row = _counting(tx.dialect.name).first(tx, town_id=town_id, series=series, value=1, its_id=village_id)
    assert row is not None
    return row["value"], row["name"]


@cache
def _counting(dialect: str) -> Statement:
    counting = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(counters)
    one_more = {"value": counters.c.value + 1}
    counted = counting.on_conflict_do_update(index_elements=["town_id", "series"], set_=one_more)
    name = sa.select(villages.c.name).where(villages.c.id == sa.bindparam("its_id", type_=sa.String()))
    returned = counted.returning(counters.c.value, name.scalar_subquery().label("name"))
    return Statement(returned, ("town_id", "series", "value"))
