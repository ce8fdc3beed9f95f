"""Cut a document along its own structure into clauses that can be cited. Pure: lines in, clauses out.

Part, chapter, section and article, numbered headings, question and answer, table rows. An article is one clause
however many items it has, unless it is too long; free text is gathered into pieces of readable size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from knowledge.lines import Line
from knowledge.patterns import numeral, pattern

LONGEST = 700
"""Characters; a longer clause is cut at its items, then at its sentences."""
PIECE = 450
"""Characters that a cut piece, or a gathered stretch of free text, aims at."""
SHORTEST = 40
"""Characters; free text shorter than this joins its neighbour."""
HEADLINE = 20
"""Characters; a line without a full stop that is shorter than this may be a headline, so the next may open a clause."""
OPENING = 16
"""Characters of a text without a number by which it is known: they stay when something is put in before it."""
MOST_JOINED = 80
"""Characters of the numbers of clauses that were joined."""

_WIDE = ("part", "chapter", "section")


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
class _Draft:
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


def split(lines: Iterable[Line]) -> tuple[Clause, ...]:
    """Cut the body of a document (front matter taken off) into clauses, in order."""
    cutter = _Cutter()
    for line in lines:
        cutter.take(line)
    return tuple(_finish(cutter.drafts))


class _Cutter:
    """Reads line by line; knows where it is."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self._wide: dict[str, str] = {}
        self._headings: dict[int, str] = {}
        self._region = ""
        self._last_article = 0
        self._last_heading = 0
        self._last_digit = 0
        self._ended = True
        self._announced = False
        self._table = 0

    def take(self, line: Line) -> None:
        text = line.text.strip()
        if not text or pattern("contents_line").search(text):
            return
        opened = (
            self._wide_heading(text)
            or self._article(text, line.page)
            or self._list_heading(text, line)
            or self._special(text, line)
            or self._printed_heading(text, line)
        )
        if not opened:
            self._continue(text, line)
        self._ended = bool(pattern("sentence_end").search(text)) or line.heading > 0 or len(text) < HEADLINE
        self._announced = bool(pattern("announces").search(text)) and not pattern("introduction").search(text)
        self._table = line.table

    # --- what a line may open

    def _wide_heading(self, text: str) -> bool:
        for depth, name in enumerate(_WIDE):
            found = pattern(name).match(text)
            if found and len(text) < SHORTEST and not _points_away(text[found.end() :]):
                for narrower in _WIDE[depth:]:
                    self._wide.pop(narrower, None)
                self._wide[name] = " ".join(text.split())
                self._headings.clear()
                self._last_heading = 0
                self._open("", "", None)
                return True
        return False

    def _article(self, text: str, page: int | None) -> bool:
        found = pattern("article").match(text)
        if not found:
            return False
        number, rest = numeral(found["n"]), text[found.end() :]
        follows = number == self._last_article + 1 or bool(found["sub"])
        spaced = rest[:1].isspace() or rest[:1] in {":", "："}
        if _points_away(rest) and not (spaced and follows and self._ended):
            return False
        if not follows and not (spaced and self._ended and number > self._last_article):
            return False
        self._last_article, self._last_heading = number, 0
        self._open(found[0], found[0], page, rest.lstrip(" 　:："))
        return True

    def _list_heading(self, text: str, line: Line) -> bool:
        if line.table or pattern("question").match(text):
            return False
        found = pattern("list_heading").match(text)
        if found and not self._inside_article():
            number = numeral(found["n"])
            if number in {1, self._last_heading + 1} or (self._ended and number > self._last_heading):
                self._last_heading, self._last_digit = number, 0
                self._open(found[0], found[0], line.page, text[found.end() :].strip(), kind="list_heading")
                return True
        return not self._inside_article() and self._digit_heading(text, line)

    def _digit_heading(self, text: str, line: Line) -> bool:
        found = pattern("digit_heading").match(text)
        if not found or self._last_heading or int(found["n"]) != self._last_digit + 1:
            return False
        if self._announced and not self._last_digit:
            return False  # "bring:", and then what: a list within its sentence
        self._last_digit = int(found["n"])
        self._open(found[0], found[0], line.page, text[found.end() :].strip(), kind="digit_heading")
        return True

    def _special(self, text: str, line: Line) -> bool:
        if pattern("attachment").match(text) and len(text) < SHORTEST:
            self._wide, self._headings, self._region = {}, {0: text}, text
            self._last_article = self._last_heading = self._last_digit = 0
            self._open("", "", line.page)
            return True
        if not line.table and not self._inside_article() and (field := pattern("guide_field").match(text)):
            self._last_digit = 0
            self._open(field["name"], field["name"], line.page, text, kind="guide_field")
            return True
        if pattern("attachment_list").match(text):
            self._open("", "", line.page, text, gathers=True)
            return True
        if pattern("question").match(text) or (pattern("closing").match(text) and not self._inside_article()):
            self._open("", "", line.page, text)
            return True
        if line.table and line.table != self._table:
            self._open("", "", line.page, text, gathers=True)
            return True
        if pattern("introduction").search(text):
            before = pattern("sentence").findall(text)[:-2]  # the last match is empty: the end of the text
            if before:
                self._continue("".join(before), line)
            return True
        return bool(pattern("salutation").match(text))

    def _printed_heading(self, text: str, line: Line) -> bool:
        if not line.heading:
            return False
        for deeper in [level for level in self._headings if level >= line.heading]:
            del self._headings[deeper]
        self._headings[line.heading] = text
        self._last_heading = self._last_digit = 0
        self._open("", "", line.page, gathers=True)
        self.drafts[-1].headed = True
        return True

    # --- where the text goes

    def _inside_article(self) -> bool:
        return bool(self.drafts) and bool(pattern("article").match(self.drafts[-1].number))

    def _open(
        self, number: str, step: str, page: int | None, text: str = "", *, gathers: bool = False, kind: str = ""
    ) -> None:
        chapter = " ".join([*self._headings.values(), *self._wide.values()])
        headings = [heading for depth, heading in self._headings.items() if depth]
        path = "/".join(part for part in (self._region, *self._wide_steps(), *headings, step) if part)
        self.drafts.append(_Draft(chapter, number, path, page, [text] if text else [], gathers, kind))

    def _wide_steps(self) -> list[str]:
        return [heading.split()[0] for heading in self._wide.values()]

    def _continue(self, text: str, line: Line) -> None:
        if not self.drafts or self._must_part(self.drafts[-1], text, line):
            self._open("", "", line.page, gathers=True)
        draft = self.drafts[-1]
        draft.page = draft.page if draft.lines else draft.page or line.page
        draft.lines.append(text)

    def _must_part(self, draft: _Draft, text: str, line: Line) -> bool:
        if self._table and not line.table:
            return True
        size = sum(map(len, draft.lines))
        most = LONGEST if line.table else PIECE  # a table stays whole as long as it can
        return draft.gathers and size >= SHORTEST and size + len(text) > most


