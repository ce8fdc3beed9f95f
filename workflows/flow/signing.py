"""Who signs in one stage and in which order: lines of signers, and what offices do with them. Pure.

People who are asked at once stand in a line each, people who are asked one after the other in one line. To ask
somebody before or after oneself, to hand on and to take out again are changes of a line; the head of each line is
who holds a task.
"""

from collections.abc import Collection, Iterable

from msgspec import Struct
from msgspec.structs import replace

from township.errors import Refused
from workflows.flow.approval import ApprovalMode


class Signer(Struct, frozen=True, array_like=True):
    """One place in a line."""

    person: str
    key: int = 0
    """Names the place within its line."""
    asker: int | None = None
    """The place that asked for this one; None: the stage names it."""

    @property
    def is_asked(self) -> bool:
        return self.asker is not None


class Line(Struct, frozen=True, array_like=True):
    """Signers one after the other; those before `at` have signed."""

    signers: tuple[Signer, ...]
    at: int = 0
    settled: str = ""
    """The action that the last signer named by the stage chose: it is carried out when all have signed."""
    by: str = ""
    """Who chose it."""

    @property
    def head(self) -> Signer | None:
        """Who is asked now; nobody once all have signed."""
        return self.signers[self.at] if self.at < len(self.signers) else None

    @property
    def waiting(self) -> tuple[Signer, ...]:
        return self.signers[self.at :]


Lines = tuple[Line, ...]


def seat(people: Iterable[str], mode: ApprovalMode) -> Lines:
    """Line up those whom a stage names."""
    if mode is not ApprovalMode.IN_ORDER:
        return tuple(Line((Signer(person),)) for person in people)
    signers = tuple(Signer(person, key) for key, person in enumerate(people))
    return (Line(signers),) if signers else ()


def heads(lines: Lines) -> tuple[Signer, ...]:
    """List who is asked now, line by line."""
    return tuple(line.head for line in lines if line.head)


def headed_by(lines: Lines, person: str | None) -> int | None:
    """Find the line in which somebody is asked now."""
    return next((n for n, line in enumerate(lines) if line.head and line.head.person == person), None)


def busy(lines: Lines) -> frozenset[str]:
    """Who has still to sign."""
    return frozenset(one.person for line in lines for one in line.waiting)


def signed(lines: Lines, number: int, action: str) -> Lines:
    """The head of a line signs; one whom the stage names also chooses what is carried out."""
    line, head = lines[number], _head(lines[number])
    settled, by = (line.settled, line.by) if head.is_asked else (action, head.person)
    return _with(lines, number, Line(line.signers, line.at + 1, settled, by))


def skipped(lines: Lines, people: Collection[str], action: str) -> tuple[Lines, tuple[str, ...]]:
    """Sign for those who need not be asked, as far as it is their turn; returns who was skipped."""
    found: list[str] = []
    for number in range(len(lines)):
        while (head := lines[number].head) and head.person in people:
            lines = signed(lines, number, action)
            found.append(head.person)
    return lines, tuple(found)


def is_looking_first(line: Line) -> bool:
    """Say whether the head was asked by somebody who signs after it, and so is asked next whatever was said before."""
    asker = line.head.asker if line.head else None
    return asker is not None and any(one.key == asker for one in line.waiting)


def past(line: Line, people: Collection[str]) -> tuple[Line, tuple[str, ...]]:
    """Go past those named next in a line who need not be asked; whom a colleague asked is asked."""
    found: list[str] = []
    while (head := line.head) and not head.is_asked and head.person in people:
        line = replace(line, at=line.at + 1)
        found.append(head.person)
    return line, tuple(found)


def is_through(lines: Lines, mode: ApprovalMode) -> bool:
    """Say whether all that is needed have signed: one line where any may decide, else every line."""
    done = [line.head is None for line in lines]
    return any(done) if mode is ApprovalMode.ANY else bool(done) and all(done)


def put(lines: Lines, number: int, person: str, *, before: bool) -> Lines:
    """The head of a line asks somebody to sign before, or after, itself."""
    line, head = lines[number], _head(lines[number])
    _check_free(lines, line, person)
    at = line.at
    if not before:
        at += 1
        while at < len(line.signers) and line.signers[at].asker == head.key:
            at += 1
    new = Signer(person, max(one.key for one in line.signers) + 1, head.key)
    return _with(lines, number, replace(line, signers=(*line.signers[:at], new, *line.signers[at:])))


def asked_by(lines: Lines, by: str | None) -> tuple[str, ...]:
    """List whom somebody asked and who has still to sign."""
    return tuple(one.person for line in lines for one in line.waiting if by and _asker(line, one) == by)


def asker_of(line: Line) -> str:
    """Who asked for the head of a line; empty if the stage names it."""
    return _asker(line, line.head) if line.head else ""


