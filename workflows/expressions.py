"""The small `when:` and `who:` language: parsed once when a definition is read, evaluated without eval.

`when: kind in [lamp, road] and amount > 500 yuan and not urgent` · `who: village_clerk of village or town_duty`.
A word is a value by name if there is such a value, else it stands for itself. Amounts of money are kept in fen, and
written with their unit.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from typing import Any

from township.errors import Mistake
from workflows.clocks.durations import words

FEN = 100
LONGEST = 1000
"""Signs of an expression."""
NESTS, MOST_NESTS = ("(", "[", "not ", "+", "-", "*", "/"), 60
"""Signs by which one part stands in another, and how many there may be."""
TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d\d-\d\d)|(?P<number>\d+(?:\.\d+)?)|(?P<quoted>'[^']*'|\"[^\"]*\")"
    r"|(?P<mark><=|>=|==|!=|[<>()\[\],+*/-])|(?P<word>[^\W\d][\w.]*))"
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
}
SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
Reading = Callable[[Mapping[str, Any]], Any]
"""Works something out of values."""


class Fen(int):
    """An amount of money, as it was written with its unit."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a parsed expression: an operator with its parts, or a leaf with its value."""

    kind: str
    """and, or, not, compare, sum, list, empty, name or value"""
    parts: tuple["Node", ...] = ()
    value: Any = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed `when:`; `source` is what the clerk wrote."""

    source: str
    root: Node
    _read: Reading = field(init=False, repr=False, compare=False)
    _holds: Reading = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_read", _reader(self.root))
        object.__setattr__(self, "_holds", _test(self.root))

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Work out the expression; what cannot be compared is a Mistake that names the expression."""
        try:
            return self._read(values)
        except (TypeError, ZeroDivisionError, KeyError) as error:
            raise Mistake("cannot_evaluate", expression=self.source) from error

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Say whether the condition is met; a word on its own is, when it names a value that says so."""
        try:
            return bool(self._holds(values))
        except (TypeError, ZeroDivisionError, KeyError) as error:
            raise Mistake("cannot_evaluate", expression=self.source) from error

    def names(self) -> frozenset[str]:
        """List the words that stand on a left-hand side, and so must be names of values."""
        return frozenset(_names(self.root))

    def comparisons(self) -> Iterable[tuple[str, tuple[Any, ...]]]:
        """List (name, words it is compared with), for checks against the options of a choice."""
        return list(_comparisons(self.root))


def parse(source: str) -> Expression:
    """Read a condition or sum; anything else is a Mistake that says where."""
    if len(source) > LONGEST or sum(map(source.count, NESTS)) > MOST_NESTS:
        raise Mistake("unreadable_expression", expression=source[:LONGEST], found="", expected="")
    reader = _Reader(source)
    root = reader.either()
    reader.expect_end()
    return Expression(source, root)


class _Reader:
    """A recursive descent over the tokens of one expression."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = list(_tokens(source))
        self._at = 0

    def either(self) -> Node:
        return self._joined("or", self._both)

    def _both(self) -> Node:
        return self._joined("and", self._negated)

    def _joined(self, word: str, inner: Callable[[], Node]) -> Node:
        parts = [inner()]
        while self._take(word):
            parts.append(inner())
        return parts[0] if len(parts) == 1 else Node(word, tuple(parts))

    def _negated(self) -> Node:
        return Node("not", (self._negated(),)) if self._take("not") else self._compared()

    def _compared(self) -> Node:
        left = self._sum()
        if self._take("is"):
            negated = self._take("not")
            found = Node("empty", (left,)) if self._take("empty") else Node("compare", (left, self._sum()), "==")
            return Node("not", (found,)) if negated else found
        if self._take("not"):
            self._expect("in")
            return Node("not", (Node("compare", (left, self._sum()), "in"),))
        for mark in COMPARISONS:
            if self._take(mark):
                return Node("compare", (left, self._sum()), mark)
        return left

    def _sum(self) -> Node:
        return self._chained(("+", "-"), lambda: self._chained(("*", "/"), self._leaf))

    def _chained(self, marks: tuple[str, ...], inner: Callable[[], Node]) -> Node:
        left = inner()
        while mark := next((mark for mark in marks if self._take(mark)), None):
            left = Node("sum", (left, inner()), mark)
        return left

    def _leaf(self) -> Node:
        if self._take("("):
            inside = self.either()
            self._expect(")")
            return inside
        if self._take("["):
            return self._list()
        if self._at >= len(self._tokens):
            raise self._mistake()
        kind, text = self._tokens[self._at]
        if kind == "mark" or text in RESERVED:
            raise self._mistake()
        self._at += 1
        if kind == "number" and any(self._take(word) for word in words()["yuan"]):
            return Node("value", value=Fen(round(float(text) * FEN)))
        return _leaf(kind, text)

    def _list(self) -> Node:
        parts: list[Node] = []
        while not self._take("]"):
            if parts:
                self._expect(",")
            parts.append(self._sum())
        return Node("list", tuple(parts))

    def _take(self, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] in (("mark", text), ("word", text)):
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._mistake(expected=text)

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise self._mistake()

    def _mistake(self, expected: str = "") -> Mistake:
        found = self._tokens[self._at][1] if self._at < len(self._tokens) else ""
        return Mistake("unreadable_expression", expression=self._source, found=found, expected=expected)


