"""The sheets of a workbook, read into what a folder holds: what a service says of itself, asks and says.

Only what cannot be read at all is told here; what does not fit together is found as in a folder (`registry.py`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from json import JSONDecodeError
from typing import Any

from skills.sheets import Path_, say
from skills.workbook import phrases
from skills.workbook.approvals import Approvals
from skills.workbook.booked import Booked
from skills.workbook.crowds import Crowds
from skills.workbook.flow import Flow, Spoken
from skills.workbook.labels import columns, item, labels, name, words
from skills.workbook.naming import Vocabulary, made
from skills.workbook.phrases import Unread
from skills.workbook.reading import Reading
from skills.workbook.tables import Book, Cell, Row
from workflows.house import house

SINGLE = ("name", "summary", "owner", "paper")
NEEDED = {"name": "name", "summary": "summary", "owner": "owner", "audience": "for", "example": "examples"}
"""Rows of the first sheet that must be filled, and what they are to a folder."""
OF_KIND = ("options", "least", "most", "unit")
"""Cells that say nothing of a plain text."""
ASK = "ask_"
"""Before a field's name: the sentence that asks for it."""


def read(book: Book, skill: str = "") -> Reading:
    """Read a workbook; `skill`: its name where the workbook says none."""
    reading = Reading(book)
    found = _basics(reading)
    reading.skill = found["id"].get("value") if "id" in found else skill
    reading.skill = reading.skill or made(str(reading.content.get("name", "x")))
    reading.asked = {row.get("name"): row.get("id") or made(row.get("name")) for row in book.rows("form")}
    reading.vocabulary = _vocabulary(reading)
    _form(reading)
    spoken = Spoken(_texts(reading))
    flow = Flow(reading, spoken, found)
    flow.read()
    Booked(reading, spoken).read()
    Crowds(reading, flow.stages).read()
    Approvals(reading, flow).read()
    _sayings(reading)
    return reading


def _basics(reading: Reading) -> dict[str, Row]:
    """Read the first sheet; returns its rows by what they are, for those that speak of the flow."""
    keys = {item(key): key for key in labels()["basics"]}
    found: dict[str, Row] = {}
    reading.content["examples"] = []
    for row in reading.book.rows("basics"):
        title, cell = row.get("item"), Cell("basics", row.number, "value")
        key = keys.get(title)
        if title and key is None:
            reading.tell(Cell("basics", row.number, "item"), "book_item", tuple(keys), value=title)
        elif key == "example" and row.get("value"):
            reading.cells[("examples", len(reading.content["examples"]))] = cell
            reading.content["examples"].append(row.get("value"))
        elif key in found:
            reading.tell(cell, "book_twice", value=title)
        elif key and row.get("value"):
            found[key] = row
            reading.cells[(key,)] = cell
    for key in SINGLE:
        if key in found:
            reading.put((key,), found[key].get("value"), Cell("basics", found[key].number, "value"))
    _choices(reading, found)
    _needed(reading, keys)
    return found


def _needed(reading: Reading, keys: Mapping[str, str]) -> None:
    """Tell each row that must be filled and is not; what stands there for it lets the rest be judged too."""
    rows = reading.book.rows("basics")
    places = {keys.get(row.get("item")): row.number for row in reversed(rows)}
    for key, stored in NEEDED.items():
        if reading.content.get(stored) or (stored,) in reading.cells:
            continue
        told = labels()["basics"][key]
        at = places.get(key)
        cell = Cell("basics", at, "value") if at else Cell("basics", (rows[-1].number if rows else 1) + 1, "item")
        message = say("book_fill" if at else "book_no_item", value=told["label"], hint=told["hint"])
        reading.problems.append(reading.book.problem(cell, message))
        one: Any = "resident" if key == "audience" else told["label"]
        reading.put((stored,), one if stored == key else [one], cell)


def _choices(reading: Reading, found: Mapping[str, Row]) -> None:
    """Read the rows of the first sheet that hold one or some of a few words."""
    if "risk" in found and (risk := reading.chosen(found["risk"], "value", "basics", "risk")):
        reading.put(("risk",), risk, Cell("basics", found["risk"].number, "value"))
    if "audience" in found:
        cell, known = Cell("basics", found["audience"].number, "value"), words("audience")
        people = phrases.listed(found["audience"].get("value"), phrases.OF_WORDS)
        for one in people:
            if one not in known:
                reading.tell(cell, "book_choice", tuple(known), value=one)
        reading.put(("for",), [known[one] for one in people if one in known], cell)
    if "more" in found:
        rest = reading.phrase(found["more"], "value", "basics", phrases.more)
        reading.merge((), rest, Cell("basics", found["more"].number, "value"))


def _vocabulary(reading: Reading) -> Vocabulary:
    """Gather the words of all that is asked and of its options, before conditions and sentences are read."""
    pairs: list[tuple[str, str]] = []
    for row in reading.book.rows("form"):
        if row.get("name"):
            pairs.append((row.get("id") or made(row.get("name")), row.get("name")))
        pairs += _option_pairs(row)
    for row in reading.book.rows("flow"):
        needed = _quietly(lambda text: phrases.needs(text, reading.asked), row.get("needs")) or {}
        needed |= (_quietly(phrases.more, row.get("more")) or {}).get("needs", {})
        pairs += pairs_of(needed)
    own = {word for _, word in pairs}
    theirs = list(house_pairs({name for name, _ in pairs}))
    reading.unwritten = frozenset(word for _, word in theirs) - own
    return Vocabulary.of([*pairs, *theirs])


def _option_pairs(row: Row) -> Iterator[tuple[str, str]]:
    found = {} if _is_table(row) else _quietly(phrases.options, row.get("options")) or {}
    found |= (_quietly(phrases.more, row.get("more")) or {}).get("options", {})
    yield from ((key, one["name"]) for key, one in found.items())


