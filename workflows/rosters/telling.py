"""A list and what became of its rows, in words: one message for many rows."""

from collections import Counter
from collections.abc import Sequence

from township.errors import Mistake
from workflows.rosters.bringing import Brought, texts
from workflows.rosters.entering import Marked
from workflows.rosters.working import Line, Listed

ALL_NAMED = 12
"""So many rows are said back by name; of more only the numbers."""
FEW_WRONG = 10
"""So many bad rows of a sheet are all told."""
OF_A_KIND = 3
"""Of more, so many of each kind; then how many there are besides."""


def shown(listed: Listed, lines: Sequence[Line], offset: int = 0) -> str:
    """Say open rows with their numbers, and how they are worked off."""
    several = len({line.village for line in lines}) > 1
    unit = unit_of(of_villages=listed.of_villages)
    said = [texts().say("roster_head", name=listed.name, open=listed.open, unit=unit)]
    said += [_line(line, several) for line in lines]
    left = listed.open - offset - len(lines)
    if left > 0:
        said.append(texts().say("roster_more", count=left, unit=unit))
    if offset == 0 and lines:
        actions = lines[0].definition.stage(lines[0].stage).actions
        words = [action.says[0] if action.says else action.title for action in actions.values()]
        examples = [
            texts().say("roster_example", number=lines[n % len(lines)].number, word=w) for n, w in enumerate(words)
        ]
        between = texts().say("roster_between")
        said.append(texts().say("roster_how", example=between.join(examples), unit=unit))
    return "\n".join(said)


def unit_of(*, of_villages: bool) -> str:
    """In what the rows of a list are counted."""
    return texts().say("roster_unit_village" if of_villages else "roster_unit_row")


def which(lists: Sequence[Listed]) -> str:
    """Ask which of several lists is meant."""
    names = (
        texts().say("roster_which_line", name=one.name, open=one.open, unit=unit_of(of_villages=one.of_villages))
        for one in lists
    )
    return texts().say("roster_which", count=len(lists), lines="\n".join(names))


def _line(line: Line, several: bool) -> str:
    code = "roster_line_village" if several else "roster_line"
    return texts().say(code, number=line.number, said=line.said, **({"village": line.village} if several else {}))


def marked(name: str, found: Marked, left: int, *, of_villages: bool = False) -> str:
    """Say back what was done with which rows, what was not, and how many are left."""
    said = [
        texts().say(code, word=word, lines=_named(lines))
        for code, several in (("roster_taken_back", found.taken_back), ("roster_marked", found.done))
        for word, lines in _by_word(several).items()
    ]
    if found.refused:
        said.append(texts().say("roster_not_marked", lines=texts().say("roster_between").join(found.refused)))
    said.append(_left(name, left, was_some=bool(found.done), unit=unit_of(of_villages=of_villages)))
    return "\n".join(said)


def _left(name: str, left: int, *, was_some: bool, unit: str) -> str:
    if left:
        return texts().say("roster_left", name=name, open=left, unit=unit)
    return texts().say("roster_all_done" if was_some else "roster_nothing_open", name=name)


def _by_word(several: Sequence[tuple[str, Line]]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for word, line in several:
        found.setdefault(word, []).append(line)
    return found


def _named(lines: Sequence[Line]) -> str:
    between = texts().say("roster_comma")
    if len(lines) > ALL_NAMED:
        return between.join(str(line.number) for line in lines)
    first = (line.said.split(texts().say("roster_gap"))[0] for line in lines)
    return between.join(
        texts().say("roster_mark_line", number=line.number, said=name) for line, name in zip(lines, first, strict=True)
    )


def brought(name: str, done: Brought) -> str:
    """Say what became of a sheet."""
    counts = {key: getattr(done, key) for key in ("opened", "known", "over", "ended")}
    said = [texts().say("roster_brought", name=name, **counts, refused=len(done.mistakes))]
    said += [texts().say("roster_changed", changed=done.changed)] if done.changed else []
    said += [texts().say("roster_not_in_sheet", left=done.left)] if done.left else []
    return "".join(said)


def mistakes(several: Sequence[Mistake]) -> list[str]:
    """Say what is wrong with rows: all of a few; of more some of each kind, then how many there are besides."""
    if len(several) <= FEW_WRONG:
        return [texts().say(one.code, **one.values) for one in several]
    told: list[str] = []
    seen: Counter[str] = Counter()
    for one in several:
        seen[one.code] += 1
        if seen[one.code] <= OF_A_KIND:
            told.append(texts().say(one.code, **one.values))
    more = {code: count - OF_A_KIND for code, count in seen.items() if count > OF_A_KIND}
    return [*told, *(texts().say(f"{code}_more", count=count) for code, count in more.items())]
