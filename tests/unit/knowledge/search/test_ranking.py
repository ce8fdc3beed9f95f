"""The order of candidates: both legs, the statutes' words, and who passed the rule."""

import numpy as np
import pytest

from knowledge.search.ranking import About, Candidates, Floats, joined, score, stretched
from knowledge.search.witnesses import sure, witnesses

NAN = float("nan")


def floats(*values: float) -> Floats:
    return np.array(values, np.float32)


def some(cosines: list[float], words: list[float], authority: list[float] | None = None) -> Candidates:
    count = len(words)
    weights = authority or [0.0] * count
    return Candidates(
        [f"c{n}" for n in range(count)],
        np.array(cosines, np.float32),
        np.array(words, np.float32),
        np.zeros(count, np.float32),
        [About(f"d{n}", weight) for n, weight in enumerate(weights)],
    )


def test_both_legs_count_and_meaning_more() -> None:
    by_meaning, by_words = score(some([0.9, 0.8], [1, 2]))
    assert by_meaning > by_words > 0


def test_without_a_vector_a_clause_is_last_by_meaning_and_without_any_words_decide() -> None:
    first, second, without = some([0.9, 0.8, NAN], [0, 0, 0]).fused()
    assert first > second == without
    assert list(some([NAN, NAN], [1, 3]).fused()) == [0, 1]


def test_who_passed_the_rule_decides_between_equals() -> None:
    plain, law = score(some([0.9, 0.9], [1, 1], [0.0, 0.27]))
    assert law > plain


def test_what_statutes_call_it_counts_like_a_word_of_the_question() -> None:
    candidates = Candidates(["a", "b"], floats(NAN, NAN), floats(1, 0), floats(0, 2))
    assert list(candidates.fused()) == [0, 1]


def test_documents_are_left_out_whole() -> None:
    left = some([0.9, 0.8, 0.7], [1, 2, 3]).without({"d1"})
    assert left.clause_ids == ["c0", "c2"]
    assert [each.document_id for each in left.about] == ["d0", "d2"]
    assert list(left.words) == [1, 3]


def test_shelves_are_put_side_by_side() -> None:
    both = joined([some([0.9], [1]), some([0.8], [2])])
    assert both.clause_ids == ["c0", "c0"]
    assert list(both.words) == [1, 2]


@pytest.mark.parametrize(("scores", "wide"), [([1, 3, 2], [0, 1, 0.5]), ([2, 2], [0, 0]), ([], [])])
def test_scores_are_stretched_over_the_unit(scores: list[float], wide: list[float]) -> None:
    assert stretched(np.array(scores, np.float32)).tolist() == wide


def test_a_search_is_surer_of_near_laws_than_of_far_scattered_decrees() -> None:
    near = Candidates(
        [f"c{n}" for n in range(60)],
        np.concatenate([np.full(10, 0.93), np.full(50, 0.86)]).astype(np.float32),
        np.full(60, 30, np.float32),
        np.zeros(60, np.float32),
        [About("code", 0.27)] * 60,
    )
    far = Candidates(
        near.clause_ids,
        np.full(60, 0.85, np.float32),
        np.full(60, 3, np.float32),
        near.widened,
        [About(f"d{n}", 0.15) for n in range(60)],
    )
    assert sure(witnesses(near, score(near))) > 0.5 > sure(witnesses(far, score(far)))


def test_nothing_found_is_not_sure() -> None:
    nothing = some([], [])
    assert sure(witnesses(nothing, score(nothing))) <= 0.5