def pairs_of(fields: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """List the (name, word) pairs of fields and their options."""
    for key, spec in fields.items():
        yield key, spec["name"]
        yield from ((option, one["name"]) for option, one in (spec.get("options") or {}).items())


def house_pairs(own: Collection[str]) -> Iterator[tuple[str, str]]:
    """List the pairs of what the house's actions ask, where a service has no field of that name itself."""
    fields = {key: spec.model_dump(mode="json") for key, spec in house().fields().items()}
    yield from pairs_of({key: spec for key, spec in fields.items() if key not in own})


def _quietly(read: Callable[[str], dict[str, Any]], text: str) -> dict[str, Any] | None:
    """Read what will be read again, with its mistakes told then."""
    try:
        return read(text) if text else None
    except (Unread, JSONDecodeError):
        return None


def _form(reading: Reading) -> None:
    reading.content["form"] = {}
    seen: set[str] = set()
    for row in reading.book.rows("form"):
        title = row.get("name")
        if not title:
            reading.tell(Cell("form", row.number, "name"), "book_empty", value=columns("form")["name"])
            continue
        key = reading.named(title, row.get("id"))
        if key in reading.content["form"] or title in seen:
            reading.tell(Cell("form", row.number, "name"), "book_twice", value=title)
            continue
        if title in labels()["braces"].values():
            reading.tell(Cell("form", row.number, "name"), "book_taken", value=title)
        seen.add(title)
        _field(reading, row, ("form", key))


def _field(reading: Reading, row: Row, path: Path_) -> None:
    def put(key: str, column: str, value: Any) -> None:
        if value is not None:
            reading.put((*path, key), value, Cell("form", row.number, column))

    reading.cells[path] = Cell("form", row.number, "name")
    if not row.get("kind") and any(row.get(column) for column in OF_KIND):
        reading.tell(Cell("form", row.number, "kind"), "book_empty", value=columns("form")["kind"])
    put("name", "name", row.get("name"))
    put("kind", "kind", reading.chosen(row, "kind", "form", "kinds") if row.get("kind") else "text")
    if _is_table(row):
        put("rows", "options", reading.phrase(row, "options", "form", phrases.needs))
    else:
        put("options", "options", reading.phrase(row, "options", "form", phrases.options))
    for key in ("optional", "sensitive"):
        if reading.chosen(row, key, "form", "answers") == "true":
            put(key, key, True)
    for key in ("least", "most"):
        put(key, key, _number(reading, row, key))
    put("when", "when", reading.phrase(row, "when", "form", lambda text: phrases.condition(text, reading.vocabulary)))
    put("why", "why", row.get("why") or None)
    put("value", "value", reading.phrase(row, "value", "form", lambda text: phrases.sum_of(text, reading.vocabulary)))
    put("unit", "unit", phrases.listed(row.get("unit"), phrases.OF_WORDS) or None)
    reading.merge(path, reading.phrase(row, "more", "form", phrases.more), Cell("form", row.number, "more"))


def _is_table(row: Row) -> bool:
    """Tell whether a field holds rows: its columns stand where another has its options."""
    return name("kinds", row.get("kind")) == "rows"


def _number(reading: Reading, row: Row, column: str) -> int | None:
    text = row.get(column)
    if text and not text.lstrip("-").isdecimal():
        reading.tell(Cell("form", row.number, column), "book_number", value=text)
        return None
    return int(text) if text else None


def _texts(reading: Reading) -> dict[str, str]:
    """Read the sentences, those that ask among them; returns their names by what a clerk calls them."""
    reading.content["texts"] = {}
    named: dict[str, str] = {}
    for row in reading.book.rows("texts"):
        word, text, cell = row.get("name"), braces(row.get("text")), Cell("texts", row.number, "text")
        key = row.get("id") or made(word)
        if not word or not text:
            column = "name" if not word else "text"
            reading.tell(Cell("texts", row.number, column), "book_empty", value=columns("texts")[column])
        elif key in reading.content["texts"] or word in named:
            reading.tell(Cell("texts", row.number, "name"), "book_twice", value=word)
        else:
            named[word] = reading.named(word, key)
            reading.put(("texts", key), reading.vocabulary.sentence(text), cell)
            if word != key:
                reading.put(("called", key), word, Cell("texts", row.number, "name"))
    _asks(reading, named)
    return named


def braces(text: str) -> str:
    """Give braces as they are read: an input method writes them wide."""
    return text.replace("\uff5b", "{").replace("\uff5d", "}")


def _asks(reading: Reading, named: Mapping[str, str]) -> None:
    see = str(labels()["see"])
    for row in reading.book.rows("form"):
        text, key = braces(row.get("ask")), row.get("id") or made(row.get("name"))
        cell = Cell("form", row.number, "ask")
        if not text or not row.get("name"):
            continue
        word = text.removeprefix(see).lstrip("：: ")
        if word != text and text[len(see) : len(see) + 1] in ("：", ":"):
            reading.put(("form", key, "ask"), named.get(word, word), cell)
        else:
            reading.put(("form", key, "ask"), f"{ASK}{key}", cell)
            reading.put(("texts", f"{ASK}{key}"), reading.vocabulary.sentence(text), cell)


def _sayings(reading: Reading) -> None:
    gathered: dict[str, list[str]] = {}
    for row in reading.book.rows("sayings"):
        kind = reading.vocabulary.names.get(row.get("kind"), row.get("kind"))
        gathered.setdefault(kind, []).append(row.get("saying"))
        reading.cells.setdefault(("sayings", kind), Cell("sayings", row.number, "kind"))
    if gathered:
        reading.content["sayings"] = {kind: "\n".join(said) for kind, said in gathered.items()}
