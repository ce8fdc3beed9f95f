"""What a card, a page or a reply may do: only what may be done now, and only by who holds it."""

from collections.abc import Callable

from township import directory
from township.clock import TurnedClock
from township.db import Database, Tx
from workflows import cases, faces
from workflows.faces import Face


def face(db: Database, person_id: str, case_id: str, clock: TurnedClock) -> Face | None:
    def read(tx: Tx) -> Face | None:
        person = directory.person(tx, person_id)
        assert person
        return faces.of_case(tx, directory.scope_of(tx, person, clock.now()), case_id)

    return db.read_now(read)


def actions(one: Face | None) -> set[str]:
    assert one
    return {button.action for button in one.buttons}


def test_buttons_follow_the_case(
    town: Database, report: Callable[..., cases.Outcome], do: Callable[..., cases.Outcome], clock: TurnedClock
) -> None:
    case = report()
    assert {"accept", "done", "ask", "hand_on", "outside", "return", "refuse"} <= actions(
        face(town, "c1", case.case_id, clock)
    )
    assert actions(face(town, "v1", case.case_id, clock)) == {"add", "hurry", "withdraw"}
    assert actions(face(town, "t1", case.case_id, clock)) == set(), "a watcher sees and does nothing"
    assert face(town, "c4", case.case_id, clock) is None
    do(case.case_id, "c1", "done", "t1", result="好了")
    assert actions(face(town, "c1", case.case_id, clock)) == set()
    assert {"fixed", "not_fixed", "leave_me"} <= actions(face(town, "v1", case.case_id, clock))
    assert "told" not in actions(face(town, "v1", case.case_id, clock))
    do(case.case_id, "v1", "fixed", "t2")
    assert actions(face(town, "v1", case.case_id, clock)) == {"reopen"}


def test_a_reply_is_understood_by_digit_or_word(
    town: Database, report: Callable[..., cases.Outcome], do: Callable[..., cases.Outcome], clock: TurnedClock
) -> None:
    case = report()
    do(case.case_id, "c1", "done", "t1", result="好了")
    one = face(town, "v1", case.case_id, clock)
    assert one
    assert faces.understood(one, "1") == ("fixed", "")
    assert faces.understood(one, "修好了。") == ("fixed", "")
    assert faces.understood(one, "2 还是不亮") == ("not_fixed", "还是不亮")
    assert faces.understood(one, "没好，还是黑的") == ("not_fixed", "还是黑的")
    assert faces.understood(one, "12") is None
    assert faces.understood(one, "明天赶集不") is None


def test_what_waits_for_an_answer_is_listed(
    town: Database, report: Callable[..., cases.Outcome], do: Callable[..., cases.Outcome], clock: TurnedClock
) -> None:
    first, second = report("m1"), report("m2")
    for number, case in enumerate((first, second)):
        do(case.case_id, "c1", "done", f"t{number}", result="好了")

    def read(tx: Tx) -> list[str]:
        person = directory.person(tx, "v1")
        assert person
        return [one.case.id for one in faces.waiting_for(tx, directory.scope_of(tx, person, clock.now()))]

    assert set(town.read_now(read)) == {first.case_id, second.case_id}
    assert first.number.startswith("柳树")
