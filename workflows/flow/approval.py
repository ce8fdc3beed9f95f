"""The words of approvals as offices know them: how several decide, and what may be done with those who sign."""

from enum import StrEnum


class ApprovalMode(StrEnum):
    """How several people decide."""

    ANY = "any"
    ALL = "all"
    IN_ORDER = "in_order"


class Vote(StrEnum):
    """What an action means where several decide."""

    YES = "yes"
    NO = "no"


class Sign(StrEnum):
    """What an action of the house does with those who sign, instead of leading somewhere."""

    AGREE = "agree"
    DISAGREE = "disagree"
    BEFORE = "before"
    AFTER = "after"
    DROP = "drop"
    HAND_ON = "hand_on"
    BACK = "back"
    TAKE_BACK = "take_back"


class Back(StrEnum):
    """Where a stage may send a case back to."""

    START = "start"
    PREVIOUS = "previous"
    ANY = "any"
    """Any stage by which it came."""


class IfNobody(StrEnum):
    """What happens in a stage for which nobody is found."""

    WAIT = "wait"
    """For the town's clerk to staff it."""
    REFUSE = "refuse"
    """The case is not opened."""
    PASS = "pass"
    """It counts as agreed."""


class IfOwn(StrEnum):
    """What happens where somebody would decide on his or her own matter; `without` names who never may."""

    ASK = "ask"
    PASS = "pass"
    """It counts as agreed."""


class SamePerson(StrEnum):
    """Whether somebody who has said yes is asked again by a later stage."""

    EACH_TIME = "each_time"
    ADJACENT = "adjacent"
    """Not by the stage that follows."""
    ONCE = "once"
    """Not by any."""


class CopyAt(StrEnum):
    """When a copy of every case is sent."""

    OPENED = "opened"
    CLOSED = "closed"
