"""What a decision changes in another document, article by article, and what the document says afterwards. Pure.

All or nothing: an instruction that cannot be carried out without a guess is a `problem`, and a person does it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from knowledge.splitters import Clause
from knowledge.structure.frontmatter import normal_number
from knowledge.structure.patterns import chinese, numeral, pattern
from knowledge.validity.repeals import Ending


class Act(StrEnum):
    """What is done to an article."""

    REPLACE = "replace"
    WORDS = "words"
    DELETE = "delete"
    INSERT = "insert"


@dataclass(frozen=True, slots=True)
class Edit:
    """One instruction."""

    act: Act
    number: str
    """The article as printed."""
    text: str = ""
    old: str = ""
    """For `words`: what is taken out."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a decision does to one document."""

    title: str
    doc_no: str
    edits: tuple[Edit, ...]
    renumbers: bool = False
    """Articles behind those that came or went are counted anew."""
    unread: tuple[str, ...] = ()
    """Instructions that were not understood."""


@dataclass(frozen=True, slots=True)
class Change:
    """One clause before and after; empty: it was not there."""

    number: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Amended:
    """The document afterwards, or the problems for which it was left alone."""

    clauses: tuple[Clause, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    """Code and the words it is about."""


def read(text: str, title: str) -> list[Amendment]:
    """Read what a document amends: by its own title, or where it names what it amends."""
    starts = [(one.start(), one.end(), one) for one in pattern("amends").finditer(text)]
    own = pattern("amends_title").search(title)
    if not starts and not own:
        return []
    if not starts and own:
        return _kept([_amendment(own["title"], "", text, text)])
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    parts = zip(starts, ends, strict=True)
    return _kept([_amendment(one["title"], one["no"] or "", text[at:end], text) for (_, at, one), end in parts])


def of_ending(ending: Ending) -> Amendment:
    """Say as an amendment that some articles of a document are over."""
    edits = tuple(Edit(Act.DELETE, f"{number}") for number in ending.articles)
    return Amendment(ending.title, ending.doc_no, edits)


def apply(clauses: Sequence[Clause], amendment: Amendment) -> Amended:
    """Carry an amendment out on the clauses of a document; with any problem nothing is changed."""
    problems = [("amendment_unread", words) for words in amendment.unread]
    inserts = sorted((one for one in amendment.edits if one.act is Act.INSERT), key=lambda one: _order(one.number))
    made, wrong = _carried_out(clauses, [one for one in amendment.edits if one.act is not Act.INSERT])
    if amendment.renumbers:
        made = _renumbered(made)
    made, wrong_inserts = _carried_out(made, inserts)
    problems += [*wrong, *wrong_inserts]
    if not problems:
        problems = [("amendment_points", number) for number in _points_wrong(clauses, made)]
    if problems:
        return Amended(problems=tuple(problems))
    return Amended(tuple(made), tuple(_changes(clauses, made)))


def _carried_out(clauses: Sequence[Clause], edits: Sequence[Edit]) -> tuple[list[Clause], list[tuple[str, str]]]:
    made, problems = list(clauses), []
    for edit in edits:
        made, problem = _STEPS[edit.act](made, edit)
        if problem:
            problems.append((problem, edit.number))
    return made, problems


def _order(number: str) -> list[int]:
    return [int(part) for part in article_of(number).split("-") if part]


def article_of(number: str) -> str:
    """Give an article's number its one form ("12", "12-1"); empty when it is none."""
    if number.isdecimal():
        return number
    found = pattern("article").match(number)
    if not found:
        return ""
    return f"{numeral(found['n'])}" + (f"-{numeral(found['sub'][1:])}" if found["sub"] else "")


def _kept(amendments: Sequence[Amendment]) -> list[Amendment]:
    return [one for one in amendments if one.edits or one.unread]


def _amendment(title: str, number: str, text: str, whole: str) -> Amendment:
    edits, left = [], text
    for start, end, found in sorted(_instructions(text), key=lambda each: each[0]):
        edits += found
        left = left[:start] + " " * (end - start) + left[end:]
    unread = tuple(
        each.strip()
        for each in pattern("sentence").findall(left)
        if pattern("instructs").search(each) and not pattern("instructs_not").search(each)
    )
    renumbers = bool(pattern("renumbers").search(whole))
    return Amendment(title, normal_number(number), tuple(edits), renumbers, unread)


def _instructions(text: str) -> Iterator[tuple[int, int, list[Edit]]]:
    """Find the instructions with the stretch that each takes; what stands in quotes is no instruction."""
    quotes = list(_quotes(text))
    for name, make in (("amend_insert", _inserts), ("amend_words", _swaps), ("amend_article", _replaces)):
        for found in pattern(name).finditer(text):
            if any(start < found.start() < end for start, end in quotes):
                continue
            quote = next(((start, end) for start, end in quotes if start >= found.end() - 1), None)
            if quote and quote[0] <= found.end():
                end, edits = make(found, text, quote, quotes)
                yield found.start(), end, edits
    for found in pattern("amend_delete").finditer(text):
        if not any(start < found.start() < end for start, end in quotes):
            numbers = found["numbers"] or found["numbers2"]
            yield found.start(), found.end(), [Edit(Act.DELETE, one) for one in _articles(numbers)]


def _inserts(
    found: re.Match[str], text: str, quote: tuple[int, int], quotes: Sequence[tuple[int, int]]
) -> tuple[int, list[Edit]]:
    return quote[1], [Edit(Act.INSERT, found["number"], _inside(text, quote))]


def _replaces(
    found: re.Match[str], text: str, quote: tuple[int, int], quotes: Sequence[tuple[int, int]]
) -> tuple[int, list[Edit]]:
    return quote[1], [Edit(Act.REPLACE, found["number"], _inside(text, quote))]


def _swaps(
    found: re.Match[str], text: str, quote: tuple[int, int], quotes: Sequence[tuple[int, int]]
) -> tuple[int, list[Edit]]:
    """Read "in article 4, 'A' becomes 'B', 'C' becomes 'D'"; a lone 'A' is deleted."""
    later = [each for each in quotes if each[0] >= quote[0]]
    edits: list[Edit] = []
    end, place = quote[1], 0
    while place < len(later):
        old = later[place]
        between = text[old[1] : later[place + 1][0]] if place + 1 < len(later) else ""
        if pattern("amend_becomes").fullmatch(between):
            edits.append(Edit(Act.WORDS, found["number"], _inside(text, later[place + 1]), _inside(text, old)))
            end, place = later[place + 1][1], place + 2
        elif found["gone"] or pattern("amend_gone").match(text[old[1] :]):
            edits.append(Edit(Act.WORDS, found["number"], "", _inside(text, old)))
            end, place = old[1], place + 1
        else:
            break
        following = text[end : later[place][0]] if place < len(later) else "。"
        if not re.fullmatch(r"[、，,和及]?", following):
            break
    return end, edits


def _inside(text: str, quote: tuple[int, int]) -> str:
    return text[quote[0] + 1 : quote[1] - 1].strip()


def _quotes(text: str) -> Iterator[tuple[int, int]]:
    """Give the outermost quotations; quotes inside quotes are counted."""
    left, right = list(pattern("quotes").pattern)
    depth, start = 0, 0
    for place, sign in enumerate(text):
        if sign == left:
            start = place if depth == 0 else start
            depth += 1
        elif sign == right and depth:
            depth -= 1
            if depth == 0:
                yield start, place + 1


def _articles(numbers: str) -> list[str]:
    """List the articles named, those between two that a "to" joins as well."""
    found = list(pattern("article").finditer(numbers))
    joined = [pattern("amend_to").fullmatch(numbers[a.end() : b.start()]) for a, b in pairwise(found)]
    named = []
    for place, one in enumerate(found):
        named.append(article_of(one[0]))
        if place < len(joined) and joined[place]:
            named += [f"{n}" for n in range(numeral(one["n"]) + 1, numeral(found[place + 1]["n"]))]
    return named


# --- one step each: the clauses afterwards, or the code of the problem


def _at(clauses: Sequence[Clause], number: str) -> list[int]:
    wanted = article_of(number)
    return [place for place, one in enumerate(clauses) if wanted and article_of(one.number) == wanted]


def _replace(clauses: list[Clause], edit: Edit) -> tuple[list[Clause], str]:
    places = _at(clauses, edit.number)
    if not places:
        return clauses, "amendment_no_article"
    text = _without_number(edit.text, edit.number)
    if text is None:
        return clauses, "amendment_other_number"
    changed = replace(clauses[places[0]], text=text)
    return [changed if n == places[0] else one for n, one in enumerate(clauses) if n not in places[1:]], ""


def _words(clauses: list[Clause], edit: Edit) -> tuple[list[Clause], str]:
    places = [n for n in _at(clauses, edit.number) if edit.old in clauses[n].text]
    if len(places) != 1 or clauses[places[0]].text.count(edit.old) != 1:
        return clauses, "amendment_no_words" if not places else "amendment_words_twice"
    text = clauses[places[0]].text.replace(edit.old, edit.text)
    return [replace(one, text=text) if n == places[0] else one for n, one in enumerate(clauses)], ""


def _delete(clauses: list[Clause], edit: Edit) -> tuple[list[Clause], str]:
    places = _at(clauses, edit.number)
    return [one for n, one in enumerate(clauses) if n not in places], "" if places else "amendment_no_article"


def _insert(clauses: list[Clause], edit: Edit) -> tuple[list[Clause], str]:
    text = _without_number(edit.text, edit.number)
    if text is None:
        return clauses, "amendment_other_number"
    wanted = article_of(edit.number)
    main, _, sub = wanted.partition("-")
    neighbour = f"{main}-{int(sub) - 1}" if sub and int(sub) > 1 else main if sub else f"{int(main) - 1}"
    before = [n for n, one in enumerate(clauses) if article_of(one.number) == neighbour]
    if not before or (sub and _at(clauses, edit.number)):
        return clauses, "amendment_no_place"
    place = before[-1] + 1
    if not sub and _at(clauses, edit.number):
        clauses = [*clauses[:place], *(_shifted(one) for one in clauses[place:])]
    beside = clauses[before[-1]]
    steps = [*beside.path.split("/")[:-1], edit.number]
    new = Clause("/".join(steps), beside.chapter, edit.number, None, text)
    return [*clauses[:place], new, *clauses[place:]], ""


_STEPS = {Act.REPLACE: _replace, Act.WORDS: _words, Act.DELETE: _delete, Act.INSERT: _insert}


def _without_number(text: str, number: str) -> str | None:
    """Take the article's own number off its new text; None when it is another's."""
    found = pattern("article").match(text)
    if not found:
        return text
    return text[found.end() :].lstrip(" 　") if article_of(found[0]) == article_of(number) else None


def _shifted(clause: Clause, by: int = 1) -> Clause:
    found = pattern("article").match(clause.number)
    if not found or found["sub"]:
        return clause
    return _numbered(clause, numeral(found["n"]) + by)


def _numbered(clause: Clause, value: int) -> Clause:
    found = pattern("article").match(clause.number)
    if not found:
        return clause
    printed = found[0].replace(found["n"], f"{value}" if found["n"].isdigit() else chinese(value))
    rest = clause.number[found.end() :]
    path = clause.path.replace(found[0], printed)
    return replace(clause, number=printed + rest, path=path)


def _renumbered(clauses: Sequence[Clause]) -> list[Clause]:
    """Count articles anew from the first; pieces of one article keep one number."""
    made, before, value = [], "", 0
    for one in clauses:
        article = article_of(one.number)
        if article:
            value += article != before
            before = article
            one = _numbered(one, value) if "-" not in article else one
        made.append(one)
    return made


def _points_wrong(before: Sequence[Clause], after: Sequence[Clause]) -> Iterator[str]:
    """Name the clauses that point at an article of this document whose number has moved."""
    old = {one.text: article_of(one.number) for one in before}
    moved = {old[one.text] for one in after if old.get(one.text, "") != article_of(one.number) and one.text in old}
    gone = {article_of(one.number) for one in before} - {article_of(one.number) for one in after}
    for one in after:
        for found in pattern("points_inside").finditer(one.text):
            if one.text in old and article_of(found["article"]) in moved | gone:
                yield one.number


def _changes(before: Sequence[Clause], after: Sequence[Clause]) -> Iterator[Change]:
    """Pair the clauses before and after: unchanged ones by their text, changed ones by their number."""
    same = {one.text for one in before} & {one.text for one in after}
    old = {one.number: one for one in before if one.text not in same}
    for one in after:
        if one.text in same:
            continue
        was = old.pop(one.number, None)
        yield Change(one.number, was.text if was else "", one.text)
    yield from (Change(one.number, one.text, "") for one in old.values())
