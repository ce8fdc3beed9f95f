import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import purse
from bot.purse import Call, Cost, Limits, Purpose, Purse, Route, Step

STANDARD = Limits()
counts = st.integers(0, 8000)
days = st.integers(1, 31)
ordinary = [Purpose.reply, Purpose.task, Purpose.notice, Purpose.digest, Purpose.courtesy]


def test_every_call_has_a_price() -> None:
    assert set(purse.COSTS) == set(Call)


@pytest.mark.parametrize("call", [Call.token, Call.login, Call.directory, Call.event_in, Call.tap_answer])
def test_login_directory_and_acks_are_free(call: Call) -> None:
    assert purse.cost(call) == Cost()


def test_webhook_reply_is_priced_in_both_readings() -> None:
    assert purse.cost(Call.webhook_reply) == Cost(push=1)
    assert purse.cost(Call.webhook_reply, webhook_counts=False) == Cost()


@pytest.mark.parametrize(
    ("api", "push", "expected"),
    [
        (0, 0, Step.full),
        (3499, 0, Step.full),
        (3500, 0, Step.spare),
        (0, 2099, Step.full),
        (0, 2100, Step.spare),
        (4250, 0, Step.digest),
        (0, 2549, Step.spare),
        (0, 2550, Step.digest),
        (4750, 0, Step.phone),
        (0, 2850, Step.phone),
        (9999, 9999, Step.phone),
    ],
)
def test_steps_come_at_70_85_and_95_percent_of_the_emptier_pool(api: int, push: int, expected: Step) -> None:
    assert purse.step(api, push, STANDARD, day_of_month=30) is expected


def test_month_heading_over_its_limit_becomes_sparing_early() -> None:
    assert purse.step(0, 1600, STANDARD, day_of_month=10) is Step.spare
    assert purse.step(0, 1600, STANDARD, day_of_month=25) is Step.full
    assert purse.step(0, 1600, STANDARD, day_of_month=3) is Step.full


@given(counts, counts, counts, counts, days)
def test_using_more_never_relaxes(api: int, push: int, more_api: int, more_push: int, day: int) -> None:
    before = purse.step(api, push, STANDARD, day)
    assert purse.step(api + more_api, push + more_push, STANDARD, day) >= before


@given(counts, st.integers(7, 31), st.integers(0, 24))
def test_the_same_use_later_in_the_month_is_never_stricter(push: int, day: int, later: int) -> None:
    assert purse.step(0, push, STANDARD, day + later, 31) <= purse.step(0, push, STANDARD, day, 31)


@given(counts, st.sampled_from(Step))
def test_emergencies_are_always_tried(api: int, at: Step) -> None:
    assert purse.may_send(Purpose.emergency, at, api, STANDARD)
    assert purse.may_send(Purpose.unheard, at, api, STANDARD)


@given(st.sampled_from(ordinary), st.sampled_from(Step), counts)
def test_ordinary_sends_never_touch_the_two_reserves(purpose: Purpose, at: Step, api: int) -> None:
    if purse.may_send(purpose, at, api, STANDARD):
        assert api + 1 <= 4000


@given(st.lists(st.sampled_from([*ordinary, Purpose.important]), max_size=200), st.integers(3500, 4600))
def test_no_mix_of_sends_eats_the_last_tenth(purposes: list[Purpose], start: int) -> None:
    state = Purse(STANDARD, api_used=start)
    for purpose in purposes:
        if state.may_send(purpose, state.step(28)):
            state = state.after(Call.people_send)
    assert state.api_used <= max(start, 4500)


def test_seals_go_on_when_ordinary_sends_have_ended() -> None:
    at_85 = purse.step(4250, 0, STANDARD, 28)
    assert not purse.may_send(Purpose.task, at_85, 4250, STANDARD)
    assert purse.may_send(Purpose.important, at_85, 4250, STANDARD)
    assert not purse.may_send(Purpose.important, at_85, 4500, STANDARD)


@pytest.mark.parametrize(
    ("purpose", "last"),
    [
        (Purpose.courtesy, Step.full),
        (Purpose.notice, Step.spare),
        (Purpose.digest, Step.digest),
        (Purpose.task, Step.digest),
        (Purpose.reply, Step.phone),
        (Purpose.important, Step.phone),
    ],
)
def test_each_purpose_ends_at_its_step(purpose: Purpose, last: Step) -> None:
    served = [at for at in Step if purse.may_send(purpose, at, 0, STANDARD)]
    assert served == [at for at in Step if at <= last]


def test_first_question_of_a_month_costs_no_api_call() -> None:
    state = Purse(STANDARD).after(Call.message_in)
    assert state.route_reply() is Route.webhook


def test_replies_move_to_the_calls_when_pushes_run_ahead() -> None:
    assert purse.route_reply(0, 300, STANDARD) is Route.api
    assert purse.route_reply(2500, 300, STANDARD) is Route.webhook


def test_closed_webhook_leaves_the_api() -> None:
    assert purse.route_reply(4999, 0, STANDARD, webhook_is_open=False) is Route.api


@given(counts, counts)
def test_webhook_is_taken_where_it_is_free_or_nobody_counts(api: int, push: int) -> None:
    assert purse.route_reply(api, push, Limits(webhook_counts=False)) is Route.webhook
    assert purse.route_reply(api, push, Limits(api=None, push=None)) is Route.webhook
    assert purse.step(api, push, Limits(api=None, push=None), 5) is Step.full


@given(st.lists(st.sampled_from([Call.message_in, Call.card_create, Call.people_send]), min_size=300, max_size=600))
def test_routed_replies_keep_the_pools_level(calls: list[Call]) -> None:
    state = Purse(STANDARD)
    for call in calls:
        before = state.route_reply()
        if call is Call.message_in:
            reply = Call.webhook_reply if before is Route.webhook else Call.people_send
            state = state.after(call).after(reply)
            lead = purse.share(state.push_used, 3000) - purse.share(state.api_used, 5000)
            if before is Route.api:
                assert lead > 0
        else:
            state = state.after(call)


def test_reply_never_eats_the_reserve_of_calls() -> None:
    assert purse.route_reply(4000, 2990, STANDARD) is Route.webhook


def test_pool_of_nothing_is_used_up() -> None:
    assert purse.step(0, 0, Limits(api=0, push=3000), 1) is Step.phone
