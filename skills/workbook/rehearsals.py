"""The sheet of rehearsals: one row a step, read into scenarios and said from them."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skills.rehearsal import cast
from skills.scenarios import VERBS, Scenario, together
from skills.workbook import phrases
from skills.workbook.labels import columns, label, labels, name, words
from skills.workbook.naming import Vocabulary
from skills.workbook.reading import Reading
from skills.workbook.tables import Cell, Row, Table
from workflows.notation import NAME

SHEET = "scenarios"
OF_PERSON = frozenset({"card", "no_card", "told", "silent", "call", "sees", "sees_not", "digest", "lists"})
"""Verbs that are about somebody: who stands in the column of people."""
DEEDS = ("does", "cannot", "by_link")
"""What names an action."""
GIVES = {"reports": "reports", "does": "with", "cannot": "with", "free": "with", "by_link": "with", "objection": "with"}
AT = "2026-11-23 09:00"
BETWEEN = "、"
UNSAID = frozenset("；;\n=＝")
"""Signs that part the pairs of a cell."""
NOWHERE = "nowhere"
"""Stands for what was told to be a mistake."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Names by a clerk's words in a service: its stages and actions, its fields, and the options of each choice."""

    stages: Mapping[str, str]
    actions: Mapping[str, str]
    vocabulary: Vocabulary
    choices: Mapping[str, Mapping[str, str]]
    needs: Mapping[str, Mapping[str, str]]
    """What each action asks for: words by name."""

    def word(self, name: str, action: str = "") -> str:
        """Say a field as the action calls it that asks for it, where that is read back as the same."""
        word = self.needs.get(action, {}).get(name, "")
        return word if self.vocabulary.names.get(word) == name else self.vocabulary.said.get(name, name)


@dataclass(frozen=True, slots=True)
class Told:
    """One rehearsal as its rows tell it."""

    path: str
    content: dict[str, Any]
    rows: list[Row]


def read(reading: Reading, terms: Terms) -> list[Told]:
    """Read the rehearsals; those that name the same file stand in one."""
    found: list[Told] = []
    for row in reading.book.rows(SHEET):
        if row.get("scenario") and not (found and found[-1].content["scenario"] == row.get("scenario")):
            found.append(_begin(reading, row, {one.path for one in found}))
        if not found:
            reading.tell(Cell(SHEET, row.number, "scenario"), "book_empty", value=columns(SHEET)["scenario"])
        elif row.get("verb") and (one := step(reading, row, terms)):
            found[-1].content["steps"].append(one)
            found[-1].rows.append(row)
    return found


def _begin(reading: Reading, row: Row, taken: Container[str]) -> Told:
    kind = reading.chosen(row, "kind", SHEET, "scenario_kinds") or "happy"
    stem = row.get("file") or _free(kind, taken)
    content: dict[str, Any] = {"scenario": row.get("scenario"), "kind": kind, "steps": []}
    if row.get("at") and (begins := _moment(reading, row)):
        content["at"] = begins
    if reading.chosen(row, "flow", SHEET, "answers") == "true":
        content["flow_only"] = True
    if reading.chosen(row, "only", SHEET, "answers") == "true":
        content["only"] = True
    return Told(f"scenarios/{stem}.yaml", content, [])


def _moment(reading: Reading, row: Row) -> str | None:
    """Read when a rehearsal begins: a day without an hour begins when the offices open."""
    text = row.get("at")
    try:
        begins = datetime.fromisoformat(text)
    except ValueError:
        reading.tell(Cell(SHEET, row.number, "at"), "book_moment", value=text, example=AT)
        return None
    return f"{begins:%Y-%m-%d %H:%M}" if len(text) > len("2026-11-23") else f"{text} {AT[-5:]}"


def _free(kind: str, taken: Container[str]) -> str:
    names = (kind, *(f"{kind}_{n}" for n in range(2, 1000)))
    return next(one for one in names if f"scenarios/{one}.yaml" not in taken)


def _people(reading: Reading, row: Row) -> None:
    """Tell whom the invented town does not have."""
    cells = {column: [row.get(column)] for column in ("who", "of", "for") if row.get(column)}
    cells |= {"held": row.get("held").split(BETWEEN)} if row.get("held") else {}
    for column, people in cells.items():
        for one in people:
            if one not in cast.names():
                reading.tell(Cell(SHEET, row.number, column), "no_person", cast.names(), name=one, value=one)


