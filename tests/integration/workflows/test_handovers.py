"""Two telephones answer by the same address at the same moment: one answer counts, on either database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from skills import registry
from skills.registry import Skill
from skills.rehearsal.crowds import Crowd
from skills.rehearsal.founding import TOWN, prepare
from tests.integration.workflows.test_rows_model import FOLDER, LINKED, NOW, ROWS
from township import directory
from township.db import Database, Tx
from township.models import duty, villages
from township.scope import Scope
from workflows import history
from workflows.handovers import answering, giving
from workflows.handovers.answering import Shut, Taken
from workflows.handovers.models import handovers
from workflows.models import case_events, cases, tasks


@pytest.fixture(scope="module")
def skill() -> Skill:
    loaded = registry.load_files("well_fee", {"skill.yaml": FOLDER.read_text("utf-8").replace("listed: true", LINKED)})
    assert loaded.skill is not None
    return loaded.skill


def passed_on(db: Database, skill: Skill, now: datetime = NOW) -> giving.Given:
    """Bring two rows, and pass the first on."""
    prepare(db, skill, at=now)
    Crowd(db, TOWN, "well_fee").bring(ROWS, Scope(TOWN), "", now)

    def give(tx: Tx) -> giving.Given:
        holder = str(tx.execute(sa.select(tasks.c.person_id)).scalars().first())
        (work,) = (one for one in giving.portable(tx, TOWN, holder) if one.row == 1)
        return giving.give(tx, TOWN, holder, work, "张师傅", now=now)

    return db.write_now(give)


def test_two_answers_at_once_are_one(db: Database, skill: Skill) -> None:
    given = passed_on(db, skill)

    def reply(action: str) -> object:
        return db.write_now(partial(answering.answer, handover_id=given.id, action=action, given={}, now=NOW))

    with ThreadPoolExecutor(4) as phones:
        found = list(phones.map(reply, ["paid", "absent", "paid", "absent"]))
    assert sum(isinstance(one, Taken) for one in found) == 1
    assert [one.why for one in found if isinstance(one, Shut)] == ["used"] * 3
    chain = db.read_now(lambda tx: history.events(tx, given.work.task.case_id))
    assert sum(one.via == "link" for one in chain) == 1


def test_it_lapses_after_what_the_service_says(db: Database, skill: Skill) -> None:
    given = passed_on(db, skill)
    assert given.until == NOW + timedelta(days=2)
    late = partial(answering.answer, handover_id=given.id, action="paid", given={}, now=given.until)
    assert db.write_now(late) == Shut("lapsed")
    assert db.read_now(lambda tx: tx.scalar(sa.select(sa.func.count()).where(case_events.c.via == "link"))) == 0


def test_whoever_has_the_address_rings_the_own_village_or_the_town(db: Database, skill: Skill) -> None:
    given = passed_on(db, skill)

    def read(tx: Tx) -> tuple[list[str], set[str], set[str]]:
        chosen = sa.select(cases.c.village_id).join(handovers, handovers.c.case_id == cases.c.id)
        village = tx.execute(chosen.where(handovers.c.id == given.id)).scalar()
        sheet = answering.look(tx, given.id, now=NOW)
        assert not isinstance(sheet, Shut)
        here = {one.phone for one in directory.on_duty(tx, TOWN, NOW, village)}
        return list(sheet.phones), here, set(directory.duty_phones(tx, TOWN))

    def elsewhere(tx: Tx) -> None:
        row = dict(tx.execute(sa.select(duty).where(duty.c.village_id.is_(None))).mappings().first() or {})
        other = tx.execute(sa.select(villages.c.id).where(villages.c.town_id == TOWN)).scalars().all()[-1]
        row |= {"id": "01a00000000000000000000000000777", "village_id": other, "phone": "13800000777"}
        tx.execute(sa.insert(duty).values(**row))

    db.write_now(elsewhere)
    shown, here, all_phones = db.read_now(read)
    assert shown
    assert set(shown) == here
    assert "13800000777" in all_phones - here
