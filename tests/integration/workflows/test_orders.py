"""Work orders of another system: each one case, on its caller's name; closed ones go back as they came, filled."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from skills.rehearsal.founding import TOWN
from township import directory
from township.clock import TurnedClock
from township.db import Database, Tx
from township.models import audit_entries, people, person_values
from township.scope import Scope
from workflows import calllist, cases
from workflows.casebook import CaseView, Filter, listed
from workflows.orders import filling, reading, style, systems
from workflows.orders.bringing import Bringer, Brought, bring
from workflows.orders.columns import Head, head_of
from workflows.orders.reading import Order

HEAD = ["工单编号", "诉求内容", "事发地址", "姓名", "电话", "办理时限", "承办单位", "办理结果", "办结时间", "是否解决"]
ROWS = [
    ["GD1", "路灯不亮了", "柳树村村口", "来电人甲", "13800009999", "2026-11-25", "示例镇", "", "", ""],
    ["GD2", "垃圾没人收", "桃园村", "保密", "", "", "示例镇", "", "", ""],
    ["GD3", "村会计把低保给了他小舅子", "柳树村", "来电人乙", "13800008888", "", "示例镇", "", "", ""],
]
FILLED = [
    ["G8", "灯", "", "", "", "", "示例镇", "您好，已修好。谢谢来电！", "2026/11/02 09:05", "已解决"],
    ["G9", "水", "", "", "", "", "示例镇", "您好，已通水。谢谢来电！", "2026/11/03 10:05", "未解决"],
]


def sort(order: Order) -> tuple[str, str]:
    if "低保" in order.what:
        return "grievance", ""
    return "village_report", "lamp" if "灯" in order.what else "rubbish"


@pytest.fixture
def clerk(town: Database, clock: TurnedClock) -> Scope:
    """Of the town's clerk."""

    def call(tx: Tx) -> Scope:
        (person,) = directory.people_with_role(tx, TOWN, "town_clerk", clock.now())[:1]
        return directory.scope_of(tx, person, clock.now())

    return town.read_now(call)


def read(rows: list[list[str]]) -> tuple[Head, tuple[Order, ...]]:
    table = [HEAD, *rows]
    head = head_of(table)
    return head, reading.read(table, head, "单.xlsx", ["柳树村", "桃园村"]).orders


@pytest.fixture
def take(town: Database, clock: TurnedClock, clerk: Scope) -> Callable[..., Brought]:
    def taken(rows: list[list[str]] | None = None) -> Brought:
        head, orders = read(rows or ROWS)
        bringer = Bringer(TOWN, "12345", clerk.person_id, "单.xlsx")
        done = town.write_now(lambda tx: bring(tx, orders, bringer, sort, now=clock.now()))
        town.write_now(lambda tx: systems.remember(tx, TOWN, "12345", head, by=clerk.person_id, now=clock.now()))
        return done

    return taken


def seen(town: Database, scope: Scope) -> list[CaseView]:
    return town.read_now(lambda tx: listed(tx, scope, Filter()))


def of(town: Database, scope: Scope, kind: str) -> CaseView:
    return next(case for case in seen(town, scope) if case.kind == kind)


def close(town: Database, scope: Scope, case: CaseView, clock: TurnedClock) -> None:
    """Mend it, and let the clerk write down that the caller said so."""

    def call(tx: Tx) -> None:
        (worker,) = directory.people_with_role(tx, TOWN, "village_clerk", clock.now(), case.village_id)[:1]
        done = cases.Act(TOWN, case.id, "done", f"d:{case.id}", worker.id, {"result": "换了灯泡"})
        cases.act(tx, done, now=clock.now())
        line = calllist.of_case(tx, directory.scope_of(tx, worker, clock.now()), case.id)[-1]
        own = directory.scope_of(tx, worker, clock.now())
        calllist.tick(tx, own, line.id, calllist.Called.TOLD, now=clock.now(), answer="fixed")

    town.write_now(call)


def test_each_order_is_a_case_with_its_village_caller_channel_and_term(
    town: Database, take: Callable[..., Brought], clerk: Scope
) -> None:
    done = take()
    assert (len(done.opened), done.known, done.mistakes) == (3, 0, ())
    lamp = of(town, clerk, "lamp")
    assert lamp.channels == ["12345"]
    assert lamp.said["place"] == "柳树村村口"
    assert "12345 要求 11月25日前办结" in lamp.said["what"]
    (name,) = town.read_now(
        lambda tx: tx.execute(sa.select(people.c.name).where(people.c.id == lamp.cast.affected)).scalars().all()
    )
    assert name == "来电人甲"
    assert of(town, clerk, "rubbish").cast.affected is None, "who wants to stay unnamed does"


def test_a_term_that_cannot_be_read_is_named_and_the_town_gives_its_own(
    town: Database, take: Callable[..., Brought], clerk: Scope
) -> None:
    row = ["GD5", "路灯不亮了", "柳树村", "", "", "下周三", "", "", "", ""]
    done = take([row])
    assert (len(done.opened), done.mistakes) == (1, ())
    (unread,) = done.unread
    assert unread.code == "order_unread_due"
    assert (unread.values["row"], unread.values["number"], unread.values["value"]) == (2, "GD5", "下周三")
    lamp = of(town, clerk, "lamp")
    assert "12345 的办理时限写着“下周三”" in lamp.said["what"]
    assert lamp.due_at is not None
    assert take([row]).unread == (), "what is known already is no news"


