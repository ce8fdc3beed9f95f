"""Cut a document along its own structure into clauses that can be cited. Pure: lines in, clauses out.

Part, chapter, section and article, numbered headings, question and answer, table rows. An article is one clause
however many items it has, unless it is too long; free text is gathered into pieces of readable size.
"""

from collections.abc import Iterable

from knowledge.structure.drafts import LONGEST, PIECE, SHORTEST, Clause, Draft, finished
from knowledge.structure.lines import Line
from knowledge.structure.patterns import numeral, pattern

__all__ = ["LONGEST", "Clause", "split"]

HEADLINE = 20
"""Characters; a line without a full stop that is shorter than this may be a headline, so the next may open a clause."""
MOST_MISSED = 3
"""Articles without a space behind their number that may be missing before one is no heading."""

_WIDE = ("part", "chapter", "section")


def split(lines: Iterable[Line]) -> tuple[Clause, ...]:
    """Cut the body of a document (front matter taken off) into clauses, in order."""
    cutter = _Cutter()
    for line in lines:
        cutter.take(line)
    return tuple(finished(cutter.drafts))


class _Cutter:
    """Reads line by line; knows where it is."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
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
        # One that was missed, on a bad scan for instance, must not hide all that come after it.
        further = number > self._last_article and (spaced or number <= self._last_article + MOST_MISSED)
        if not follows and not (self._ended and further):
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
        self.drafts.append(Draft(chapter, number, path, page, [text] if text else [], gathers, kind))

    def _wide_steps(self) -> list[str]:
        return [heading.split()[0] for heading in self._wide.values()]

    def _continue(self, text: str, line: Line) -> None:
        if not self.drafts or self._must_part(self.drafts[-1], text, line):
            self._open("", "", line.page, gathers=True)
        draft = self.drafts[-1]
        draft.page = draft.page if draft.lines else draft.page or line.page
        draft.lines.append(text)

    def _must_part(self, draft: Draft, text: str, line: Line) -> bool:
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