def changed(before: Lines, after: Lines) -> int:
    """Find the line that is another than before."""
    return next(n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)


def dropped(lines: Lines, by: str, person: str) -> Lines:
    """Take out whom somebody asked and who has not signed yet, with those whom that person asked in turn."""
    for number, line in enumerate(lines):
        for one in line.waiting:
            if one.person == person and _asker(line, one) == by:
                return _with(lines, number, _without(line, {one.key}, line.at))
    raise Refused("not_asked_by_you", person=person)


def handed_on(lines: Lines, number: int, to: str) -> Lines:
    """The head of a line gives its place to somebody else, who has not signed beside."""
    line = lines[number]
    _check_free(lines, line, to)
    if not _head(line).is_asked:
        _check_unsigned(lines, to)
    signers = (*line.signers[: line.at], replace(_head(line), person=to), *line.signers[line.at + 1 :])
    return _with(lines, number, replace(line, signers=signers))


def given_over(lines: Lines, mode: ApprovalMode, to: str) -> Lines:
    """Put somebody in the place of all who are late: who has signed, and whose turn has not come, stay."""
    if mode is ApprovalMode.ANY:
        return (Line((Signer(to),)),)
    _check_unsigned(lines, to)
    if mode is ApprovalMode.ALL:
        return (*(line for line in lines if line.head is None), Line((Signer(to),)))
    return tuple(_taken_over(line, to) if line.head else line for line in lines) or (Line((Signer(to),)),)


def _taken_over(line: Line, to: str) -> Line:
    """A line with somebody in the place of its head, and of who asked for the head."""
    late = _named(line, _head(line))
    rest = tuple(one for one in line.waiting if _named(line, one).key != late.key and one.person != to)
    return replace(line, signers=(*line.signers[: line.at], Signer(to, _head(line).key), *rest))


def _named(line: Line, one: Signer) -> Signer:
    """The place which the stage names and for which, at last, somebody was asked."""
    by_key = {other.key: other for other in line.signers}
    while one.asker is not None and one.asker in by_key:
        one = by_key[one.asker]
    return one


def objected(lines: Lines, number: int) -> Lines:
    """The head of a line, whom somebody asked, does not agree: it goes back to who asked, who decides anew."""
    line, head = lines[number], _head(lines[number])
    at = next((n for n, one in enumerate(line.signers[: line.at]) if one.key == head.asker), None)
    if at is None:
        return _with(lines, number, _without(line, {head.key}, line.at))
    after = replace(_without(line, {head.key}, at), at=at)
    chooses = not line.signers[at].is_asked
    return _with(lines, number, replace(after, settled="", by="") if chooses else after)


def replaced(lines: Lines, person: str, to: str) -> Lines:
    """Put somebody in the place of one who has left, wherever that one has to sign or waits for whom it asked."""
    return tuple(
        replace(line, signers=tuple(replace(one, person=to) if one.person == person else one for one in line.signers))
        if any(person in (one.person, _asker(line, one)) for one in line.waiting)
        else line
        for line in lines
    )


def left(lines: Lines, person: str) -> Lines:
    """Take out somebody who has left and whom nobody follows; a line in which nobody remains goes."""
    gone = [{one.key for one in line.waiting if one.person == person} for line in lines]
    found = (_without(line, keys, line.at) if keys else line for line, keys in zip(lines, gone, strict=True))
    return tuple(line for line in found if line.signers)


def _head(line: Line) -> Signer:
    return line.signers[line.at]


def _asker(line: Line, one: Signer) -> str:
    """Who asked for a place; empty if the stage names it."""
    return next((other.person for other in line.signers if other.key == one.asker), "")


def _without(line: Line, keys: Collection[int], since: int) -> Line:
    """A line without some places, and without those from `since` on that were asked for by them."""
    gone = set(keys)
    for _ in line.signers:
        gone |= {one.key for one in line.signers[since:] if one.asker in gone}
    return replace(line, signers=tuple(one for one in line.signers if one.key not in gone))


def _check_free(lines: Lines, line: Line, person: str) -> None:
    """Nobody is asked twice at a time, nor by whom he or she has asked."""
    askers = {_head(line).key}
    for _ in line.signers:
        askers |= {one.asker for one in line.signers if one.key in askers and one.asker is not None}
    if person in busy(lines) or person in {one.person for one in line.signers if one.key in askers}:
        raise Refused("already_asked", person=person)


def _check_unsigned(lines: Lines, person: str) -> None:
    """Nobody signs twice for those whom a stage names."""
    if any(one.person == person and not one.is_asked for line in lines for one in line.signers[: line.at]):
        raise Refused("already_signed", person=person)


def _with(lines: Lines, number: int, line: Line) -> Lines:
    return (*lines[:number], line, *lines[number + 1 :])
