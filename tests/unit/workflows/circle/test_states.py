"""A post walks only where the table lets it, and nothing comes back from the dead."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township.errors import Refused
from workflows.circle.states import Act, By, State, after

STEPS = list(product(Act, By))


def may(state: State, act: Act, by: By) -> bool:
    try:
        after(state, act, by)
    except Refused:
        return False
    return True


def test_what_was_taken_back_stays_so() -> None:
    assert not any(may(State.REMOVED, act, by) for act, by in STEPS)


def test_only_a_reviewer_lets_a_held_post_out() -> None:
    out = {(act, by) for act, by in STEPS if may(State.HELD, act, by) and after(State.HELD, act, by) is State.PUBLISHED}
    assert out == {(Act.RELEASE, By.REVIEWER)}


@pytest.mark.parametrize("state", [State.REFUSED, State.TAKEN_DOWN])
def test_what_was_denied_comes_out_only_by_another_reviewer(state: State) -> None:
    out = {by for act, by in STEPS if may(state, act, by) and after(state, act, by) is State.PUBLISHED}
    assert out == {By.OTHER_REVIEWER}


def test_a_neighbours_report_changes_nothing_by_itself() -> None:
    assert after(State.PUBLISHED, Act.REPORT, By.NEIGHBOUR) is State.PUBLISHED
    assert not any(may(state, Act.REPORT, By.NEIGHBOUR) for state in State if state is not State.PUBLISHED)


def test_neighbours_and_the_clock_never_take_a_shown_post_away() -> None:
    for act in Act:
        for by in (By.NEIGHBOUR, By.CLOCK):
            if may(State.PUBLISHED, act, by):
                assert after(State.PUBLISHED, act, by) is State.PUBLISHED


def test_its_author_may_always_take_it_back() -> None:
    assert all(may(state, Act.REMOVE, By.AUTHOR) for state in State if state is not State.REMOVED)
    assert not any(may(state, Act.REMOVE, by) for state in State for by in By if by is not By.AUTHOR)


@given(st.lists(st.sampled_from(STEPS), max_size=40), st.sampled_from([State.ASKED, State.HELD, State.PUBLISHED]))
def test_every_walk_keeps_to_the_table(steps: list[tuple[Act, By]], state: State) -> None:
    was_denied = False
    for act, by in steps:
        if not may(state, act, by):
            continue
        then = after(state, act, by)
        if was_denied and then is State.PUBLISHED and state is not State.PUBLISHED:
            assert by is By.OTHER_REVIEWER
            was_denied = False
        was_denied = was_denied or then in (State.REFUSED, State.TAKEN_DOWN)
        state = then