def step(reading: Reading, row: Row, terms: Terms) -> dict[str, Any] | None:
    """Read one row: who does what, what it brings, and what then stands; None where it says no deed."""
    verb = name("verbs", row.get("verb"))
    if verb is None:
        reading.tell(Cell(SHEET, row.number, "verb"), "book_choice", tuple(words("verbs")), value=row.get("verb"))
        return None
    _people(reading, row)
    found: dict[str, Any] = {}
    if row.get("who"):
        found[verb if verb in OF_PERSON else "who"] = row.get("who")
    value = _value(reading, row, verb, terms)
    if value is not None:
        found[verb] = value
    if verb in GIVES and (row.get("given") or verb == "reports"):
        found[GIVES[verb]] = _given(reading, row, terms)
    if row.get("says"):
        found["says"] = row.get("says")
    if row.get("has"):
        found["is" if verb == "free" else "has"] = row.get("has")
    found |= _booked(reading, row) | _after(reading, row, terms)
    rest = reading.phrase(row, "more", SHEET, phrases.more) or {}
    gives = GIVES.get(verb, "")
    both = {gives: {**found.get(gives, {}), **rest[gives]}} if gives in rest else {}
    return {**found, **rest, **both}


def _booked(reading: Reading, row: Row) -> dict[str, str]:
    """Read whose case is meant where there are several, for whom it is reported, and why something is refused."""
    found = {column: row.get(column) for column in ("of", "for") if row.get(column)}
    because = reading.chosen(row, "because", SHEET, "refusals")
    return {**found, "because": because} if because else found


def _value(reading: Reading, row: Row, verb: str, terms: Terms) -> Any:
    text = row.get("value")
    if verb == "again":
        return True
    if not text:
        return None
    actions = dict.fromkeys(DEEDS, terms.actions)
    fields = dict.fromkeys(("free", "asks"), terms.vocabulary.names)
    ends = {"result": words("results"), "objection": words("objections")}
    known = {**actions, **fields, **ends, "stage": terms.stages}.get(verb)
    if known is not None and re.fullmatch(NAME, text):
        return text
    if known is not None and text not in known:
        reading.tell(Cell(SHEET, row.number, "value"), "book_named", tuple(known), value=text)
        return None
    if verb == "wait":
        return phrases.length(text)
    return text if known is None else known[text]


def _after(reading: Reading, row: Row, terms: Terms) -> dict[str, Any]:
    """Read what stands after a step: where the case is, who holds it, and who heard what."""
    found: dict[str, Any] = {}
    if row.get("then"):
        found["then"] = _target(reading, row, "then", terms.stages)
    if row.get("held"):
        found["held"] = row.get("held").split(BETWEEN)
    if row.get("hears"):
        found["hears"] = reading.phrase(row, "hears", SHEET, phrases.given) or {}
    return found


def _target(reading: Reading, row: Row, column: str, known: Mapping[str, str]) -> str:
    """A stage or an end, as it is called or by its name."""
    text = row.get(column)
    found = known.get(text) or name("results", text) or text
    if not re.fullmatch(NAME, found):
        reading.tell(Cell(SHEET, row.number, column), "book_named", tuple(known), value=text)
        return NOWHERE
    return found


def _given(reading: Reading, row: Row, terms: Terms) -> dict[str, Any]:
    names = terms.vocabulary.names
    pairs = reading.phrase(row, "given", SHEET, lambda text: phrases.given(phrases.parted(text, names))) or {}
    found = {}
    for word, value in pairs.items():
        key = names.get(word) or labels()["ids"].get(word, word)
        if not re.fullmatch(NAME, key):
            reading.tell(Cell(SHEET, row.number, "given"), "book_named", tuple(names), value=word)
            continue
        found[key] = terms.choices.get(key, {}).get(value, value)
    return found


def said(played: Mapping[str, Sequence[Scenario]], terms: Terms) -> Table:
    """Say the rehearsals as rows."""
    rows: list[Row] = []
    paths: set[str] = set()
    for path, several in played.items():
        for scenario in several:
            head = _head(path, scenario, paths, len(several) > 1)
            for step in together([scenario])["steps"]:
                rows.append(Row(len(rows) + 2, {**head, **_step_said(step, terms)}))
                head = {}
        paths.add(path)
    return Table(SHEET, tuple(rows))


