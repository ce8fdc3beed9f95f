"""Posts in the database on both engines: any walk of any people keeps the rules, and no village sees another's."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skills.rehearsal.founding import TOWN
from township import directory
from township.clock import TurnedClock
from township.db import Database, Tx
from township.errors import Refused
from township.models import households, people, person_values
from township.scope import Scope
from workflows import cases, tasks
from workflows.cases import Act as CaseAct
from workflows.circle import counts, digits, posts, review, states, wall
from workflows.circle.models import acts
from workflows.circle.models import posts as rows
from workflows.circle.posts import Draft, Post
from workflows.circle.states import Act, By, State
from workflows.state import Via

CANARY = {"liushu": "金丝雀柳", "taoyuan": "金丝雀桃"}
TEXTS = ("借个梯子", "要验证码的找我", "电话13800001234", "卖枪", "夸夸老周", "账目不公开")
STEPS = st.lists(
    st.tuples(st.sampled_from(["v1", "v3"]), st.sampled_from(TEXTS), st.lists(st.sampled_from(list(Act)), max_size=6)),
    min_size=1,
    max_size=5,
)
_numbers = iter(range(10**9))


def person(tx: Tx, person_id: str) -> directory.Person:
    found = directory.person(tx, person_id)
    assert found is not None
    return found


def posted(tx: Tx, who: str, text: str, now: datetime, key: str = "") -> tuple[Post, bool]:
    author = person(tx, who)
    village = str(author.village_id)
    key = key or f"m{next(_numbers)}"
    return posts.write(tx, Draft(TOWN, village, author, key, f"{CANARY[village]}{text}"), now)


def scope_of(tx: Tx, who: str, now: datetime) -> Scope:
    return directory.scope_of(tx, person(tx, who), now)


def a_household_each(tx: Tx) -> None:
    """Let the villagers of the rehearsal be known by their households."""
    for village in CANARY:
        row = {"id": f"h-{village}", "town_id": TOWN, "village_id": village, "door": ""}
        tx.execute(sa.insert(households).values(**row))
        mine = (people.c.village_id == village, people.c.is_cadre.is_(False))
        tx.execute(sa.update(people).where(*mine).values(household_id=row["id"]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_walk_keeps_the_rules(
    town: Database, clock: TurnedClock, steps: list[tuple[str, str, list[Act]]]
) -> None:
    now = clock.now()

    def call(tx: Tx) -> None:
        for who, text, wanted in steps:
            post, _ = posted(tx, who, text, now)
            for act in wanted:
                for by in By:
                    try:
                        then = states.after(post.state, act, by)
                    except Refused:
                        continue
                    post = posts.act(tx, post, act, by, now)
                    assert post.state is then
                    break
            kept = posts.get(tx, TOWN, post.id)
            assert kept is not None
            assert kept.state is post.state
            last = tx.execute(sa.select(acts.c.act).where(acts.c.post_id == post.id).order_by(acts.c.id.desc())).first()
            assert last is not None
        for who, village in (("v1", "liushu"), ("v3", "taoyuan"), ("c1", "liushu"), ("c4", "taoyuan")):
            scope = scope_of(tx, who, now)
            for other in CANARY:
                seen = wall.of_village(tx, scope, other, limit=500)
                assert other == village or not seen
                assert all(CANARY[other] in one.text for one in seen)
                found = [posts.get(tx, TOWN, one.id) for one in seen]
                assert all(one is not None and one.state is State.PUBLISHED for one in found)

    town.write_now(call)


def test_posted_twice_is_posted_once(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        first, is_new = posted(tx, "v1", "借个梯子", clock.now(), key="same")
        again, is_new_again = posted(tx, "v1", "借个梯子", clock.now(), key="same")
        assert (is_new, is_new_again) == (True, False)
        assert first.id == again.id
        assert tx.execute(sa.select(sa.func.count()).select_from(rows)).scalar_one() == 1

    town.write_now(call)


def test_numbers_that_must_never_be_shown_are_never_stored(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        posted(tx, "v1", "身份证11010519491231002X，卡6222021234567890128", clock.now())
        stored = "".join(str(value) for value in tx.execute(sa.select(person_values.c.value)).scalars())
        assert "19491231" not in stored
        assert "1234567890" not in stored
        assert digits.find(stored) == []

    town.write_now(call)


def test_a_newcomer_is_looked_at_three_times(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        review.declare()
        for n in range(4):
            post, _ = posted(tx, "v1", f"借个梯子{n}", clock.now())
            assert (post.state is State.HELD) is (n < 3), n
            if post.state is State.HELD:
                posts.act(tx, post, Act.RELEASE, By.REVIEWER, clock.now())

    town.write_now(call)


def test_who_is_known_by_the_household_is_no_newcomer(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        a_household_each(tx)
        post, _ = posted(tx, "v1", "借个梯子", clock.now())
        assert post.state is State.PUBLISHED

    town.write_now(call)


def test_a_child_is_looked_at(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        a_household_each(tx)
        born = clock.now().date() - timedelta(days=365 * 12)
        tx.execute(sa.update(people).where(people.c.id == "v1").values(born_on=born))
        post, _ = posted(tx, "v1", "借个篮球", clock.now())
        assert post.reasons == ("child_author",)

    town.write_now(call)


def test_wiped_words_are_gone_and_the_counts_stay(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        a_household_each(tx)
        post, _ = posted(tx, "v1", "借个梯子", clock.now())
        before = counts.month_of(tx, TOWN, clock.now())
        posts.wipe(tx, [post], clock.now())
        stored = list(tx.execute(sa.select(person_values.c.value)).scalars())
        assert not any("梯子" in str(value) for value in stored)
        assert counts.month_of(tx, TOWN, clock.now()) == before

    town.write_now(call)


def test_erasing_a_person_erases_the_posts(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        a_household_each(tx)
        posted(tx, "v1", "借个梯子", clock.now())
        kinds = set(tx.execute(sa.select(person_values.c.kind).where(person_values.c.person_id == "v1")).scalars())
        assert posts.KIND in kinds

    town.write_now(call)


def test_a_held_post_and_its_case_go_together(town: Database, clock: TurnedClock) -> None:
    def call(tx: Tx) -> None:
        review.declare()
        a_household_each(tx)
        post, _ = posted(tx, "v1", "要验证码的找我", clock.now())
        outcome = review.hold(tx, post, clock.now())
        (task,) = [one for one in tasks.of_case(tx, outcome.case_id) if one.state == "open"]
        assert task.person_id == "c1"
        for key in ("tap", "tap"):
            act = CaseAct(TOWN, outcome.case_id, "release", key, "c1", {}, task.id, Via.TYPED)
            cases.act(tx, act, now=clock.now())
        shown = posts.get(tx, TOWN, post.id)
        assert shown is not None
        assert shown.state is State.PUBLISHED
        released = sa.select(sa.func.count()).where(acts.c.act == Act.RELEASE.value)
        assert tx.execute(released).scalar_one() == 1

    town.write_now(call)
