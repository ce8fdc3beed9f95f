"""A question in the statutes' words: what people call a thing, and what the law calls it (`legal_words.yaml`)."""

from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind
from ruamel.yaml import YAML


def statutes_words(question: str) -> str:
    """Give the words that statutes use for what a question names; empty where none is known or all are there."""
    finder, official = _read()
    said = (question[start:end] for _, start, end in finder.find_matches_as_indexes(question))
    names = dict.fromkeys(name for word in said for name in official[word])
    return " ".join(name for name in names if name not in question)


@cache
def _read() -> tuple[AhoCorasick, dict[str, list[str]]]:
    text = Path(__file__).with_name("legal_words.yaml").read_text("utf-8")
    official: dict[str, list[str]] = {}
    for names, said in YAML(typ="safe", pure=True).load(text)["widen"].items():
        for word in str(said).split():
            official.setdefault(word, []).extend(names.split())
    return AhoCorasick(sorted(official), matchkind=MatchKind.LeftmostLongest), official
