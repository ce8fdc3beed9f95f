"""What villagers ask in the township eval: our own files, or other people's questions as JSONL.

Our questions were written before the rules; half of them, told apart by a digest, is never looked at while rules are
made. Which half a question is in stays the same as long as its words do.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

DATASETS = Path(__file__).with_name("datasets")
FACTS, VARIANTS = DATASETS / "township_facts.yaml", DATASETS / "township_variants.yaml"
DOCUMENTS = DATASETS / "township.yaml"
WAYS = ("plain", "dialect", "misheard", "follow_up", "inside")
"""Of asking for a fact."""
SPELLED = ("colloquial", "typo", "pinyin")
"""Ways of asking for a clause, of which the first three found are looked at."""


class Half(StrEnum):
    """The half that is looked at while rules are made, and the half that is not."""

    seen = "seen"
    blind = "blind"


class Question(BaseModel):
    """A question with what is right: a fact, or a file and clause, or nothing at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    way: str
    ask: str
    previous: str = ""
    """What was asked before, in the same conversation."""
    village: str = ""
    """Of the asker."""
    fact: str = ""
    """First way of asking of its row."""
    file: str = ""
    """The end of the document's path."""
    clause: str = ""
    """Its number as printed; empty: any clause of the file."""

    @property
    def half(self) -> Half:
        """Say in which half it is."""
        digest = hashlib.sha256(f"{self.previous}\n{self.ask}".encode()).digest()
        return Half.blind if digest[0] % 2 else Half.seen

    @property
    def has_answer(self) -> bool:
        """Tell whether the samples know it."""
        return bool(self.fact or self.file)


@dataclass(frozen=True, slots=True)
class _Files:
    """Our files, read."""

    facts: dict[str, dict[str, str | list[str]]]
    variants: dict[str, Any]
    documents: dict[str, list[dict[str, str]]]


def ours(villages: dict[str, str]) -> Iterator[Question]:
    """Give our questions; `villages` names the village of a fact that only its people may hear."""
    files = _Files(
        *(YAML(typ="safe", pure=True).load(path.read_text("utf-8")) for path in (FACTS, VARIANTS, DOCUMENTS))
    )
    for fact, ways in files.facts.items():
        file, clause = files.variants["also"].get(fact, ("", ""))
        for way, said in ways.items():
            previous, ask = said if isinstance(said, list) else ("", said)
            village = villages.get(fact, "")
            yield Question(way=way, ask=ask, previous=previous, village=village, fact=fact, file=file, clause=clause)
    for way in SPELLED:
        for ask, file, clause in files.variants[way]:
            yield Question(way=way, ask=ask, file=file, clause=clause)
    for way, name in (("follow_up_clause", "follow_up"), ("new_topic", "new_topic")):
        for previous, ask, file, clause in files.variants[name]:
            yield Question(way=way, ask=ask, previous=previous, file=file, clause=clause)
    for village, ask, right in files.variants["days"]:
        is_file = right.endswith(".md")
        yield Question(way="day", ask=ask, village=village, **{"file" if is_file else "fact": right})
    for item in files.documents["documents"]:
        yield Question(way="document", ask=item["ask"], file=item["file"], clause=item["clause"])
    for way, asked in (("unanswerable", files.documents["unanswerable"]), ("no_answer", files.variants["no_answer"])):
        for each in asked:
            yield Question(way=way, ask=str(each))


def read(path: Path) -> Iterator[Question]:
    """Read other people's questions, one JSON object a line."""
    for line in filter(str.strip, path.read_text("utf-8").splitlines()):
        yield Question.model_validate(json.loads(line))