RESERVED = frozenset({"and", "or", "not", "in", "is", "empty"})
CONSTANTS = {"true": True, "false": False}


def _tokens(source: str) -> Iterable[tuple[str, str]]:
    at, text = 0, source.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise Mistake("unreadable_expression", expression=source, found=text[at:].strip()[:1], expected="")
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()


def _leaf(kind: str, text: str) -> Node:
    if kind == "number":
        return Node("value", value=float(text) if "." in text else int(text))
    if kind == "date":
        try:
            return Node("value", value=date.fromisoformat(text))
        except ValueError as error:
            raise Mistake("unreadable_expression", expression=text, found=text, expected="") from error
    if kind == "quoted":
        return Node("value", value=text[1:-1])
    return Node("value", value=CONSTANTS[text]) if text in CONSTANTS else Node("name", value=text)


def _reader(node: Node) -> Reading:
    """Put together once how a node is worked out: a condition is asked far more often than it is read."""
    value = node.value
    match node.kind:
        case "value":
            return lambda values: value
        case "name":
            return lambda values: values.get(value, value)
        case "and":
            return reduce(lambda one, other: lambda values: one(values) and other(values), map(_test, node.parts))
        case "or":
            return reduce(lambda one, other: lambda values: one(values) or other(values), map(_test, node.parts))
        case "list":
            parts = tuple(map(_reader, node.parts))
            return lambda values: [part(values) for part in parts]
        case "not" | "empty":
            return _negating(node.parts[0]) if node.kind == "not" else _empty(node.parts[0])
        case _:
            return _comparing(node) if node.kind == "compare" else _summing(node)


def _test(node: Node) -> Reading:
    """Whether a node is met; a word on its own is only when it names a value that says so."""
    name, read = node.value, _reader(node)
    return (lambda values: bool(values.get(name))) if node.kind == "name" else lambda values: bool(read(values))


def _negating(node: Node) -> Reading:
    test = _test(node)
    return lambda values: not test(values)


def _empty(node: Node) -> Reading:
    return lambda values: node.kind == "name" and values.get(node.value) in (None, "", (), [])


def _comparing(node: Node) -> Reading:
    left, right = node.parts
    compare, other, name, known = COMPARISONS[node.value], _reader(right), left.value, _reader(left)

    def read(values: Mapping[str, Any]) -> bool:
        found = values.get(name) if left.kind == "name" else known(values)
        return found is not None and compare(found, other(values))

    return read


def _summing(node: Node) -> Reading:
    first, second = map(_reader, node.parts)

    def read(values: Mapping[str, Any]) -> Any:
        left, right = first(values), second(values)
        return SUMS[node.value](left, timedelta(days=right) if isinstance(left, date) else right)

    return read


def _names(node: Node) -> Iterable[str]:
    if node.kind == "name":
        yield node.value
    asked = node.parts[:1] if node.kind == "compare" else node.parts
    for part in asked:
        yield from _names(part)


def _comparisons(node: Node) -> Iterable[tuple[str, tuple[Any, ...]]]:
    if node.kind == "compare" and node.parts[0].kind == "name":
        right = node.parts[1]
        yield node.parts[0].value, tuple(part.value for part in (right.parts if right.kind == "list" else (right,)))
    for part in node.parts:
        yield from _comparisons(part)
