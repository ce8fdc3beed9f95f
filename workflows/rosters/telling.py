"""A list and what became of its rows, in words: one message for many rows."""

from collections.abc import Sequence

from township.errors import Mistake
from workflows.rosters.bringing import Brought, texts
from workflows.rosters.working import Line, Listed, Marked

ALL_NAMED = 12
"""So many rows are said back by name; of more only the numbers."""


def shown(listed: Listed, lines: Sequence[Line], offset: int = 0) -> str:
    """Say open rows with their numbers, and how they are worked off."""
    several = len({line.village for line in lines}) > 1
    said = [texts().say("roster_head", name=listed.name, open=listed.open)]
    said += [_line(line, several) for line in lines]
    left = listed.open - offset - len(lines)
    if left > 0:
        said.append(texts().say("roster_more", count=left))
    if offset == 0 and lines:
        actions = lines[0].definition.stage(lines[0].stage).actions
        words = [action.says[0] if action.says else action.title for action in actions.values()]
        examples = [
            texts().say("roster_example", number=lines[n % len(lines)].number, word=w) for n, w in enumerate(words)
        ]
        said.append(texts().say("roster_how", example=texts().say("roster_between").join(examples)))
    return "\n".join(said)


def _line(line: Line, several: bool) -> str:
    code = "roster_line_village" if several else "roster_line"
    return texts().say(code, number=line.number, said=line.said, **({"village": line.village} if several else {}))


def marked(name: str, found: Marked, left: int) -> str:
    """Say back what was done with which rows, what was not, and how many are left."""
    by_word: dict[str, list[Line]] = {}
    for word, line in found.done:
        by_word.setdefault(word, []).append(line)
    said = [texts().say("roster_marked", word=word, lines=_named(lines)) for word, lines in by_word.items()]
    if found.refused:
        said.append(texts().say("roster_not_marked", lines=texts().say("roster_between").join(found.refused)))
    said.append(texts().say("roster_left", name=name, open=left) if left else texts().say("roster_all_done", name=name))
    return "\n".join(said)


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
    return texts().say("roster_brought", name=name, **counts, refused=len(done.mistakes))


def mistake(one: Mistake) -> str:
    """Say what is wrong with a row."""
    return texts().say(one.code, **one.values)
