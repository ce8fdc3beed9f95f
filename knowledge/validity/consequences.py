"""What a document does to others, in lines for people: before a second person says yes, and on the keeper's list."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from knowledge.validity.amending import Change
from knowledge.validity.amendments import ENDS, Consequence
from township.texts import Texts

SHOWN = 60
"""Characters of a clause."""


def lines(consequences: Iterable[Consequence]) -> list[str]:
    """Say each of them, an amendment with what each clause says before and after."""
    said: list[str] = []
    for one in consequences:
        if one.problem:
            said.append(problem(one))
        elif one.kind == ENDS:
            code = "consequence_ends_on" if one.on else "consequence_ends"
            said.append(_say(code, title=one.title, on=_spoken(one)))
        else:
            said.append(_say("consequence_amends", title=one.title, count=len(one.changes)))
            said += [change_line(change) for change in one.changes]
    return said


def problem(one: Consequence) -> str:
    """Say why nothing was done."""
    return _say(one.problem, title=one.title or one.named, about=one.about)


def change_line(change: Change) -> str:
    """Say one clause before and after."""
    before, after = _short(change.before), _short(change.after)
    code = "consequence_change" if before and after else "consequence_added" if after else "consequence_removed"
    return _say(code, number=change.number, before=before, after=after)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + _say("ellipsis")


def _spoken(one: Consequence) -> str:
    return _say("month", year=one.on.year, month=one.on.month, day=one.on.day) if one.on else ""


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")


def _say(name: str, **values: object) -> str:
    return _texts().say(name, **values)
