"""Where a post stands, what may become of it, and who may do so. Pure: a table, and no other way."""

from collections.abc import Mapping
from enum import StrEnum

from township.errors import Refused


class State(StrEnum):
    """Where a post stands."""

    ASKED = "asked"
    """It holds a number that names a person; its author says whether to mask it. Nobody else sees it."""
    HELD = "held"
    """Somebody looks first."""
    PUBLISHED = "published"
    REFUSED = "refused"
    """Somebody looked and did not let it out; its author may appeal."""
    TAKEN_DOWN = "taken_down"
    """It was shown, and somebody took it down after a neighbour's report; its author may appeal."""
    REMOVED = "removed"
    """Its author took it back, or never answered."""


class Act(StrEnum):
    """What is done to a post. Each is counted by the month."""

    PUBLISH = "publish"
    WATCH = "watch"
    """It is shown, and one of its words is counted."""
    HOLD = "hold"
    ASK = "ask"
    RELEASE = "release"
    REFUSE = "refuse"
    APPEAL = "appeal"
    GRANT = "grant"
    UPHOLD = "uphold"
    REPORT = "report"
    KEEP = "keep"
    TAKE_DOWN = "take_down"
    REMOVE = "remove"
    LAPSE = "lapse"


class By(StrEnum):
    """In which part somebody acts."""

    RULES = "rules"
    AUTHOR = "author"
    NEIGHBOUR = "neighbour"
    REVIEWER = "reviewer"
    OTHER_REVIEWER = "other_reviewer"
    """Who decides an appeal: never the one who decided before."""
    CLOCK = "clock"


_DRAFT = frozenset({State.ASKED, State.HELD})
_DENIED = frozenset({State.REFUSED, State.TAKEN_DOWN})
_LIVING = _DRAFT | _DENIED | {State.PUBLISHED}
_WAYS: Mapping[Act, tuple[frozenset[State], State | None, frozenset[By]]] = {
    Act.PUBLISH: (frozenset({State.ASKED}), State.PUBLISHED, frozenset({By.AUTHOR})),
    Act.HOLD: (frozenset({State.ASKED, State.PUBLISHED}), State.HELD, frozenset({By.AUTHOR, By.RULES})),
    Act.RELEASE: (frozenset({State.HELD}), State.PUBLISHED, frozenset({By.REVIEWER})),
    Act.REFUSE: (frozenset({State.HELD}), State.REFUSED, frozenset({By.REVIEWER})),
    Act.APPEAL: (_DENIED, None, frozenset({By.AUTHOR})),
    Act.GRANT: (_DENIED, State.PUBLISHED, frozenset({By.OTHER_REVIEWER})),
    Act.UPHOLD: (_DENIED, None, frozenset({By.OTHER_REVIEWER})),
    Act.REPORT: (frozenset({State.PUBLISHED}), None, frozenset({By.NEIGHBOUR})),
    Act.KEEP: (frozenset({State.PUBLISHED}), None, frozenset({By.REVIEWER})),
    Act.TAKE_DOWN: (frozenset({State.PUBLISHED}), State.TAKEN_DOWN, frozenset({By.REVIEWER})),
    Act.REMOVE: (_LIVING, State.REMOVED, frozenset({By.AUTHOR})),
    Act.LAPSE: (frozenset({State.ASKED}), State.REMOVED, frozenset({By.CLOCK})),
}
FIRST: Mapping[State, Act] = {State.ASKED: Act.ASK, State.HELD: Act.HOLD, State.PUBLISHED: Act.PUBLISH}
"""As what the beginning of a post is counted."""


def after(state: State, act: Act, by: By) -> State:
    """Say where a post stands after an act; what may not be is Refused."""
    if act not in _WAYS:
        raise Refused("post_not_now", act=act.value)
    before, then, who = _WAYS[act]
    if by not in who or state not in before:
        raise Refused("post_not_now", act=act.value)
    return then or state
