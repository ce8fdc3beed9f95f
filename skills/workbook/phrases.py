"""Cells that hold more than one thing: options, what an action needs, who acts, and where it leads. Pure, both ways.

What a phrase cannot hold is not said here: `writing.py` then keeps it in the last column, as it is stored.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from skills.workbook.labels import label, labels, name, words
from skills.workbook.naming import Vocabulary, made
from township.errors import Mistake
from workflows import expressions
from workflows.clocks import durations
from workflows.flow.apart import OF_STAGE, stage_of
from workflows.numerals import read_number

OPTION = re.compile(
    r"(?:(?P<id>[a-z][a-z0-9_]*)\s*=\s*)?(?P<name>[^（(=]+?)\s*(?:[（(](?P<inside>.*)[）)])?", re.DOTALL
)
OF_WORDS = "separators_of_words"
"""Lists of single words: commas part them too."""
OR = re.compile(r"\s*,?\s+or\s+")
WAY_WHEN = re.compile(r"(?P<way>[^（(]+?)\s*[（(](?P<when>.*)[）)]", re.DOTALL)
ENGLISH_WHO = re.compile(r"[a-z_][a-z_. ]*")


class Unread(Exception):
    """A phrase that cannot be read: why, by its sentence, and what may have been meant."""

    def __init__(self, code: str, known: tuple[str, ...] = (), **values: object) -> None:
        super().__init__(code)
        self.code, self.known, self.values = code, known, values


def listed(text: str, separators: str = "separators") -> list[str]:
    """Split a list; what stands in brackets belongs together."""
    parts = re.split(labels()[separators] + r"(?![^（(]*[）)])", text)
    return [part.strip() for part in parts if part.strip()]


def _inside(text: str) -> list[str]:
    return [part.strip() for part in re.split(labels()["words"], text or "") if part.strip()]


def number(text: str) -> int:
    """Read a whole number; who writes "2 times" means it too."""
    said = text.removesuffix(str(labels()["times"])).strip()
    if not said.isdecimal():
        raise Unread("book_number", value=text)
    return int(said)


def options(text: str) -> dict[str, Any]:
    """Read options: `路灯（灯不亮，灯坏）、道路`, each perhaps with its name in front."""
    found: dict[str, Any] = {}
    for part in listed(text, OF_WORDS):
        match = OPTION.fullmatch(part)
        if match is None:
            raise Unread("book_option", value=part)
        key = match["id"] or made(match["name"])
        if key in found:
            raise Unread("book_twice", value=match["name"])
        said = _inside(match["inside"])
        found[key] = {"name": match["name"], **({"words": said} if said else {})}
    return found


def options_said(spec: Mapping[str, Any]) -> str:
    """Say options; empty where they could not be read back."""
    parts = []
    for key, one in spec.items():
        said = f"（{'，'.join(one['words'])}）" if one.get("words") else ""
        parts.append(f"{'' if made(one['name']) == key else f'{key}='}{one['name']}{said}")
    said = "、".join(parts)
    try:
        return said if options(said) == spec else ""
    except Unread:
        return ""


def needs(text: str, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read what an action needs: `怎么办的（文字，可以不填）、转给谁（哪个人）`; `names`: of the form, by word."""
    known = names or {}
    found: dict[str, Any] = {}
    for part in listed(text):
        match = OPTION.fullmatch(part)
        if match is None:
            raise Unread("book_need", value=part)
        spec: dict[str, Any] = {"kind": "text", "name": match["name"]}
        for word in _inside(match["inside"]):
            kind = name("kinds", word)
            if word == labels()["optional"]:
                spec["optional"] = True
            elif kind is None:
                raise Unread("book_kind", tuple(words("kinds")), value=word)
            else:
                spec["kind"] = kind
        found[match["id"] or known.get(match["name"]) or made(match["name"])] = spec
    return found


