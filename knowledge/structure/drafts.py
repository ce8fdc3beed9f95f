"""Clauses in the making: crumbs of a list joined, what is long cut, each given its lasting name. Pure.

Where a clause begins is decided in `splitters.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from knowledge.structure.patterns import pattern

LONGEST = 700
"""Characters; a longer clause is cut at its items, then at its sentences."""
PIECE = 450
"""Characters that a cut piece, or a gathered stretch of free text, aims at."""
SHORTEST = 40
"""Characters; free text shorter than this joins its neighbour."""
FEW_WORDS = 20
"""Characters; a numbered rule or a field of a guide that is shorter than this joins its neighbours of the same list."""
OPENING = 16
"""Characters of a text without a number by which it is known: they stay when something is put in before it."""
MOST_JOINED = 80
"""Characters of the numbers of clauses that were joined."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A citable piece of a document."""

    path: str
    """Unique in the document and stable while the clause keeps its place: headings, number, ordinal."""
    chapter: str
    number: str
    """As printed, empty in free text."""
    page: int | None
    text: str


@dataclass(slots=True)
class Draft:
    """A clause as it is read: it may still join its neighbour, or be cut."""

    chapter: str
    number: str
    path: str
    page: int | None
    lines: list[str] = field(default_factory=list)
    gathers: bool = False
    """Free text: neighbours may join."""
    kind: str = ""
    """Which list it belongs to, if any: the patterns by which its neighbours are known."""
    headed: bool = False
    """It begins under a printed heading, which alone is its path."""


def finished(drafts: Sequence[Draft]) -> Iterable[Clause]:
    """Cut what is too long, drop what is empty, and make every path unique."""
    seen: dict[str, int] = {}
    for draft in _joined(_gathered(drafts)):
        for piece, (number, text) in enumerate(_pieces(draft.number, draft.lines), start=1):
            path = _path(draft) if piece == 1 else f"{_path(draft)}~{piece}"
            seen[path] = seen.get(path, 0) + 1
            unique = path if seen[path] == 1 else f"{path}#{seen[path]}"
            yield Clause(unique, draft.chapter, number, draft.page, text)


def _path(draft: Draft) -> str:
    """Name a clause by its headings and number, one without number by its first words: insertions move no name."""
    if draft.number or draft.headed:
        return draft.path or "text"
    return f"{draft.path}/{''.join(draft.lines[0].split())[:OPENING]}".lstrip("/")


def _joined(drafts: Iterable[Draft]) -> list[Draft]:
    """Join neighbours of one list that are each a few words: by themselves they would answer nothing."""
    kept: list[Draft] = []
    run: list[Draft] = []
    for draft in drafts:
        if run and not (_is_crumb(draft) and _continues(run, draft)):
            kept += _one_of(run)
            run = []
        if _is_crumb(draft):
            run.append(draft)
        else:
            kept.append(draft)
    return kept + _one_of(run)


def _is_crumb(draft: Draft) -> bool:
    """Tell whether a clause is an item of a list, too short to stand alone; points need more words."""
    most = SHORTEST if draft.kind == "digit_heading" else FEW_WORDS
    return bool(draft.kind) and len(draft.lines) == 1 and len(draft.lines[0]) < most


def _continues(run: Sequence[Draft], draft: Draft) -> bool:
    size = sum(len(each.lines[0]) for each in run) + len(draft.lines[0])
    return run[-1].kind == draft.kind and run[-1].chapter == draft.chapter and size <= PIECE


def _one_of(run: Sequence[Draft]) -> list[Draft]:
    """Make one clause of a run; two numbered rules are no list yet."""
    if len(run) < (3 if run and run[0].kind == "list_heading" else 2):
        return list(run)
    first = run[0]
    if first.kind == "guide_field":
        number = pattern("comma").pattern.join(each.number for each in run)
        lines = [each.lines[0] for each in run]
    else:
        number = first.number[:-1] + pattern("span").pattern + run[-1].number
        lines = [each.number + each.lines[0] for each in run]
    return [Draft(first.chapter, number[:MOST_JOINED], first.path, first.page, lines, kind=first.kind)]


def _gathered(drafts: Sequence[Draft]) -> list[Draft]:
    """Join crumbs of free text to the free text before them under the same heading."""
    kept: list[Draft] = []
    for draft in drafts:
        if not draft.lines:
            continue
        before = kept[-1] if kept else None
        crumb = draft.gathers and sum(map(len, draft.lines)) < SHORTEST
        if crumb and before and before.gathers and before.chapter == draft.chapter:
            before.lines += draft.lines
        else:
            kept.append(draft)
    return kept


def _pieces(number: str, lines: Sequence[str]) -> list[tuple[str, str]]:
    """Give one piece of a clause of readable size, or several: first along its lines, then along its sentences."""
    if sum(map(len, lines)) <= LONGEST:
        return [(number, "\n".join(lines))]
    pieces: list[tuple[str, list[str]]] = []
    for line in lines:
        for part in _short_enough(line):
            if pieces and sum(map(len, pieces[-1][1])) + len(part) <= PIECE:
                pieces[-1][1].append(part)
            else:
                item = pattern("list_item").match(part) or pattern("digit_item").match(part)
                pieces.append((number + item[0] if item and number and pieces else number, [part]))
    return [(name, "\n".join(parts)) for name, parts in pieces]


def _short_enough(line: str) -> list[str]:
    """Cut a line of more than a piece at its sentences, and a sentence without an end by force."""
    if len(line) <= PIECE:
        return [line]
    parts = [""]
    for sentence in pattern("sentence").findall(line):
        for start in range(0, len(sentence), PIECE):
            part = sentence[start : start + PIECE]
            if len(parts[-1]) + len(part) > PIECE:
                parts.append("")
            parts[-1] += part
    return [part for part in parts if part]
