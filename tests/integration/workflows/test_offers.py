"""What a card, a page or a reply may do: only what may be done now, and only by who holds it."""

from collections.abc import Callable, Mapping

from township import directory
from township.clock import TurnedClock
from township.db import Database, Tx
from workflows import cases, offers
from workflows.definition import Action


def face(db: Database, person_id: str, case_id: str, clock: TurnedClock) -> Mapping[str, Action]:
    def read(tx: Tx) -> Mapping[str, Action]:
        person = directory.person(tx, person_id)
        assert person
        return offers.of_case(tx, directory.scope_of(tx, person, clock.now()), case_id)

    return db.read_now(read)


def actions(one: Mapping[str, Action]) -> set[str]:
    return set(one)


def test_buttons_follow_the_case(
    town: Database, report: Callable[..., cases.Outcome], do: Callable[..., cases.Outcome], clock: TurnedClock
) -> None:
    case = report()
    assert {"accept", "done", "ask", "hand_on", "outside", "return", "refuse"} <= actions(
        face(town, "c1", case.case_id, clock)
    )
    assert actions(face(town, "v1", case.case_id, clock)) == {"add", "correct", "hurry", "withdraw"}
    assert actions(face(town, "t1", case.case_id, clock)) == set(), "a watcher sees and does nothing"
    assert actions(face(town, "c4", case.case_id, clock)) == set()
    do(case.case_id, "c1", "done", "t1", result="好了")
    assert actions(face(town, "c1", case.case_id, clock)) == {"comment"}, "who has acted may add a word"
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
    assert offers.understood(one, "1") == ("fixed", "")
    assert offers.understood(one, "修好了。") == ("fixed", "")
    assert offers.understood(one, "2 还是不亮") == ("not_fixed", "还是不亮")
    assert offers.understood(one, "没好，还是黑的") == ("not_fixed", "还是黑的")
    assert offers.understood(one, "12") is None
    assert offers.understood(one, "明天赶集不") is None
