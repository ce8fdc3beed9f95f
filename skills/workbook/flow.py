"""The sheet of who acts and by when, read: stages, their actions, and whom each tells what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from skills.sheets import Path_
from skills.workbook import crowds, phrases
from skills.workbook.labels import columns, labels, name, words
from skills.workbook.naming import made, titled
from skills.workbook.phrases import Unread
from skills.workbook.reading import Reading
from skills.workbook.tables import Cell, Row

SHEET, BOOKED, FORKS = "flow", "booked", "approvals"
OWN = ("to", "needs", "when", "says", "assign", "result", "limit", "anyone", "more")
"""Columns that say something of an action itself."""
COPIES = ("cc_opened", "cc_closed")
PLACES: Mapping[str, Path_] = {"consent": ("consent",)} | {key: ("workflow", *key.split("_")) for key in COPIES}
"""Where what the first sheet says belongs, if not beside the stages."""
CLOCKS = {"answer": "telling", "done": "doing"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sentences of a service: names by what a clerk calls them."""

    names: Mapping[str, str]

    def name(self, text: str) -> str:
        """Find the name of the sentence that is meant."""
        if text in self.names:
            return self.names[text]
        if text in self.names.values():
            return text
        raise Unread("book_text", tuple(self.names), value=text)


def told_late(text: str | None) -> list[dict[str, Any]]:
    """What happens where the villager is told a sentence when time is over: the next day it stands in the digest."""
    told = {"at": "100%", "do": "tell", "who": "villager", "text": text}
    return [told, {"at": "+1 working day", "do": "digest"}] if text else []


