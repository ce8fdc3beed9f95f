"""Which pieces a scope may ask."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.partitions import SHARED, Partition, may_see, open_to
from township.scope import Audience, Scope

EVERYBODY = Scope("town", villages=frozenset({"liushu"}), audiences=frozenset(Audience))


def test_a_villager_sees_the_nation_the_town_and_the_own_village() -> None:
    resident = Scope("town", villages=frozenset({"liushu"}), audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
    assert may_see(resident, Partition(SHARED, None, Audience.PUBLIC, past=False))
    assert may_see(resident, Partition("town", None, Audience.RESIDENT, past=False))
    assert may_see(resident, Partition("town", "liushu", Audience.RESIDENT, past=False))


def test_another_village_town_or_audience_is_closed() -> None:
    stranger = Scope.public("town")
    assert not may_see(EVERYBODY, Partition("town", "taoyuan", Audience.PUBLIC, past=False))
    assert not may_see(EVERYBODY, Partition("other", None, Audience.PUBLIC, past=False))
    assert not may_see(stranger, Partition("town", None, Audience.RESIDENT, past=False))
    assert not may_see(stranger, Partition("town", "liushu", Audience.PUBLIC, past=False))


def test_the_past_is_asked_only_when_wanted() -> None:
    now, past = (Partition("town", None, Audience.PUBLIC, past=past) for past in (False, True))
    assert open_to(EVERYBODY, [now, past], past=False) == [now]
    assert open_to(EVERYBODY, [now, past], past=True) == [now, past]


@given(
    st.builds(
        Partition,
        st.sampled_from([SHARED, "town", "other"]),
        st.sampled_from([None, "liushu", "taoyuan"]),
        st.sampled_from(Audience),
        st.booleans(),
    ),
    st.frozensets(st.sampled_from(["liushu", "taoyuan"])),
    st.frozensets(st.sampled_from(Audience)),
)
def test_a_wider_scope_never_sees_less(
    partition: Partition, villages: frozenset[str], heard: frozenset[Audience]
) -> None:
    narrow = Scope("town", villages=villages, audiences=heard)
    wide = Scope("town", villages=villages | {"liushu"}, audiences=heard | {Audience.PUBLIC})
    assert may_see(wide, partition) or not may_see(narrow, partition)