def _head(path: str, scenario: Scenario, taken: Container[str], is_named: bool) -> dict[str, str]:
    stem, yes = path.removeprefix("scenarios/").removesuffix(".yaml"), str(labels()["answers"]["true"])
    head = {"scenario": scenario.scenario, "kind": label("scenario_kinds", scenario.kind.value)}
    head |= {"at": scenario.at} if scenario.at != AT else {}
    head |= {"flow": yes} if scenario.flow_only else {}
    head |= {"only": yes} if scenario.only else {}
    return head | ({"file": stem} if is_named or stem != _free(scenario.kind.value, taken) else {})


def _step_said(step: Mapping[str, Any], terms: Terms) -> dict[str, str]:
    rest = dict(step)
    verb = next(one for one in VERBS if one in rest)
    cells = {"verb": label("verbs", verb)}
    value = rest.pop(verb)
    if verb in OF_PERSON:
        cells["who"] = value
    elif verb != "again":
        cells["value"] = "" if verb == "reports" else _value_said(verb, str(value), terms)
    if verb not in OF_PERSON and "who" in rest:
        cells["who"] = rest.pop("who")
    if verb == "free":
        rest["has"] = rest.pop("is", "")
    for key in ("says", "has", "of", "for"):
        cells[key] = str(rest.pop(key, ""))
    if rest.get("because") in labels()["refusals"]:
        cells["because"] = label("refusals", rest.pop("because"))
    cells |= _after_said(rest, terms)
    if verb in GIVES:
        pairs = value if verb == "reports" else rest.pop("with", {})
        cells["given"], left = _given_said(pairs, terms, str(value) if verb in DEEDS else "")
        rest |= {GIVES[verb]: left} if left else {}
    cells["more"] = phrases.more_said(rest)
    return {column: text for column, text in cells.items() if text}


def _after_said(rest: dict[str, Any], terms: Terms) -> dict[str, str]:
    """Say what stands after a step; what no cell can hold is left in `rest`."""
    cells: dict[str, str] = {}
    if "then" in rest:
        cells["then"] = _value_said("stage", label("results", rest["then"]), terms)
        del rest["then"]
    held = rest.get("held")
    if held:
        cells["held"] = held if isinstance(held, str) else BETWEEN.join(held)
        del rest["held"]
    hears = rest.get("hears", {})
    if hears and all(isinstance(text, str) and not set(text) & UNSAID for text in hears.values()):
        cells["hears"] = "；".join(f"{person}={text}" for person, text in hears.items())
        del rest["hears"]
    return cells


def _value_said(verb: str, value: str, terms: Terms) -> str:
    if verb == "wait":
        return phrases.length_said(value)
    if verb in ("result", "objection"):
        return label(f"{verb}s", value)
    if verb in ("free", "asks"):
        return terms.vocabulary.said.get(value, value)
    actions = dict.fromkeys(DEEDS, terms.actions)
    known = {**actions, "stage": terms.stages}.get(verb, {})
    titles = [word for word, key in known.items() if key == value and word != key]
    return titles[0] if titles else value


def _given_said(pairs: Mapping[str, Any], terms: Terms, action: str) -> tuple[str, dict[str, Any]]:
    """Say what a step brings; what is no plain text stays as it is."""
    plain, left = [], {}
    for key, value in pairs.items():
        options = {option: word for word, option in terms.choices.get(key, {}).items()}
        word = terms.word(key, action)
        if isinstance(value, str) and value and not set(value) & UNSAID and value == value.strip():
            shown = options.get(value, value)
            plain.append(f"{word}={shown}")
        else:
            left[key] = value
    return "；".join(plain), left


def choices_of(fields: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, dict[str, str]]]:
    """List the options of each choice, names by word."""
    for key, spec in fields:
        if spec.get("options"):
            yield key, {one["name"]: option for option, one in spec["options"].items()}


def kinds_of_steps() -> list[str]:
    """The words for what somebody does in a step, to choose from."""
    return list(labels()["verbs"].values())
