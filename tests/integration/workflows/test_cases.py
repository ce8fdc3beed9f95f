"""The one door on both engines: once by key, one event each, who decided, who sees, what leaves."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from skills.rehearsal.founding import TOWN
from township import directory
from township.clock import TurnedClock
from township.db import Database, Tx
from township.effects import RefreshCards, Say, ShowCard
from township.errors import Mistake, Refused
from township.models import outbox, person_values
from workflows import casebook, cases, definitions, history, query_codes, tasks
from workflows.clocks import timers
from workflows.definition import Definition
from workflows.models import case_events, case_keys
from workflows.models import cases as rows
from workflows.models import tasks as task_rows
from workflows.state import Via

Report = Callable[..., cases.Outcome]
Do = Callable[..., cases.Outcome]


def scope(db: Database, person_id: str, clock: TurnedClock) -> Any:
    def read(tx: Tx) -> Any:
        person = directory.person(tx, person_id)
        assert person
        return directory.scope_of(tx, person, clock.now())

    return db.read_now(read)


def count(db: Database, table: sa.Table) -> int:
    return db.read_now(lambda tx: tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_a_message_cannot_open_two_cases(town: Database, report: Report) -> None:
    first, second = report("m1"), report("m1")
    assert (second.case_id, second.repeated, second.effects) == (first.case_id, True, ())
    assert (count(town, rows), count(town, case_events), count(town, case_keys)) == (1, 1, 1)
    assert report("m2").number == "柳树 2 号"


def test_what_nobody_has_to_decide_is_closed_as_it_is_opened(
    town: Database, report: Report, clock: TurnedClock
) -> None:
    passing = {"title": "看一看", "who": "water_keeper of village", "if_nobody": "pass"}
    passing["actions"] = {"agree": {"title": "同意", "to": "closed", "vote": "yes"}}
    workflow = {"start": "look", "prefix": "过", "number": "skill", "clocks": {}, "stages": {"look": passing}}
    form = {"what": {"kind": "text", "name": "原话"}, "kind": {"kind": "text", "name": "类", "optional": True}}
    definition = Definition.model_validate({"skill": "passing", "name": "过", "form": form, "workflow": workflow})
    now = clock.now()
    digest = town.write_now(lambda tx: definitions.store(tx, TOWN, definition, {}, by=None, now=now))
    town.write_now(lambda tx: definitions.publish(tx, TOWN, digest, by=None, now=now))
    outcome = report(skill="passing")
    (row,) = town.read_now(lambda tx: tx.execute(sa.select(rows)).mappings().all())
    assert (outcome.result, row["stage"], row["closed_at"], row["due_at"]) == ("done", "closed", now, None)


async def test_the_same_message_at_once_from_many_sides_opens_one_case(town: Database, clock: TurnedClock) -> None:
    opening = cases.Opening(TOWN, "village_report", "m1", {"what": "灯", "kind": "lamp"}, clock.now(), spoke="v1")
    outcomes = await asyncio.gather(
        *(town.write(lambda tx: cases.open(tx, opening, now=clock.now())) for _ in range(8))
    )
    assert len({outcome.case_id for outcome in outcomes}) == 1
    assert sum(not outcome.repeated for outcome in outcomes) == 1
    assert count(town, rows) == 1


async def test_two_clerks_tap_at_once_and_one_decides(town: Database, report: Report, clock: TurnedClock) -> None:
    case = report("m1", skill="grievance", fields={"what": "账不清"})
    acts = [
        cases.Act(TOWN, case.case_id, "answer", f"tap{n}", by, {"answer": "查实"}) for n, by in enumerate(("t4", "t5"))
    ]
    found = await asyncio.gather(
        *(town.write(lambda tx, act=act: cases.act(tx, act, now=clock.now())) for act in acts), return_exceptions=True
    )
    assert sum(isinstance(one, cases.Outcome) for one in found) == 1
    (refusal,) = [one for one in found if isinstance(one, Refused)]
    assert refusal.code == "already_decided"
    assert refusal.values["who"] in ("吴纪检", "冯纪检")


def test_a_second_tap_changes_nothing_and_says_who_decided(
    town: Database, report: Report, do: Do, clock: TurnedClock
) -> None:
    case = report()
    (task,) = case.tasks
    do(case.case_id, "c1", "accept", "tap1", task_id=task.id)
    assert do(case.case_id, "c1", "accept", "tap1", task_id=task.id).repeated
    with pytest.raises(Refused) as caught:
        do(case.case_id, "c1", "accept", "tap2", task_id=task.id)
    assert caught.value.code == "already_decided"
    assert caught.value.values["who"] == "李会计"
    assert caught.value.values["at"] == clock.now()
    assert count(town, case_events) == 2


def test_what_leaves_stands_in_the_outbox_of_the_same_transaction(town: Database, report: Report, do: Do) -> None:
    case = report()
    assert [type(effect) for effect in case.effects] == [ShowCard]
    assert "柳树 1 号" in case.reply
    done = do(case.case_id, "c1", "done", "tap1", result="换了灯泡")
    assert [type(effect) for effect in done.effects] == [Say]
    assert count(town, outbox) == 2
    typed = do(case.case_id, "v1", "not_fixed", "m2", via=Via.CHAT)
    assert "接着办" in typed.reply
    assert {type(effect) for effect in typed.effects} == {ShowCard, RefreshCards}


def test_a_refused_act_leaves_no_trace(town: Database, report: Report, do: Do) -> None:
    case = report()
    before = [count(town, table) for table in (case_events, outbox, case_keys, task_rows, person_values)]
    with pytest.raises(Mistake, match="value_missing"):
        do(case.case_id, "c1", "ask", "tap1")
    with pytest.raises(Mistake, match="unknown_field"):
        do(case.case_id, "c1", "accept", "tap2", whatever="x")
    with pytest.raises(Mistake, match="not_a_person"):
        do(case.case_id, "c1", "hand_on", "tap3", to="nobody")
    assert before == [count(town, table) for table in (case_events, outbox, case_keys, task_rows, person_values)]


def test_a_form_that_is_not_complete_opens_nothing(town: Database, report: Report) -> None:
    with pytest.raises(Mistake) as caught:
        report(fields={"what": "有事"})
    assert caught.value.values["field"] == "kind"
    with pytest.raises(Refused, match="unknown_skill"):
        report(skill="nothing_such")
    assert count(town, rows) == 0


def test_events_can_only_be_added(town: Database, report: Report) -> None:
    report()
    for statement in (sa.update(case_events).values(action="x"), sa.delete(case_events)):
        with pytest.raises(DBAPIError, match="append-only"):
            town.write_now(lambda tx, statement=statement: tx.execute(statement))


def test_the_chain_is_whole_and_any_change_shows(town: Database, report: Report, do: Do, clock: TurnedClock) -> None:
    case = report()
    do(case.case_id, "c1", "accept", "tap1")
    do(case.case_id, "c1", "done", "tap2", result="好了")
    chain = town.read_now(lambda tx: history.events(tx, case.case_id))
    head = town.read_now(lambda tx: tx.execute(sa.select(rows.c.head)).scalar_one())
    assert history.first_break(chain, head) is None

    for number, event in enumerate(chain):
        changed = [*chain]
        changed[number] = replace(event, by="somebody else")
        assert history.first_break(changed, head) == number + 1
    assert history.first_break(chain[:-1], head) == len(chain)


def test_what_a_villager_wrote_can_be_erased_and_the_chain_stays_whole(
    town: Database, report: Report, clock: TurnedClock
) -> None:
    case = report(fields={"what": "我家王小明摔了", "kind": "road"})
    stored = town.read_now(lambda tx: [str(row.data) for row in tx.execute(sa.select(case_events))])
    assert "王小明" not in "".join(stored)
    seen = town.read_now(lambda tx: casebook.get(tx, scope(town, "c1", clock), case.case_id))
    assert seen
    assert seen.fields["what"] == "我家王小明摔了"
    town.write_now(lambda tx: tx.execute(sa.update(person_values).values(value=None)))
    erased = town.read_now(lambda tx: casebook.get(tx, scope(town, "c1", clock), case.case_id))
    assert erased
    assert erased.fields["what"] == "（已删除）"
    chain = town.read_now(lambda tx: history.events(tx, case.case_id))
    assert history.first_break(chain, chain[-1].hash) is None


def test_a_task_has_a_typed_code_that_only_its_holder_can_use(
    town: Database, report: Report, clock: TurnedClock
) -> None:
    report()
    (mine,) = town.read_now(lambda tx: tasks.of_person(tx, TOWN, "c1"))
    assert len(mine.code) == 4
    assert mine.due_at == clock.now() + timedelta(hours=2)
    found = town.read_now(lambda tx: tasks.by_code(tx, TOWN, mine.code.lower(), "c1"))
    assert found
    assert found.id == mine.id
    assert town.read_now(lambda tx: tasks.by_code(tx, TOWN, mine.code, "c4")) is None


def test_a_clock_explains_itself_in_words(town: Database, report: Report, do: Do, clock: TurnedClock) -> None:
    case = report()
    clock.forward(timedelta(minutes=30))
    do(case.case_id, "c1", "ask", "t1", question="哪一盏")
    clock.forward(timedelta(minutes=60))
    do(case.case_id, "v1", "answer", "t2", reply="门口那盏")
    words = "\n".join(
        town.read_now(lambda tx: casebook.clocks_in_words(tx, scope(town, "c1", clock), case.case_id, clock.now()))
    )
    assert "11月23日（周一）9:30 到 11月23日（周一）10:30 等村民回话，不计时" in words
    assert "最晚 11月26日（周四）15:00" in words, "24 working hours from 9:00, and the hour that waited"


def test_the_anonymous_ask_with_their_code(town: Database, report: Report, do: Do, clock: TurnedClock) -> None:
    case = report(skill="grievance", fields={"what": "分地不公"}, anonymous=True, conversation_id="private")
    assert case.query_code in case.reply
    view = town.read_now(lambda tx: casebook.by_query_code(tx, TOWN, case.query_code.lower()))
    assert view
    assert view.id == case.case_id
    stored = town.read_now(
        lambda tx: json.dumps([dict(row) for row in tx.execute(sa.select(rows)).mappings()], default=str)
    )
    assert '"v1"' not in stored
    assert "private" not in stored
    assert case.query_code not in stored
    assert town.read_now(lambda tx: casebook.by_query_code(tx, TOWN, "2222-2222")) is None


def test_who_holds_a_copy_of_the_database_cannot_try_all_codes(
    town: Database, report: Report, key_of_codes: None
) -> None:
    """The key of the hash is not in the database; what was hashed without one is found as ever."""
    case = report(skill="grievance", fields={"what": "分地不公"}, anonymous=True, conversation_id="private")
    plain = hashlib.sha256(case.query_code.replace("-", "").encode()).hexdigest()
    assert town.read_now(lambda tx: tx.execute(sa.select(rows.c.query_hash)).scalar_one()) != plain
    assert town.read_now(lambda tx: casebook.by_query_code(tx, TOWN, case.query_code))
    town.write_now(lambda tx: tx.execute(sa.update(rows).values(query_hash=plain)))
    assert town.read_now(lambda tx: casebook.by_query_code(tx, TOWN, case.query_code))
    query_codes.use(b"another key")
    town.write_now(lambda tx: tx.execute(sa.update(rows).values(query_hash=query_codes.hash_of(case.query_code))))
    query_codes.use(b"a key")
    assert town.read_now(lambda tx: casebook.by_query_code(tx, TOWN, case.query_code)) is None


@pytest.fixture
def key_of_codes() -> Iterator[None]:
    query_codes.use(b"a key")
    yield
    query_codes.use(b"")


def test_when_nobody_may_look_nothing_is_kept(town: Database, report: Report) -> None:
    town.write_now(lambda tx: tx.execute(sa.text("DELETE FROM grants WHERE person_id = 't5'")))
    with pytest.raises(Refused, match="nobody_may_see"):
        report(skill="grievance", fields={"what": "吴纪检收礼", "about": "t4"})
    assert count(town, rows) == 0
    assert count(town, person_values) == 0


async def test_two_sweepers_take_each_late_step_once(town: Database, report: Report, clock: TurnedClock) -> None:
    for number in range(12):
        report(f"m{number}")
    clock.forward(timedelta(hours=6))
    taken = await asyncio.gather(*(town.write(lambda tx: timers.sweep(tx, clock.now(), 5)) for _ in range(6)))
    while town.write_now(lambda tx: timers.sweep(tx, clock.now(), 50)):
        pass
    late = town.read_now(
        lambda tx: tx.execute(sa.select(case_events.c.action).where(case_events.c.kind == "late")).scalars().all()
    )
    assert sum(taken) > 0
    assert sorted(late) == ["ask_leader"] * 12 + ["digest"] * 12


def test_a_case_keeps_the_version_it_began_with(town: Database, report: Report, do: Do, clock: TurnedClock) -> None:
    from skills import registry

    old = report()
    (version,) = [one for one in town.read_now(lambda tx: registry.offered(tx, TOWN)) if one.id == "village_report"]
    files = {**version.files, "texts.yaml": version.files["texts.yaml"].replace("修好了吗", "弄好了没")}
    changed = registry.load_files("village_report", files).skill
    assert changed
    town.write_now(lambda tx: registry.install(tx, TOWN, changed, by="t1", now=clock.now()))
    new = report("m2")
    assert "修好了吗" in do(old.case_id, "c1", "done", "t1", result="好").effects[0].text  # type: ignore[union-attr]
    assert "弄好了没" in do(new.case_id, "c1", "done", "t2", result="好").effects[0].text  # type: ignore[union-attr]


def test_numbers_are_found_as_people_say_them(town: Database, report: Report, clock: TurnedClock) -> None:
    case = report()
    who = scope(town, "v1", clock)
    found = town.read_now(lambda tx: casebook.find(tx, who, "柳树1号"))
    assert found
    assert (found.id, found.summary) == (case.case_id, "路灯 灯不亮")
    assert [one.id for one in town.read_now(lambda tx: casebook.mine(tx, who))] == [case.case_id]
    assert town.read_now(lambda tx: casebook.counted(tx, who, casebook.Filter(is_open=True, kind="lamp"))) == 1
    assert town.read_now(lambda tx: casebook.listed(tx, who, casebook.Filter(is_open=False))) == []
