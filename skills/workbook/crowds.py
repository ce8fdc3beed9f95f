"""The sheet of rosters, rounds, showings and passed-on work: one row an item, read into the flow, said from it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from skills.workbook import phrases
from skills.workbook.labels import columns, labels, name, words
from skills.workbook.naming import Vocabulary, made
from skills.workbook.phrases import Unread
from skills.workbook.reading import Reading
from skills.workbook.tables import Cell, Row

SHEET = "crowd"
OF_ROSTER = ("key", "village", "columns", "shows", "over", "back")
OF_ROUNDS = ("every", "holidays", "villages", "digest")
OF_SHOWING = ("shows_all", "mask", "objection")
OF_LINK = {"link_actions": "actions", "link_shows": "shows", "link_within": "within"}
MANY = frozenset({*OF_ROSTER, *OF_ROUNDS})


def item(key: str) -> str:
    """The label of a row."""
    return str(labels()["crowd"][key]["label"])


def is_filled(reading: Reading) -> bool:
    """Say whether a service is worked off from a list or comes round: it then makes no promise for each row."""
    known = {item(key) for key in MANY}
    return any(row.get("item") in known and row.get("value") for row in reading.book.rows(SHEET))


class Crowds:
    """Reads the sheet, with the names that the other sheets have given."""

    def __init__(self, reading: Reading, stages: Mapping[str, str]) -> None:
        self.reading, self.stages = reading, stages
        self.names = reading.vocabulary.names

    def read(self) -> None:
        """Read all rows into the flow."""
        keys = {item(key): key for key in labels()["crowd"]}
        for row in self.reading.book.rows(SHEET):
            key = keys.get(row.get("item"))
            if key is None:
                self.reading.tell(Cell(SHEET, row.number, "item"), "book_item", tuple(keys), value=row.get("item"))
            elif row.get("value"):
                self._item(key, row)
        self._by_heads()

    def _by_heads(self) -> None:
        """Take what is known by the name of a field for the head of its column, where the sheet has no such head."""
        roster = self.reading.content.get("workflow", {}).get("roster", {})
        heads = roster.get("columns", {})
        flat = {one for head in heads.values() for one in ([head] if isinstance(head, str) else head)}
        if "key" in roster:
            own = {word: heads[name] for word, name in self.names.items() if name in heads and word not in flat}
            roster["key"] = [own.get(one, one) if isinstance(one, str) else one for one in roster["key"]]

    def _item(self, key: str, row: Row) -> None:
        cell = Cell(SHEET, row.number, "value")
        path = self._path(key, row)
        found = self.reading.phrase(row, "value", SHEET, self._reads(key))
        if path and found is not None:
            self.reading.put(path, found, cell)

    def _path(self, key: str, row: Row) -> tuple[str, ...]:
        if key in OF_ROSTER:
            return ("workflow", "roster", key)
        if key in OF_ROUNDS:
            return ("workflow", "rounds", key)
        stage = self.stages.get(row.get("stage"))
        if stage is None:
            cell = Cell(SHEET, row.number, "stage")
            title = row.get("stage")
            empty = columns(SHEET)["stage"]
            self.reading.tell(cell, "book_named" if title else "book_empty", tuple(self.stages), value=title or empty)
            return ()
        if key in OF_LINK:
            return ("workflow", "stages", stage, "by_link", OF_LINK[key])
        return ("workflow", "stages", stage, "showing", "shows" if key == "shows_all" else key)

    def _reads(self, key: str) -> Callable[[str], Any]:
        reads: dict[str, Callable[[str], Any]] = {
            "key": lambda text: [_heads(one) for one in phrases.listed(text)],
            "village": _heads,
            "columns": self._columns,
            "over": self._over,
            "back": self._back,
            "every": str,
            "holidays": _holidays,
            "villages": phrases.listed,
            "digest": _role,
            "objection": str,
            "link_actions": lambda text: [self.reading.deed(one) for one in phrases.listed(text)],
            "link_within": phrases.length,
        }
        return reads.get(key, lambda text: [self._field(one) for one in phrases.listed(text)])

    def _field(self, word: str) -> str:
        return self.names.get(word, made(word))

    def _columns(self, text: str) -> dict[str, Any]:
        found = {}
        for part in phrases.listed(text.replace("＝", "=")):
            word, sign, head = part.partition("=")
            found[self._field(word.strip())] = _heads(head.strip() if sign else word.strip())
        return found

    def _back(self, text: str) -> dict[str, str]:
        found = {}
        for head, what in phrases.given(text.replace("、", "；")).items():
            found[head] = name("back", what) if what in words("back") else self._field(what)
        return {head: str(what) for head, what in found.items()}

    def _over(self, text: str) -> dict[str, Any]:
        match = re.fullmatch(r"(?P<head>[^=＝]+)[=＝](?P<words>[^：:]+)[：:](?P<action>.+)", text.strip())
        if match is None:
            raise Unread("book_over", value=text)
        action = self.reading.deed(match["action"].strip())
        return {"column": _heads(match["head"].strip()), "words": phrases.listed(match["words"]), "action": action}


def _heads(text: str) -> Any:
    """Read a column's name, or several that offices use for it: `电话 或者 联系电话`."""
    parts = [part.strip() for part in text.split(str(labels()["or"]))]
    return parts[0] if len(parts) == 1 else parts


