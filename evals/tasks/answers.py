"""Answers over the sample documents, by hand-checked questions: cited right, supported, refused where it must be.

`citation`: of the clauses cited first, how many are right (a fact cites none); `says`: the answer holds what it must;
`support`: sentences whose words and numbers stand in the clauses cited (quoted ones word for word); `bracket`: what one
person gets; `refused`: of what is not ours to answer; `turned_away`: ordinary questions that a boundary took for such.
With a model the same of its words: `composed` is the share that it said, `invented` the numbers that no clause holds.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from ruamel.yaml import YAML

from evals.harness import Report
from evals.sample_town import AT, TOWN, sample_town, titles
from evals.scripted import FAULTY, Mode, ScriptedModel
from knowledge.answers import Answer, Answerer, AnswerKind
from knowledge.embeddings import choose
from knowledge.numbers.figures import figures, normal
from knowledge.retriever import fetch
from knowledge.structure.patterns import pattern
from knowledge.wording import support
from knowledge.wording.boundaries import boundary
from knowledge.wording.composing import Composer, evidence_of
from township import llm
from township.scope import Audience, Scope
from township.settings import read_settings

TASK = "answers"
QUESTIONS = Path(__file__).parents[1] / "datasets" / "answers.yaml"
SCRIPTED = "scripted"
"""As a model: one that is good half of the time and fails, invents or obeys the other half."""
DAY = AT.date()
_MARKS = re.compile(r"〔\d+〕|……")


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer, held against its clauses."""

    cites: bool
    cited: bool
    says: bool
    sentences: int
    supported: int
    numbers: int
    invented: int
    composed: bool


def run(*, embedder: str = "", model: str = "", key: str = "") -> Report:
    """Ask everything; `model`: empty, `scripted`, or `https://host/v1#model`."""
    settings = read_settings()
    asked = YAML(typ="safe", pure=True).load(QUESTIONS.read_text("utf-8"))
    chosen = choose(embedder or settings.embedder, settings.home, key=settings.embedder_key.get_secret_value())
    with sample_town(chosen) as answerer:
        quoted = {item["ask"]: _ask(answerer, item["ask"]) for item in asked["documents"]}
        said = asyncio.run(_in_words(quoted, model, key)) if model else quoted
        judged = [_judge(answerer, item, quoted[item["ask"]], said[item["ask"]]) for item in asked["documents"]]
        by = {name: _refusals(answerer, texts) for name, texts in asked["boundaries"].items()}
        refused = [text for texts in asked["boundaries"].values() for text in texts]
        metrics = {
            "citation": fmean(one.cited for one in judged if one.cites),
            "says": fmean(one.says for one in judged),
            "support": sum(one.supported for one in judged) / max(sum(one.sentences for one in judged), 1),
            "invented": sum(one.invented for one in judged),
            "bracket": fmean(_names_amount(_ask(answerer, item["ask"]), item["amount"]) for item in asked["personal"]),
            "refused": fmean(_is_refused(_ask(answerer, text)) for text in refused),
            "turned_away": sum(bool(boundary(text)) for text in asked["ordinary"]),
            "asked_back": sum(answer.kind is AnswerKind.choice for answer in quoted.values()),
        }
        if model:
            metrics["composed"] = fmean(one.composed for one in judged)
    items = sum(len(asked[name]) for name in ("documents", "personal", "ordinary")) + len(refused)
    rounded = {name: round(value, 4) for name, value in metrics.items()}
    return Report(TASK, items, rounded, by, {"embedder": chosen.name if chosen else "none", "model": model or "none"})


async def _in_words(quoted: Mapping[str, Answer], model: str, key: str) -> dict[str, Answer]:
    """Let a model put every answer into words."""
    async with AsyncExitStack() as stack:
        if model == SCRIPTED:
            modes = [mode for bad in FAULTY for mode in (Mode.good, bad)]
            model = (await stack.enter_async_context(ScriptedModel(modes).serving())).setting
        composer = Composer(llm.open_chat(model, key), rest=0)
        stack.push_async_callback(composer.close)
        return {ask: await composer.improve(answer, ask, DAY) for ask, answer in quoted.items()}


def _judge(answerer: Answerer, item: Mapping[str, str], quoted: Answer, said: Answer) -> Judged:
    title, _ = titles()[item["file"]]
    first = quoted.citations[0] if quoted.citations else None
    number = item["clause"].rstrip("、")
    hits = fetch(answerer.library, [citation.clause_id for citation in said.citations])
    evidence = support.Evidence.of([evidence_of(hit) for hit in hits])
    body = _MARKS.sub("", said.text.partition("\n——")[0])
    sentences = [each.strip() for each in pattern("sentence").findall(body) if each.strip()] if hits else []
    whole = normal(evidence.whole)
    held = {figure.value for figure in figures(whole)}
    told = {figure.value for figure in figures(normal(body))} if hits else set()
    return Judged(
        cites=first is not None,
        cited=first is not None and first.title == title and number in first.clause,
        says=normal(item["says"]) in normal(said.text),
        sentences=len(sentences),
        supported=sum(_stands(each, evidence, whole) for each in sentences),
        numbers=len(told),
        invented=len(told - held),
        composed=said.text != quoted.text,
    )


def _stands(sentence: str, evidence: support.Evidence, whole: str) -> bool:
    """Tell whether a sentence stands in the clauses, word for word or by the rules."""
    plain = normal(sentence)
    return (
        plain.rstrip("。;") in whole
        or plain.partition(":")[2].rstrip("。;") in whole
        or not support.fault(sentence, evidence)
    )


def _refusals(answerer: Answerer, texts: Sequence[str]) -> dict[str, float]:
    return {"refused": round(fmean(_is_refused(_ask(answerer, text)) for text in texts), 4), "items": len(texts)}


def _is_refused(answer: Answer) -> bool:
    return answer.kind is AnswerKind.boundary


def _names_amount(answer: Answer, amount: str) -> bool:
    """Tell whether the first line names this amount and no other."""
    first = normal(answer.text.split("\n")[0])
    return [figure.value for figure in figures(first) if figure.unit == _YUAN] == [amount]


_YUAN = "元"


def _ask(answerer: Answerer, question: str) -> Answer:
    scope = Scope(TOWN, audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
    return answerer.answer(question, scope=scope, at=AT)
