"""Which rule is quoted: the nearest that answers; the law of another place never holds here."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.models import Level
from knowledge.retriever import Hit
from knowledge.search import levels
from knowledge.search.confidence import SURE, Rated
from knowledge.search.levels import NOWHERE, Home, nearest_rule

HOME = Home("示范县", "示范市", "示范省")
DEFAULTS: Mapping[str, Any] = {
    "version_id": "v", "document_id": "d", "doc_no": "", "issuer": "", "chapter": "", "number": "第一条", "page": None,
    "path": "1", "text": "x", "in_force_from": None, "in_force_until": None, "village_id": None, "sample": False,
    "score": 1.0, "cosine": None, "words": 1.0,
}  # fmt: skip


def rated(level: Level, confidence: float, *, title: str = "某法", town: str | None = "t") -> Rated:
    town_id = None if level is Level.nation else town
    values = {**DEFAULTS, "clause_id": f"{level}{title}", "title": title, "level": level, "town_id": town_id}
    return Rated(Hit(**values), confidence)


def test_the_nearest_of_those_that_are_sure_is_taken() -> None:
    near, far = rated(Level.town, SURE + 0.1), rated(Level.nation, SURE + 0.3)
    assert nearest_rule([far, near]) is near


def test_a_statute_is_taken_where_nothing_nearer_is_sure() -> None:
    far = rated(Level.nation, SURE + 0.1)
    assert nearest_rule([far, rated(Level.town, SURE - 0.01)]) is far


def test_what_one_may_is_for_the_statute_to_say() -> None:
    near, far = rated(Level.town, 0.8), rated(Level.nation, 0.7)
    assert nearest_rule([far, near], of_right=True) is far
    assert nearest_rule([far, near]) is near


@pytest.mark.parametrize(
    ("level", "title", "holds"),
    [
        (Level.province, "示范省房屋租赁条例", True),
        (Level.province, "别的省房屋租赁条例", False),
        (Level.city, "示范市养犬管理条例", True),
        (Level.city, "别的市养犬管理条例", False),
        (Level.county, "示范县村寨保护条例", True),
    ],
)
def test_of_local_laws_only_those_of_the_own_places_hold(level: Level, title: str, holds: bool) -> None:
    local, nation = rated(level, 0.9, title=title, town=None), rated(Level.nation, 0.75)
    assert HOME.holds(local.hit) is holds
    assert nearest_rule([local, nation], HOME) is (local if holds else nation)
    assert (nearest_rule([local], HOME) is local) is holds


def test_without_a_known_province_the_law_of_another_place_stands_behind_all_others() -> None:
    local, nation = rated(Level.city, 0.9, title="别的市养犬管理条例", town=None), rated(Level.nation, 0.75)
    assert nearest_rule([local, nation], NOWHERE) is nation
    assert nearest_rule([local], NOWHERE) is local, "told, but as what it is"


ANY = st.lists(
    st.builds(
        rated,
        st.sampled_from(list(Level)),
        st.floats(0, 1),
        title=st.sampled_from(["示范省条例", "别的省条例", "某法"]),
        town=st.sampled_from(["t", None]),
    ),
    max_size=8,
)


@given(ANY)
def test_a_law_of_another_place_is_never_told_as_holding_here(several: list[Rated]) -> None:
    best = nearest_rule(several, HOME)
    assert best is None or HOME.holds(best.hit)
    assert best is None or best.confidence >= SURE


@given(ANY)
def test_a_statute_never_stands_before_a_nearer_rule_that_is_about_as_sure(several: list[Rated]) -> None:
    best = nearest_rule(several, HOME)
    if best and best.hit.level is Level.nation:
        nearer = levels.nearer_rule(several, HOME)
        assert nearer is None or nearer.confidence < best.confidence - 0.2
