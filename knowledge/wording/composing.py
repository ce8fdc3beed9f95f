"""Answers in the words of a chat model: composed from the clauses that were found, and held against them sentence by
sentence. What does not stand is dropped; where nothing is left, or the model fails, the quoted answer stays.

The model sees clauses and question only; it has no tools, and the lines that say where it stands are written here.
"""

import asyncio
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.numbers.figures import figures, normal
from knowledge.retriever import Hit
from knowledge.wording import quoting, support
from knowledge.wording.orders import without_orders
from knowledge.wording.replies import Answer
from knowledge.wording.support import Evidence, Fault
from township import privacy
from township.texts import Texts

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

LATEST = 180.0
"""Seconds after which a model is not waited for any longer, whoever waits."""
REST = 20.0
"""Seconds after a failure in which nobody waits for the model again."""
AS_NEAR = 0.75
"""Share of what the quoted words have in common with the question that a model's words must have too."""
MOST_SENTENCES = 5
MOST_CLAUSES = 6
MOST_OUTPUT = 6000
"""Characters of an output that are read; a model that says more than that babbles."""
LONGEST_CLAUSE = 700


class Said(BaseModel):
    """One sentence and the numbers of the clauses that it rests on."""

    model_config = ConfigDict(extra="ignore")

    text: str
    clauses: list[str | int] = Field(default_factory=list)


class Output(BaseModel):
    """What a model is to return."""

    model_config = ConfigDict(extra="ignore")

    sentences: list[Said]


SCHEMA: dict[str, Any] = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "sentences": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "text": {"type": "string"},
                            "clauses": {"type": "array", "items": {"type": "string"}},
                        },
                        "required": ["text", "clauses"],
                        "additionalProperties": False,
                    },
                }
            },
            "required": ["sentences"],
            "additionalProperties": False,
        },
    },
}
"""The shape of `Output` as endpoints want it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that stands, and the clauses in which it does."""

    text: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What became of an output: what stands, and why the rest does not."""

    sentences: tuple[Sentence, ...] = ()
    faults: tuple[Fault, ...] = ()
    problem: str = ""
    """Why there is no output at all: the kind of error."""


class Composer:
    """Puts answers into words with one chat model."""

    def __init__(self, model: "BaseChatModel", *, seconds: float = LATEST, rest: float = REST) -> None:
        self._model = model
        self._seconds = seconds
        self._rest = rest
        self._rests_until = 0.0

    async def improve(self, answer: Answer, question: str, day: date) -> Answer:
        """Say an answer in the model's words where they stand in its clauses; else return it as it is."""
        if not answer.grounds or time.monotonic() < self._rests_until:
            return answer
        draft = await self.draft(question, answer.grounds)
        is_whole = _is_as_near(question, draft.sentences, answer) and _has_numbers(draft.sentences, answer)
        if len(draft.faults) > len(draft.sentences) or not is_whole:
            draft = replace(draft, sentences=())  # what is left may leave out what matters
        about = {"kept": len(draft.sentences), "dropped": len(draft.faults), "problem": draft.problem}
        log.info("an answer was composed", extra={"action": "answer_composed", **about})
        return composed(answer, draft.sentences, day)

    async def close(self) -> None:
        """Let go of the model's connections."""
        close = getattr(self._model, "aclose", None)
        if close is not None:
            await close()

    async def draft(self, question: str, grounds: Sequence[Hit]) -> Draft:
        """Ask the model, and hold each of its sentences against the clauses that it names."""
        hits = [hit for hit in grounds[:MOST_CLAUSES] if without_orders(hit.text)]
        messages = [("system", _texts().say("system")), ("human", _asked(question, hits))]
        try:
            made = await asyncio.wait_for(self._model.ainvoke(messages, response_format=SCHEMA), self._seconds)
        except Exception as error:  # any chat model of LangChain: each has errors of its own
            log.warning("a chat model failed", extra={"action": "chat_model_failed", "error": type(error).__name__})
            self._rests_until = time.monotonic() + self._rest
            return Draft(problem=type(error).__name__)
        try:
            return checked(read(str(made.content)), hits)
        except ValidationError:
            return Draft(problem="babble")