def test_brought_twice_it_is_brought_once(take: Callable[..., Brought]) -> None:
    take()
    again = take([*ROWS, ["GD4", "路灯又坏了", "柳树村", "来电人甲", "13800009999", "", "", "", "", ""]])
    assert (len(again.opened), again.known) == (1, 3)


def test_the_same_caller_is_the_same_person(town: Database, take: Callable[..., Brought]) -> None:
    take([ROWS[0], ["GD5", "路灯坏了", "", "来电人甲", "13800009999", "", "", "", "", ""]])
    found = town.read_now(lambda tx: tx.execute(sa.select(people.c.id).where(people.c.name == "来电人甲")).all())
    assert len(found) == 1


def test_a_complaint_about_a_cadre_goes_past_the_clerk_who_brought_it(
    town: Database, take: Callable[..., Brought], clerk: Scope
) -> None:
    take()
    assert [case.skill for case in seen(town, clerk)] == ["village_report"] * 2


def test_nobody_is_asked_to_ring_about_the_receipt(town: Database, take: Callable[..., Brought], clerk: Scope) -> None:
    take()
    assert town.read_now(lambda tx: calllist.waiting(tx, clerk)) == []


def test_what_is_over_there_is_not_opened(take: Callable[..., Brought]) -> None:
    row = ["GD7", "路灯", "", "", "", "", "", "好了", "2026-11-20", ""]
    done = take([row])
    assert (len(done.opened), done.over) == (0, 1)


def test_a_closed_case_goes_back_in_the_words_and_columns_of_its_system(
    town: Database, take: Callable[..., Brought], clerk: Scope, clock: TurnedClock
) -> None:
    take()
    head, table = head_of([HEAD, *FILLED]), [HEAD, *FILLED]
    learnt = style.learn(table, head)
    assert learnt is not None
    keep = learnt.to_json()
    town.write_now(lambda tx: systems.learn(tx, TOWN, "12345", head, keep, by=clerk.person_id, now=clock.now()))
    assert town.read_now(lambda tx: filling.fill(tx, clerk, "12345")).rows == (), "nothing is closed yet"
    close(town, clerk, of(town, clerk, "lamp"), clock)
    filled = town.read_now(lambda tx: filling.fill(tx, clerk, "12345"))
    assert filled.table() == [
        tuple(HEAD),
        (*ROWS[0][:7], "您好，换了灯泡。谢谢来电！", _written(clock.now()), "已解决"),
    ]
    town.write_now(lambda tx: filling.handed_over(tx, clerk, "12345", filled, now=clock.now()))
    assert town.read_now(lambda tx: filling.fill(tx, clerk, "12345")).rows == ()
    assert len(town.read_now(lambda tx: filling.fill(tx, clerk, "12345", again=True)).rows) == 1
    (entry,) = town.read_now(lambda tx: tx.execute(sa.select(audit_entries)).all())
    assert (entry.act, entry.actor_id) == ("exported", clerk.person_id)


def test_the_columns_of_a_filled_sheet_outlive_the_next_sheet_that_is_brought(
    town: Database, take: Callable[..., Brought], clerk: Scope, clock: TurnedClock
) -> None:
    """What is handed over daily lacks the columns of outcomes: the form to fill is another sheet."""
    filled = [[*HEAD, "填报人"], *([*row, "郑晓东"] for row in FILLED)]
    head = head_of(filled)
    learnt = style.learn(filled, head)
    assert learnt is not None
    now = clock.now()
    town.write_now(lambda tx: systems.learn(tx, TOWN, "12345", head, learnt.to_json(), by=None, now=now))
    daily = head_of([HEAD[:7], ROWS[0][:7]])
    town.write_now(lambda tx: systems.remember(tx, TOWN, "12345", daily, by=None, now=now))
    known = town.read_now(lambda tx: systems.get(tx, TOWN, "12345"))
    assert known is not None
    assert known.columns == (*HEAD, "填报人")


def test_what_is_handed_over_is_counted_where_the_sheet_counts(
    town: Database, take: Callable[..., Brought], clerk: Scope, clock: TurnedClock
) -> None:
    take([ROWS[0], ["GD5", "东头路灯坏了", "柳树村", "来电人丁", "13800007777", "", "", "", "", ""]])
    counted = [["序号", *HEAD], *([str(n), *row] for n, row in enumerate(FILLED, 7))]
    head = head_of(counted)
    learnt = style.learn(counted, head)
    assert learnt is not None
    now = clock.now()
    town.write_now(lambda tx: systems.learn(tx, TOWN, "12345", head, learnt.to_json(), by=None, now=now))
    for case in seen(town, clerk):
        close(town, clerk, case, clock)
    filled = town.read_now(lambda tx: filling.fill(tx, clerk, "12345"))
    assert [row[0] for row in filled.rows] == ["1", "2"]


def test_cells_that_name_people_can_be_erased(
    town: Database, take: Callable[..., Brought], clerk: Scope, clock: TurnedClock
) -> None:
    take()
    lamp = of(town, clerk, "lamp")
    close(town, clerk, lamp, clock)
    mine = person_values.c.person_id == lamp.cast.affected
    town.write_now(lambda tx: tx.execute(sa.update(person_values).where(mine).values(value=None)))
    assert town.read_now(lambda tx: filling.fill(tx, clerk, "12345")).rows == ()


def _written(at: datetime) -> str:
    return f"{at:%Y/%m/%d %H:%M}"
