"""Names between a clerk's words and a folder: made for words without one, and exchanged in conditions and sentences.

A name is made from how the word is read, always the same, so that a workbook that comes back names things as before.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from skills.workbook.labels import labels
from township import pinyin
from workflows.notation import NAME

BRACES = re.compile(r"\{([^{}]*)\}")
QUOTED = re.compile(r"('[^']*'|\"[^\"]*\")")
_SIGN = re.compile(r">=|<=|==|!=|>|<|\bis not empty\b|\bis empty\b|\b(?:and|or)\b")
PART = re.compile(r"([^\W\d]\w*)(\.\w+|)")
WORD = re.compile(r"[^\W\d][\w.]*")


def made(word: str) -> str:
    """Make a name for a clerk's word; what is a name already stays."""
    known: Mapping[str, str] = labels()["ids"]
    if word in known or re.fullmatch(NAME, word):
        return known.get(word, word)
    parts = re.findall(r"[A-Za-z0-9]+|[一-鿿]", word)
    read = "_".join(part.lower() if part.isascii() else pinyin.reading(part) or "x" for part in parts)
    return read if re.match(r"[a-z]", read) else f"x_{read}".rstrip("_")


def titled(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """List the names by their titles, as far as a title means one; a pair without either says nothing."""
    found: dict[str, set[str]] = {}
    for name, title in pairs:
        if name and title:
            found.setdefault(title, set()).add(name)
    return {title: next(iter(names)) for title, names in found.items() if len(names) == 1}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one service: of its fields and of their options, both ways."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Names by word; a word that means several is left out."""
    said: Mapping[str, str] = field(default_factory=dict)
    """Words by name; a name with several words is left out."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Vocabulary":
        """Gather (name, word) pairs."""
        once = list(dict.fromkeys(pairs))
        words = Counter(word for _, word in once)
        names = Counter(name for name, _ in once)
        taken = set(labels()["braces"].values()) | set(labels()["operators"])
        plain = {word for word in words if WORD.fullmatch(word) and word not in taken}
        found = {word: name for name, word in once if words[word] == 1 and word in plain}
        said = {name: word for word, name in found.items() if names[name] == 1 and word not in names}
        return cls(found, said)

    def condition(self, text: str) -> str:
        """Read a condition as a clerk writes it: our names for words, signs for "at least" and the like."""
        operators: Mapping[str, str] = labels()["operators"]
        spoken = sorted({**operators, **self.names}, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, spoken)))

        def exchange(found: re.Match[str]) -> str:
            word = found[0]
            return self.names.get(word) or f" {operators[word]} "

        parts = QUOTED.split(text)
        read = "".join(part if n % 2 else pattern.sub(exchange, part) for n, part in enumerate(parts))
        return re.sub(r" {2,}", " ", read).strip()

    def condition_said(self, source: str) -> str:
        """Say a condition with a clerk's words for our names; as it is where it would not be read back the same."""
        parts = QUOTED.split(source)
        named = "".join(
            part if n % 2 else WORD.sub(lambda found: self.said.get(found[0], found[0]), part)
            for n, part in enumerate(parts)
        )
        signs: Mapping[str, str] = labels()["signs"]
        spoken = "".join(
            part if n % 2 else _SIGN.sub(lambda found: signs[" ".join(found[0].split())], part)
            for n, part in enumerate(QUOTED.split(named))
        )
        return next((said for said in (spoken, named) if self.condition(said) == source), source)

    def sum(self, text: str) -> str:
        """Read how something is worked out, as a clerk writes it: names for words, signs for "times"."""
        signs: Mapping[str, str] = labels()["sums"]
        spoken = sorted({**signs, **self.names}, key=len, reverse=True)
        read = re.sub("|".join(map(re.escape, spoken)), lambda found: self._summed(found[0], signs), text)
        return re.sub(r" {2,}", " ", read).strip()

    def _summed(self, word: str, signs: Mapping[str, str]) -> str:
        sign = signs.get(word, "")
        return self.names.get(word) or (sign if sign[:1] in ".()" else f" {sign} ")

    def sum_said(self, source: str) -> str:
        """Say how something is worked out; as it is where it would not be read back the same."""
        signs: Mapping[str, str] = labels()["sums_said"]
        said = PART.sub(lambda found: f"{self.said.get(found[1], found[1])}{signs.get(found[2], found[2])}", source)
        said = re.sub(r"[*/+-]", lambda found: signs[found[0]], said)
        return said if self.sum(said) == source else source

    def sentence(self, text: str) -> str:
        """Read a sentence: our names in its braces."""
        braces = {word: name for name, word in labels()["braces"].items()}
        return BRACES.sub(lambda found: f"{{{braces.get(found[1]) or self.names.get(found[1], found[1])}}}", text)

    def sentence_said(self, text: str) -> str:
        """Say a sentence with a clerk's words in its braces; as it is where it would not be read back the same."""
        braces: Mapping[str, str] = labels()["braces"]
        said = BRACES.sub(lambda found: f"{{{braces.get(found[1]) or self.said.get(found[1], found[1])}}}", text)
        return said if self.sentence(said) == text else text