def _points_away(rest: str) -> bool:
    """Tell whether a number followed by `rest` only refers to another clause."""
    if rest[:1].isspace():
        return bool(pattern("points_away").match(rest.lstrip()))
    return bool(pattern("may_point_away").match(rest)) or bool(pattern("sentence_end").search(rest) and len(rest) < 2)


def _finish(drafts: Sequence[_Draft]) -> Iterable[Clause]:
    """Cut what is too long, drop what is empty, and make every path unique."""
    seen: dict[str, int] = {}
    for draft in _joined(_gathered(drafts)):
        for piece, (number, text) in enumerate(_pieces(draft.number, draft.lines), start=1):
            path = _path(draft) if piece == 1 else f"{_path(draft)}~{piece}"
            seen[path] = seen.get(path, 0) + 1
            unique = path if seen[path] == 1 else f"{path}#{seen[path]}"
            yield Clause(unique, draft.chapter, number, draft.page, text)


def _path(draft: _Draft) -> str:
    """Name a clause by its headings and number, one without number by its first words: insertions move no name."""
    if draft.number or draft.headed:
        return draft.path or "text"
    return f"{draft.path}/{''.join(draft.lines[0].split())[:OPENING]}".lstrip("/")


def _joined(drafts: Iterable[_Draft]) -> list[_Draft]:
    """Join neighbours of one list that are each a few words: by themselves they would answer nothing."""
    kept: list[_Draft] = []
    run: list[_Draft] = []
    for draft in drafts:
        if run and not (_is_crumb(draft) and _continues(run, draft)):
            kept += _one_of(run)
            run = []
        if _is_crumb(draft):
            run.append(draft)
        else:
            kept.append(draft)
    return kept + _one_of(run)


def _is_crumb(draft: _Draft) -> bool:
    """Tell whether a clause is an item of a list, too short to stand alone; points need more words."""
    most = SHORTEST if draft.kind == "digit_heading" else HEADLINE
    return bool(draft.kind) and len(draft.lines) == 1 and len(draft.lines[0]) < most


def _continues(run: Sequence[_Draft], draft: _Draft) -> bool:
    size = sum(len(each.lines[0]) for each in run) + len(draft.lines[0])
    return run[-1].kind == draft.kind and run[-1].chapter == draft.chapter and size <= PIECE


def _one_of(run: Sequence[_Draft]) -> list[_Draft]:
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
    return [_Draft(first.chapter, number[:MOST_JOINED], first.path, first.page, lines, kind=first.kind)]


def _gathered(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Join crumbs of free text to the free text before them under the same heading."""
    kept: list[_Draft] = []
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