def _is_as_near(question: str, sentences: Sequence[Sentence], answer: Answer) -> bool:
    """Tell whether sentences say of what was asked about as much as the quoted words, which they would stand for."""
    asked, said = _pairs(question), _pairs("".join(one.text for one in sentences))
    return len(asked & said) >= AS_NEAR * len(asked & _pairs(answer.text.partition("\n——")[0]))


def _has_numbers(sentences: Sequence[Sentence], answer: Answer) -> bool:
    """Tell whether no amount, day or age is missing that the quoted words give."""
    return _numbers(answer.text.partition("\n——")[0]) <= _numbers("".join(one.text for one in sentences))


def _numbers(text: str) -> set[str]:
    return {figure.value for figure in figures(normal(text))}


def _pairs(text: str) -> set[str]:
    plain = normal(text)
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def read(output: str) -> Sequence[Said]:
    """Read the output of a model, also inside a code block or after a preamble; anything else is a ValidationError."""
    found = re.search(r"\{.*\}", output[:MOST_OUTPUT], re.DOTALL)
    return Output.model_validate_json(found[0] if found else output[:MOST_OUTPUT]).sentences


def checked(said: Sequence[Said], hits: Sequence[Hit]) -> Draft:
    """Keep the sentences that stand in the clauses which they name."""
    kept: list[Sentence] = []
    faults: list[Fault] = []
    numbered = {str(number): hit for number, hit in enumerate(hits, 1)}
    for one in said[:MOST_SENTENCES]:
        named = [numbered[key] for key in dict.fromkeys(map(_number, one.clauses)) if key in numbered]
        text = " ".join(one.text.split())
        if one.clauses and not named:
            named = _holding(text, hits)
        why = support.fault(text, Evidence.of([evidence_of(hit) for hit in named])) if named else Fault.name
        if why:
            faults.append(why)
        elif text not in {each.text for each in kept}:
            kept.append(Sentence(text, tuple(named)))
    return Draft(tuple(kept), tuple(faults))


def _holding(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """Find the one clause in which a sentence stands; small models write a title where its number belongs."""
    return next(([hit] for hit in hits if not support.fault(text, Evidence.of([evidence_of(hit)]))), [])


def evidence_of(hit: Hit) -> str:
    """Give what a clause says, with the heading under which it says so, without orders to whoever answers."""
    return f"{hit.title}\n{hit.chapter}\n{without_orders(hit.text)}"


def composed(answer: Answer, sentences: Sequence[Sentence], day: date) -> Answer:
    """Write sentences that stand, and behind them where: a mark for each clause when there are several."""
    if not sentences:
        return answer
    texts = _texts()
    hits = list({hit.clause_id: hit for one in sentences for hit in one.hits}.values())
    citations = tuple(quoting.cite(hit) for hit in hits)
    lines = [quoting.line([hit], day) for hit in hits]
    if len(hits) == 1:
        text = texts.say("composed_one", text="".join(_ended(one.text) for one in sentences), citation=lines[0])
        return replace(answer, text=text + _tail(answer), citations=citations)
    marks = {hit.clause_id: number for number, hit in enumerate(hits, 1)}
    said = [
        texts.say("composed_said", text=one.text, mark="".join(str(marks[hit.clause_id]) for hit in one.hits))
        for one in sentences
    ]
    said += [texts.say("composed_line", mark=number, citation=line) for number, line in enumerate(lines, 1)]
    return replace(answer, text="\n".join(said) + _tail(answer), citations=citations)


def _tail(answer: Answer) -> str:
    return f"\n{answer.tail}" if answer.tail else ""


def _asked(question: str, hits: Sequence[Hit]) -> str:
    """Write the question, masked, and the clauses under their numbers."""
    texts = _texts()
    shown = [
        texts.say(
            "clause",
            number=number,
            title=hit.title,
            label=quoting.label(hit),
            text=" ".join(quoting.parted(hit)[1].split("\n"))[:LONGEST_CLAUSE],
        )
        for number, hit in enumerate(hits, 1)
    ]
    return texts.say("human", question=privacy.mask(question), clauses="\n".join(shown))


def _number(given: str | int) -> str:
    """Read the number of a clause as a model writes it: 1, "1", "[1]"."""
    return re.sub(r"\D", "", str(given))


def _ended(text: str) -> str:
    return text if text[-1:] in _ENDS else text + _ENDS[0]


_ENDS = "。！？；"


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).with_name("composing.yaml"))
