"""The numbers that Word writes before a paragraph by itself: not in its text, and a clause is cited by them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from knowledge.structure.patterns import chinese

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST = 9_999


@dataclass(frozen=True, slots=True)
class Level:
    """How one depth of a list is numbered."""

    start: int = 1
    form: str = "decimal"
    text: str = ""


class Numbering:
    """Counts the lists of one document, paragraph by paragraph in order."""

    def __init__(self, root: Any | None, style_of: Callable[[str], Any | None]) -> None:
        """`root`: the numbering part's element; `style_of`: a style's element by its id."""
        self._levels: dict[str, dict[int, Level]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._style_of = style_of
        if root is not None:
            abstract = {each.get(f"{W}abstractNumId"): _levels(each) for each in root.iter(f"{W}abstractNum")}
            for number in root.iter(f"{W}num"):
                base = number.find(f"{W}abstractNumId")
                levels = dict(abstract.get(base.get(f"{W}val") if base is not None else None, {}))
                self._levels[number.get(f"{W}numId")] = levels | _levels(number)

    def of(self, paragraph: Any) -> str:
        """Give the number of the next paragraph, empty where it has none or only a dot."""
        number_id, depth = self._place(paragraph)
        level = self._levels.get(number_id, {}).get(depth)
        if level is None:
            return ""
        counts = self._counts[number_id]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        if level.form in {"bullet", "none"}:
            return ""
        return self._written(number_id, depth, level)

    def _written(self, number_id: str, depth: int, level: Level) -> str:
        text = level.text
        for place in range(depth + 1):
            known = self._levels[number_id].get(place, Level())
            count = self._counts[number_id].get(place, known.start)
            text = text.replace(f"%{place + 1}", _numeral(count, known.form))
        return text.strip()

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """Find list and depth of a paragraph: its own, or those of its style and the styles that one rests on."""
        holder, seen = paragraph, 0
        number_id, depth = "", None
        while holder is not None and seen < 10:
            properties = holder.find(f"{W}pPr")
            listed = properties.find(f"{W}numPr") if properties is not None else None
            if listed is not None:
                number_id = number_id or _value(listed, "numId")
                depth = depth if depth is not None else _value(listed, "ilvl") or None
                if number_id:
                    break
            style = _value(properties, "pStyle") if holder is paragraph and properties is not None else ""
            holder = self._style_of(style or _value(holder, "basedOn"))
            seen += 1
        return number_id, int(depth or 0)


def _levels(holder: Any) -> dict[int, Level]:
    found = {}
    for level in holder.iter(f"{W}lvl"):
        start = _value(level, "start")
        shown = Level(int(start) if start.isdigit() else 1, _value(level, "numFmt"), _value(level, "lvlText"))
        found[int(level.get(f"{W}ilvl", "0"))] = shown
    return found


def _value(holder: Any, name: str) -> str:
    found = holder.find(f"{W}{name}") if holder is not None else None
    return str(found.get(f"{W}val") or "") if found is not None else ""


def _numeral(count: int, form: str) -> str:
    if not 0 < count <= _MOST:
        return str(count)
    if form.startswith(("chinese", "japanese", "ideograph", "taiwanese")):
        return chinese(count)
    if form in {"lowerLetter", "upperLetter"} and count <= 26:
        return chr(ord("a" if form == "lowerLetter" else "A") + count - 1)
    return str(count)