def needs_said(spec: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """Say what an action needs; empty where it could not be read back."""
    parts, known = [], names or {}
    for key, one in spec.items():
        inside = [label("kinds", one["kind"]), *([labels()["optional"]] if one.get("optional") else [])]
        is_made = known.get(one["name"], made(one["name"])) == key
        parts.append(f"{'' if is_made else f'{key}='}{one['name']}（{'，'.join(inside)}）")
    try:
        return "、".join(parts) if needs("、".join(parts), known) == spec else ""
    except Unread:
        return ""


def who(text: str, vocabulary: Vocabulary) -> str:
    """Read who acts: `村文书 或者 镇文书`, `表里的转给谁`."""
    found = []
    for part in re.split(rf"\s*{labels()['or_read']}\s*|{labels()[OF_WORDS]}|\s+or\s+", text):
        word, named = part.strip(), str(labels()["named"])
        if (known := name("who", word)) is not None:
            found.append(known)
        elif word.startswith(named):
            field = word.removeprefix(named).strip("：: ")
            found.append(f"named {vocabulary.names.get(field, made(field))}")
        elif ENGLISH_WHO.fullmatch(word):
            found.append(word)
        elif word:
            raise Unread("book_who", tuple(words("who")), value=word)
    return " or ".join(found)


def who_said(source: str, vocabulary: Vocabulary) -> str:
    """Say who acts."""
    said = []
    for part in OR.split(source.strip()):
        field = part.removeprefix("named ")
        is_named = field != part and field in vocabulary.said
        said.append(f"{labels()['named']}{vocabulary.said[field]}" if is_named else label("who", part))
    text = f" {labels()['or']} ".join(said)
    return text if who(text, vocabulary) == source else source


def apart(text: str, stages: Mapping[str, str], vocabulary: Vocabulary) -> list[str]:
    """Read whom a stage never asks: `村民、办“村里看”的人、表里的转给谁`; `stages`: names by title."""
    found = []
    for word in listed(text):
        match = re.fullmatch(str(labels()["decided_in_read"]), word)
        title, named = match["stage"] if match else word, str(labels()["named"])
        if (known := name("without", word)) in labels()["without"]:
            found.append(str(known))
        elif title in stages:
            found.append(f"{OF_STAGE}{stages[title]}")
        elif word.startswith(named):
            field = word.removeprefix(named).strip("：: ")
            found.append(vocabulary.names.get(field, made(field)))
        else:
            raise Unread("book_apart", (*words("without"), *stages), value=word)
    return found


def apart_said(found: list[str], titles: Mapping[str, str], vocabulary: Vocabulary) -> str:
    """Say whom a stage never asks; empty where it could not be read back. `titles`: by name."""
    known: Mapping[str, str] = labels()["without"]
    parts = []
    for word in found:
        if stage := stage_of(word):
            parts.append(str(labels()["decided_in"]).format(stage=titles.get(stage, stage)))
        else:
            parts.append(known.get(word) or f"{labels()['named']}{vocabulary.said.get(word, word)}")
    said, stages = "、".join(parts), {title: key for key, title in titles.items()}
    stages |= {stage: stage for stage in map(stage_of, found)}
    try:
        return said if apart(said, stages, vocabulary) == found else ""
    except Unread:
        return ""


def condition(text: str, vocabulary: Vocabulary) -> str:
    """Read a condition: `桌数 不少于 40 并且 哪一类 是 红事`."""
    source = vocabulary.condition(text)
    try:
        expressions.parse(source)
    except Mistake as mistake:
        raise Unread("book_condition", value=text) from mistake
    return source


def sum_of(text: str, vocabulary: Vocabulary) -> str:
    """Read how something is worked out: `多少桌 × 10`, `身份证号的岁数`."""
    source = vocabulary.sum(text)
    try:
        expressions.parse(source)
    except Mistake as mistake:
        raise Unread("book_sum", value=text) from mistake
    return source


def target(text: str, stages: Mapping[str, str], vocabulary: Vocabulary) -> Any:
    """Read where an action leads: a stage, or `桌数不少于40：镇里看；其他：村里看`; `stages`: names by title."""
    parts = [part.strip() for part in re.split(r"[；;\n]", text) if part.strip()]
    branches = []
    for part in parts:
        when, _, title = re.sub(r"[：:]\s*", "：", part).rpartition("：")
        stage = stages.get(title.strip())
        if stage is None:
            raise Unread("book_stage", tuple(stages), value=title.strip())
        is_last = not when or when.strip() == labels()["otherwise"]
        branches.append({"is": stage} if is_last else {"when": condition(when, vocabulary), "is": stage})
    return branches[0]["is"] if len(branches) == 1 and "when" not in branches[0] else branches


def target_said(branches: Any, titles: Mapping[str, str], vocabulary: Vocabulary) -> str:
    """Say where an action leads; `titles`: by name."""
    if isinstance(branches, str):
        return titles.get(branches, branches)
    said = []
    for one in branches:
        when = vocabulary.condition_said(one["when"]) if one.get("when") else labels()["otherwise"]
        said.append(f"{when}：{titles.get(one['is'], one['is'])}")
    return "；".join(said)


def ways(text: str, stages: Mapping[str, str], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Read ways that run side by side: `村里看→村里签；镇里看（多少桌 多于 30）`; `stages`: names by title."""
    return [_way(part, stages, vocabulary) for part in re.split(r"[；;\n]", text) if part.strip()]


def _way(text: str, stages: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, Any]:
    plain, when = text.strip(), ""
    if plain not in stages and (match := WAY_WHEN.fullmatch(plain)):
        plain, when = match["way"], match["when"]
    titles = [part.strip() for part in re.split(str(labels()["way_read"]), plain)]
    for title in titles:
        if title not in stages:
            raise Unread("book_stage", tuple(stages), value=title)
    found: dict[str, Any] = {"stages": [stages[title] for title in titles]}
    return {**found, "when": condition(when, vocabulary)} if when else found


def ways_said(found: Sequence[Mapping[str, Any]], titles: Mapping[str, str], vocabulary: Vocabulary) -> str:
    """Say ways that run side by side; empty where they could not be read back. `titles`: by name."""
    parts = []
    for way in found:
        said = labels()["way"].join(titles.get(stage, stage) for stage in way["stages"])
        parts.append(f"{said}（{vocabulary.condition_said(way['when'])}）" if way.get("when") else said)
    try:
        same = ways("；".join(parts), {title: name for name, title in titles.items()}, vocabulary) == list(found)
    except Unread:
        return ""
    return "；".join(parts) if same else ""


def given(text: str) -> dict[str, str]:
    """Read what a step of a rehearsal brings: `桌数=20；在哪里=村西头`."""
    found = {}
    for part in re.split(r"[；;\n]", text):
        if not part.strip():
            continue
        plain = part.replace("＝", "=")
        word, sign, value = plain.partition("=") if "=" in plain else part.partition("：")
        if not sign:
            raise Unread("book_given", value=part.strip())
        found[word.strip()] = value.strip()
    return found


def parted(text: str, names: Mapping[str, str]) -> str:
    """Part pairs that are written with commas: a comma before a known word and its sign ends the pair before."""
    known = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    return re.sub(rf"{labels()['words']}(?=\s*(?:{known})\s*[=＝：:])", "；", text) if known else text


def length(text: str) -> str:
    """Read a length of time with its number in figures: "three working days at most" is 3 working days."""
    match = re.fullmatch(str(labels()["length_read"]), text.strip())
    amount = read_number(match["amount"]) if match else None
    read = f"{int(amount)} {match['unit']}" if match and amount else text
    try:
        durations.parse(read)
    except Mistake:
        return text  # told as it was written
    return read


def length_said(text: str) -> str:
    """Say a length of time as people write it."""
    try:
        length = durations.parse(text)
    except Mistake:
        return text
    said = f"{length.amount} {label('units', length.unit)}"
    return said if durations.parse(said) == length else text


def more(text: str) -> dict[str, Any]:
    """Read what the last column keeps as it is stored; what is no mapping is no such text."""
    read = json.loads(text)
    if not isinstance(read, dict):
        raise json.JSONDecodeError("not a mapping", text, 0)
    return read


def more_said(rest: Mapping[str, Any]) -> str:
    """Write what no column holds; empty if nothing is left."""
    return json.dumps(rest, ensure_ascii=False) if rest else ""