def _holidays(text: str) -> str:
    found = name("holidays", text)
    if found is None:
        raise Unread("book_choice", tuple(words("holidays")), value=text)
    return found


def _role(text: str) -> str:
    roles = {str(word): str(source).partition(" of ")[0] for source, word in labels()["who"].items()}
    return roles.get(text, text)


def said(workflow: dict[str, Any], vocabulary: Vocabulary, titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Say what a flow holds of these kinds as rows, and take it out; an empty row for what it has not."""
    roster, rounds = workflow.pop("roster", {}), workflow.pop("rounds", {})
    speaks = _Speech(vocabulary, titles)
    rows = [_row(key, speaks.roster(key, roster[key]) if key in roster else "") for key in OF_ROSTER]
    rows += [_row(key, speaks.rounds(key, rounds[key]) if key in rounds else "") for key in OF_ROUNDS]
    shown = {key: stage.pop("showing") for key, stage in workflow["stages"].items() if "showing" in stage}
    for stage, showing in shown.items():
        left = {key for key in showing if key not in ("shows", "mask", "objection")}
        if left:
            workflow["stages"][stage]["showing"] = showing  # other names of its actions: kept as it is stored
            continue
        for key in OF_SHOWING:
            given = showing.get("shows" if key == "shows_all" else key)
            text = given if isinstance(given, str) else speaks.fields(given or [])
            rows.append(_row(key, text, workflow["stages"][stage]["title"]))
    if not any(row["item"] == item("mask") for row in rows):
        rows += [_row(key, "") for key in OF_SHOWING]
    linked = {key: stage.pop("by_link") for key, stage in workflow["stages"].items() if "by_link" in stage}
    for stage, by_link in linked.items():
        title = workflow["stages"][stage]["title"]
        rows += [_row(key, speaks.link(name, by_link[name]), title) for key, name in OF_LINK.items() if name in by_link]
    return rows if linked else [*rows, *(_row(key, "") for key in OF_LINK)]


def _row(key: str, value: str, stage: str = "") -> dict[str, str]:
    return {"item": item(key), "value": value, "stage": stage, "hint": str(labels()["crowd"][key]["hint"])}


class _Speech:
    """A clerk's words for what a flow holds."""

    def __init__(self, vocabulary: Vocabulary, titles: Mapping[str, str]) -> None:
        self.words, self.titles = vocabulary.said, titles

    def fields(self, names: list[str]) -> str:
        return "、".join(self.words.get(one, one) for one in names)

    def link(self, key: str, value: Any) -> str:
        if key == "actions":
            return "、".join(self.titles.get(one, one) for one in value)
        return self.fields(value) if key == "shows" else phrases.length_said(str(value))

    def roster(self, key: str, value: Any) -> str:
        match key:
            case "key":
                return "、".join(_heads_said(one) for one in value)
            case "village":
                return _heads_said(value)
            case "columns":
                return "、".join(f"{self.words.get(name, name)}={_heads_said(one)}" for name, one in value.items())
            case "back":
                of_back = labels()["back"]
                said_as = {what: of_back.get(what) or self.words.get(what, what) for what in value.values()}
                return "；".join(f"{head}={said_as[what]}" for head, what in value.items())
            case "over":
                action = self.titles.get(value["action"], value["action"])
                return f"{_heads_said(value['column'])}={'、'.join(value['words'])}：{action}"
        return self.fields(value)

    def rounds(self, key: str, value: Any) -> str:
        if key == "holidays":
            return str(labels()["holidays"][value])
        if key == "digest":
            return str(next((word for one, word in labels()["who"].items() if one == f"{value} of town"), value))
        return "、".join(value) if isinstance(value, list) else str(value)


def _heads_said(value: Any) -> str:
    return value if isinstance(value, str) else f" {labels()['or']} ".join(value)
