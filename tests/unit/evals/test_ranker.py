"""An order learned from questions: what it takes up, and that it never knows the answer to what it is asked."""

import numpy as np
import pytest

from evals import ranker
from evals.descent import Group, learn, learn_yes
from knowledge.search.passages import Passage
from knowledge.search.ranking import About, Candidates, score

RIGHT_LAW = "code"


def lesson(n: int) -> ranker.Lesson:
    """A question for which both legs prefer the wrong clause, while the right one is of the law that always is."""
    standing = {f"wrong{n}": Passage("decree", "", 10), f"right{n}": Passage(RIGHT_LAW, "one", 10)}
    candidates = Candidates(
        [*standing],
        np.array([0.9, 0.89], np.float32),
        np.array([2, 1.9], np.float32),
        np.zeros(2, np.float32),
        [About("decree", 0.0), About(RIGHT_LAW, 0.0)],
    )
    return ranker.Lesson(f"question {n}", candidates, {f"right{n}": standing[f"right{n}"]}, standing)


def told(known: ranker.Standing) -> ranker.Read:
    """Tell where clauses stand, as the rows would."""
    return lambda clause_ids: {each: known[each] for each in clause_ids}


@pytest.fixture(scope="module")
def learned() -> ranker.Ranker:
    return ranker.fit([lesson(n) for n in range(40)])


def test_a_law_that_is_often_right_is_put_first(learned: ranker.Ranker) -> None:
    fresh = lesson(1000)
    assert not learned.knows(fresh.question)
    assert np.argmax(score(fresh.candidates)) == 0
    assert np.argmax(learned.order(fresh.question, told(fresh.standing))(fresh.candidates)) == 1


def test_a_question_is_ordered_by_a_model_without_its_fold(learned: ranker.Ranker) -> None:
    for n in range(40):
        asked = lesson(n)
        model = learned.models[asked.fold]
        others = sum(lesson(k).fold != asked.fold for k in range(40))
        assert learned.knows(asked.question)
        assert model.laws[RIGHT_LAW] == others
        assert learned.model(asked.question) is model


def test_what_was_counted_for_the_question_itself_is_taken_off() -> None:
    [only] = [lesson(1)]
    model = ranker.fit([only]).models[-1]
    seen = ranker.features(model, only.candidates, only.standing, {})
    unseen = ranker.features(model, only.candidates, only.standing, only.gold)
    assert seen[1, -2] > unseen[1, -2] == pytest.approx(np.log(ranker.LAW_UNSEEN))


def test_what_is_kept_is_what_was_learned(learned: ranker.Ranker) -> None:
    again = ranker.Ranker.from_json(learned.to_json())
    assert again.learned_from == learned.learned_from
    fresh = lesson(7)
    both = (one.order("new", told(fresh.standing))(fresh.candidates) for one in (again, learned))
    assert len({tuple(scores) for scores in both}) == 1


def test_the_right_one_of_each_group_gets_weight() -> None:
    dice = np.random.default_rng(7)
    groups = []
    for _ in range(60):
        rows = dice.normal(size=(5, 2))
        groups.append(Group(rows, rows[:, 0] == rows[:, 0].max()))
    telling, noise = learn(groups)
    assert telling > 10 * abs(noise)
    assert learn([]).size == 0


def test_a_yes_is_learned_with_its_constant() -> None:
    rows = np.linspace(0, 10, 200)[:, None]
    weight, constant = learn_yes(rows, rows[:, 0] > 5)
    assert weight > 0
    assert -constant / weight == pytest.approx(5, abs=0.3)