class Flow:
    """Reads the sheet row by row; a row without a stage belongs to the stage above it."""

    def __init__(self, reading: Reading, spoken: Spoken, basics: Mapping[str, Row]) -> None:
        self.reading = reading
        self.basics = basics
        self.spoken = spoken
        self.vocabulary = reading.vocabulary
        self.rows = reading.book.rows(SHEET)
        self.begins, self.anytime = str(labels()["begins"]), str(labels()["anytime"])
        self.keys = {row.number: self._key(row) for row in self.rows if row.get("stage")}
        self.stages = self._titles()
        reading.deeds = titled((row.get("id") or made(row.get("action")), row.get("action")) for row in self.rows)
        self.place: Path_ = ()
        self.action: Path_ = ()

    def _key(self, row: Row) -> str:
        """Name a stage; the beginning, and what a villager may always do, are none."""
        title = row.get("stage")
        return "" if title in (self.begins, self.anytime) else self.reading.named(title, row.get("stage_id"))

    def _titles(self) -> dict[str, str]:
        """The stages by their titles, as far as a title means one."""
        return titled((self.keys.get(row.number, ""), row.get("stage")) for row in self.rows)

    def target(self, text: str) -> Any:
        """Read where an action leads; what could stand there is told by its titles."""
        try:
            return phrases.target(text, self.targets, self.vocabulary)
        except Unread as problem:
            if problem.code != "book_stage":
                raise
            ends = [str(word) for key, word in labels()["targets"].items() if key != "joined"]
            raise Unread(problem.code, (*self.stages, *ends), **problem.values) from problem

    @property
    def targets(self) -> dict[str, str]:
        """Where an action may lead, by title and by name."""
        ends = {str(word): key for key, word in labels()["targets"].items()}
        names = [key for key in (*self.keys.values(), *ends.values()) if key]
        return {**{key: key for key in names}, **self.stages, **ends}

    def read(self) -> None:
        """Read all rows, and what the first sheet says of the flow."""
        self.reading.content["workflow"] = {"stages": {}}
        for row in self.rows:
            self._row(row)
        if not self.reading.content["workflow"]["stages"]:
            self.reading.tell(Cell(SHEET, self.rows[0].number if self.rows else 2, "stage"), "book_no_stage")
        self._basics()

    def _row(self, row: Row) -> None:
        title = row.get("stage")
        if title in (self.begins, self.anytime):
            self.place = ("workflow",) if title == self.begins else ("workflow", "villager")
            self.action = ()
        elif title and self.place != ("workflow", "stages", self.keys[row.number]):
            self.place, self.action = ("workflow", "stages", self.keys[row.number]), ()
            self._stage(row)
        elif not self.place:
            self._tell(row, "stage", "book_empty", value=columns(SHEET)["stage"])
            return
        if row.get("action"):
            self._action(row)
        elif title:
            self.action = ()
        if not row.get("action") and (said := next((one for one in OWN if row.get(one)), "")):
            self._tell(row, "action", "book_of_no_action", value=columns(SHEET)[said])
        if row.get("text") or row.get("tell"):
            self._tells(row)

    def _stage(self, row: Row) -> None:
        put, path = self.reading.put, self.place
        if path[-1] in self.reading.content["workflow"]["stages"]:
            self._tell(row, "stage", "book_twice", value=row.get("stage"))
        self.reading.cells[path] = Cell(SHEET, row.number, "stage")
        put((*path, "title"), row.get("stage"), Cell(SHEET, row.number, "stage"))
        who = self.reading.phrase(row, "who", SHEET, lambda text: phrases.who(text, self.vocabulary))
        if not row.get("who") and not row.get("stage_more") and not self._is_shown(row):
            self._tell(row, "who", "book_empty", value=columns(SHEET)["who"])
        if who:
            put((*path, "who"), who, Cell(SHEET, row.number, "who"))
        without = self.reading.phrase(row, "without", SHEET, self._apart)
        if without:
            put((*path, "without"), without, Cell(SHEET, row.number, "without"))
        if within := row.get("within"):
            field = self.vocabulary.names.get(within)  # until the day that people name
            put(
                (*path, "until_field" if field else "within"),
                field or phrases.length(within),
                Cell(SHEET, row.number, "within"),
            )
        if waits := self.reading.chosen(row, "waits", SHEET, "waits"):
            put((*path, "waits"), waits, Cell(SHEET, row.number, "waits"))
        if self.reading.chosen(row, "listed", SHEET, "answers") == "true":
            put((*path, "listed"), True, Cell(SHEET, row.number, "listed"))
        self._late(row)
        put((*path, "actions"), {}, Cell(SHEET, row.number, "action"))
        rest = self.reading.phrase(row, "stage_more", SHEET, phrases.more)
        self.reading.merge(path, rest, Cell(SHEET, row.number, "stage_more"))

    def _apart(self, text: str) -> list[str]:
        names = {key: key for key in self.keys.values() if key}
        return phrases.apart(text, {**names, **self.stages}, self.vocabulary)

    def _is_shown(self, row: Row) -> bool:
        """Nobody acts where something is only shown to everybody, or where several ways begin at once."""
        if any(one.get("stage") == row.get("stage") and one.get("branches") for one in self.reading.book.rows(FORKS)):
            return True
        return any(one.get("stage") == row.get("stage") for one in self.reading.book.rows(crowds.SHEET))

    def _late(self, row: Row) -> None:
        """Read what happens by itself when the time of a stage is over."""
        text, cell, words = row.get("late"), Cell(SHEET, row.number, "late"), labels()["late"]
        if not text:
            return
        steps: list[dict[str, Any]] = []
        if text == words["closes"]:
            steps = [{"at": "100%", "do": "close", "result": "unanswered"}]
        elif text.startswith(words["tells"]):
            said = text.removeprefix(words["tells"]).strip("：: ")
            steps = told_late(self.reading.phrase(row, "late", SHEET, lambda _: self.spoken.name(said)))
        elif text.startswith(words["acts"]):
            action = self.reading.deed(text.removeprefix(words["acts"]).strip("：: "))
            steps = [{"at": "100%", "do": "act", "action": action}]
        else:
            self._tell(row, "late", "book_late", value=text)
            return
        self.reading.put((*self.place, "late"), steps, cell)

    def _action(self, row: Row) -> None:
        key = self.reading.named(row.get("action"), row.get("id"))
        actions = self.place if self.place[-1] == "villager" else (*self.place, "actions")
        path, cell = (*actions, key), Cell(SHEET, row.number, "action")
        if self.place == ("workflow",):
            self._tell(row, "action", "book_no_action", value=self.begins)
            return
        if path == self.action and not any(row.get(column) for column in OWN):
            return  # the same action once more: somebody else is told as well
        if path in self.reading.cells:
            self._tell(row, "action", "book_twice", value=row.get("action"))
        self.action = path
        self.reading.cells[path] = cell
        self.reading.put((*path, "title"), row.get("action"), cell)
        self._cells(row, path)
        if self.reading.chosen(row, "anyone", SHEET, "answers") == "true":
            self.reading.put((*path, "anyone"), True, Cell(SHEET, row.number, "anyone"))
        rest = self.reading.phrase(row, "more", SHEET, phrases.more)
        self.reading.merge(path, rest, Cell(SHEET, row.number, "more"))

    def _cells(self, row: Row, path: Path_) -> None:
        """Read what a row says of an action."""
        reads = {
            "to": self.target,
            "needs": lambda text: phrases.needs(text, self.reading.asked),
            "when": lambda text: phrases.condition(text, self.vocabulary),
            "says": phrases.listed,
            "assign": lambda text: name("assign", text) or self.vocabulary.names.get(text, self.reading.named(text)),
            "result": _result,
            "limit": phrases.number,
        }
        for column, read in reads.items():
            found = self.reading.phrase(row, column, SHEET, read)
            if found is not None:
                self.reading.put((*path, column), found, Cell(SHEET, row.number, column))

    def _tells(self, row: Row) -> None:
        text = self.reading.phrase(row, "text", SHEET, self.spoken.name)
        who = self.reading.phrase(row, "tell", SHEET, lambda said: phrases.who(said, self.vocabulary))
        if not row.get("text"):
            self._tell(row, "text", "book_empty", value=columns(SHEET)["text"])
        if text is None:
            return
        if not self.action and self.place[-1] == "villager":
            self._tell(row, "action", "book_of_no_action", value=columns(SHEET)["text"])
            return
        told: dict[str, Any] = {"text": text, **({"who": who} if who and who != "villager" else {})}
        if when := self.reading.phrase(row, "tell_when", SHEET, lambda said: phrases.condition(said, self.vocabulary)):
            told["when"] = when
        owner: Any = self.reading.content
        path = self.action or self.place
        for part in path:
            owner = owner.setdefault(part, {})
        tells = owner.setdefault("tell", [])
        tells.append(told)
        at: Path_ = (*path, "tell", len(tells) - 1)
        self.reading.cells |= {
            at: Cell(SHEET, row.number, "text"),
            (*at, "who"): Cell(SHEET, row.number, "tell"),
            (*at, "when"): Cell(SHEET, row.number, "tell_when"),
        }

    def _basics(self) -> None:
        """Read what the first sheet says of the flow: where it starts, how fast, how it is numbered."""
        stages = list(self.reading.content["workflow"]["stages"])
        self.reading.put(("workflow", "start"), stages[0] if stages else "", Cell(SHEET, 2, "stage"))
        reads: dict[str, Callable[[str], Any]] = {
            "start": self.target,
            "reopen_to": self.target,
            "prefix": str,
            "consent": self.spoken.name,
            **dict.fromkeys(COPIES, lambda text: phrases.who(text, self.vocabulary)),
        }
        for key, row in self.basics.items():
            cell, path = Cell("basics", row.number, "value"), ("workflow", key)
            if key in ("pace", "number", "same_person"):
                found: Any = self.reading.chosen(row, "value", "basics", key)
            else:
                found = self.reading.phrase(row, "value", "basics", reads[key]) if key in reads else None
            if found is not None:
                self.reading.put(PLACES.get(key, path), found, cell)
        self._clocks()
        if "workflow" in self.basics:
            row = self.basics["workflow"]
            rest = self.reading.phrase(row, "value", "basics", phrases.more)
            self.reading.merge(("workflow",), rest, Cell("basics", row.number, "value"))

    def _clocks(self) -> None:
        """Make the two promises of every service, unless the workbook keeps its own, or books and writes no length."""
        is_silent = not any(key in self.basics for key in CLOCKS)
        if crowds.is_filled(self.reading) or (is_silent and self.reading.book.rows(BOOKED)):
            return
        for key, clock in usual_clocks(self.reading.content["workflow"]["stages"]).items():
            row = self.basics.get(key)
            if row is not None:
                clock = {
                    **{name: value for name, value in clock.items() if name != "pace"},
                    "within": phrases.length(row.get("value")),
                }
            cell = Cell("basics", row.number if row else 1, "value")
            self.reading.put(("workflow", "clocks", key), clock, cell)

    def _tell(self, row: Row, column: str, code: str, value: str) -> None:
        self.reading.tell(Cell(SHEET, row.number, column), code, value=value)


def _result(text: str) -> str:
    found = name("results", text)
    if found is None:
        raise Unread("book_choice", tuple(words("results")), value=text)
    return found


def usual_clocks(stages: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The promises of a service that says nothing else: somebody takes it, and it is done.

    Taken is what has left its first stage; done is what waits for the villager's word, or is closed.
    """
    names = list(stages)
    confirm = [key for key in names[1:] if stages[key].get("waits") == "villager"][-1:]
    until = {"answer": names[1:], "done": confirm}
    return {
        key: {"title": labels()["clocks"][key], "kind": kind, "pace": key, "until": until[key]}
        for key, kind in CLOCKS.items()
    }
