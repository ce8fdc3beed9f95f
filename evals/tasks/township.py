"""The township's own questions: sixty facts in five ways of asking, the sample documents, and what nobody can answer.

`metrics`: `hit@1` over the facts; `hit@3` of the right clause for questions in villagers' words, with typos, and as a
recogniser writes them; `document@1` and `clause@1`; `refused` of what
has no answer, `refused_near` of what a township might be asked as well; `expired_as_valid`, `statutes`
given where a nearer rule exists, `leaked` canaries, `chat_answered`. `by` has each way, and each half of each way.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from evals import townsfolk
from evals.harness import Report
from evals.sample_town import AT, SAMPLES, TOWN, sample_town, sheet, titles
from evals.townsfolk import SPELLED, WAYS, Half, Question
from knowledge import facts
from knowledge.answers import Answer, Answerer, AnswerKind
from knowledge.embeddings import choose
from knowledge.structure import folders
from knowledge.wording import quoting
from knowledge.wording.quoting import Citation
from township.scope import Audience, Scope
from township.settings import read_settings

TASK = "township"
CURVE = tuple(step / 100 for step in range(20, 95, 5))
"""Confidences at which coverage and correctness are reported."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what was answered, and how good that is."""

    question: Question
    answer: Answer
    right: bool
    """The first answer is the right one; of what has no answer: it was not given."""
    among: bool
    """The right clause is one of the first three."""
    document: bool
    confidence: float
    """Of the first candidate, told or not."""
    candidate_right: bool


def run(
    data: Path | None = None,
    *,
    embedder: str = "",
    chat: Path | None = None,
    corpus: Path | None = None,
    half: Half | None = None,
) -> Report:
    """Ask everything; `chat` is a JSONL of `text` and `route`, of which chit-chat and assistant orders are asked."""
    settings = read_settings()
    name = embedder or settings.embedder
    chosen = choose(name, settings.home, key=settings.embedder_key.get_secret_value())
    rows = sheet().facts
    questions = list(
        townsfolk.read(data) if data else townsfolk.ours({f.questions[0]: f.village_id or "" for f in rows})
    )
    with sample_town(chosen, corpus=corpus, name=name) as answerer:
        marker = Marker(answerer, rows)
        asked = [marker.mark(each) for each in questions if half in (None, each.half)]
        metrics = _metrics(asked)
        metrics["expired_as_valid"] = sum(marker.believes_expired(each) for each in asked)
        metrics["statutes"] = sum(marker.prefers_statute(each) for each in asked)
        metrics["leaked"] = leaks(answerer)
        idle = [marker.mark(Question(way="chat", ask=text)) for text in _chat(chat)] if chat else []
    if idle:
        metrics["chat_answered"] = fmean(not each.right for each in idle)
    about = {
        "embedder": chosen.name if chosen else "none: words only",
        "as_of": AT.date().isoformat(),
        "half": half.value if half else "both",
        "curve": _curve(asked, idle),
        "wrong": [_line(each) for each in asked if not _is_good(each)],
    }
    return Report(TASK, len(asked), {key: round(value, 4) for key, value in metrics.items()}, _by(asked), about)


class Marker:
    """Asks the sample town and says how good the answers are."""

    def __init__(self, answerer: Answerer, rows: Sequence[facts.Fact]) -> None:
        self._answerer = answerer
        self._facts = {fact.questions[0]: fact for fact in rows}
        self._titles = titles()

    def mark(self, question: Question) -> Asked:
        """Ask one question."""
        answer = ask(self._answerer, question.ask, previous=question.previous, village=question.village)
        if not question.has_answer:
            refused = answer.kind in {AnswerKind.unknown, AnswerKind.boundary}
            return Asked(question, answer, refused, refused, refused, answer.confidence, candidate_right=False)
        if question.fact:
            fact = self._facts.get(question.fact)
            right = fact is not None and answer.fact_id == facts.identity(TOWN, fact)
            right |= bool(question.file) and any(self._cites(question, each) for each in answer.citations[:1])
            return Asked(question, answer, right, right, right, answer.confidence, candidate_right=right)
        found = self._answerer.rated(answer.understood, scope=_scope(question.village), at=AT)[:3]
        ranked = list(dict.fromkeys([*answer.citations, *(quoting.cite(each.hit) for each in found)]))
        return Asked(
            question,
            answer,
            any(self._cites(question, each) for each in answer.citations[:1]),
            any(self._cites(question, each) for each in ranked[:3]),
            any((each.title, each.doc_no) == self._of(question) for each in answer.citations[:1]),
            found[0].confidence if found else 0.0,
            candidate_right=any(self._cites(question, each) for each in ranked[:1]),
        )

    def believes_expired(self, asked: Asked) -> bool:
        """Tell whether a fact that has run out was told as true."""
        told = [fact for fact in self._facts.values() if facts.identity(TOWN, fact) == asked.answer.fact_id]
        return asked.answer.kind is AnswerKind.fact and any(not fact.is_valid(AT.date()) for fact in told)

    def prefers_statute(self, asked: Asked) -> bool:
        """Tell whether a statute was cited though the town has a rule of its own."""
        known = set(self._titles.values())
        cited = asked.answer.citations[:1]
        return asked.question.has_answer and any((each.title, each.doc_no) not in known for each in cited)

    def _of(self, question: Question) -> tuple[str, str]:
        ends = (about for path, about in self._titles.items() if path.endswith(question.file) and _near(path, question))
        return next(ends, ("", ""))

    def _cites(self, question: Question, cited: Citation) -> bool:
        return (cited.title, cited.doc_no) == self._of(question) and question.clause.rstrip("\u3001") in cited.clause


def ask(answerer: Answerer, question: str, *, previous: str = "", village: str = "") -> Answer:
    """Ask as a resident of a village, or of none."""
    return answerer.answer(question, scope=_scope(village), at=AT, previous=previous)


def leaks(answerer: Answerer) -> int:
    """Count canaries that people of another village are told."""
    canaries = folders.manifest(SAMPLES).canaries
    others = [(village, canary) for mine, canary in canaries.items() for village in canaries if village != mine]
    return sum(canary.secret in ask(answerer, canary.ask, village=village).text for village, canary in others)


def _scope(village: str) -> Scope:
    audiences = frozenset({Audience.PUBLIC, Audience.RESIDENT})
    return Scope(TOWN, villages=frozenset({village} if village else ()), audiences=audiences)


def _near(path: str, question: Question) -> bool:
    """Of the notices of villages, which have one name, tell the asker's by its place in the facts."""
    return "villages/" not in path or not question.village or titles()[path][0].startswith(question.village)


def _is_good(asked: Asked) -> bool:
    return asked.among if asked.question.way in SPELLED else asked.right


def _metrics(asked: Sequence[Asked]) -> dict[str, float]:
    ways: dict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        ways[each.question.way].append(each)
    metrics = {}
    if told := [each.right for way in WAYS for each in ways[way]]:
        metrics["hit@1"] = fmean(told)
    metrics |= {f"{way}_hit@3": fmean(each.among for each in ways[way]) for way in SPELLED if ways[way]}
    if ways["document"]:
        metrics["document@1"] = fmean(each.document for each in ways["document"])
        metrics["clause@1"] = fmean(each.right for each in ways["document"])
    for name, way in (("refused", "unanswerable"), ("refused_near", "no_answer")):
        if ways[way]:
            metrics[name] = fmean(each.right for each in ways[way])
    return metrics


def _by(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        groups[each.question.way].append(each)
    for each in asked:
        groups[f"{each.question.way} {each.question.half}"].append(each)
    return {
        name: {
            "items": len(rows),
            "hit@1": round(fmean(each.right for each in rows), 4),
            "hit@3": round(fmean(each.among for each in rows), 4),
            "document@1": round(fmean(each.document for each in rows), 4),
        }
        for name, rows in groups.items()
    }


def _curve(asked: Sequence[Asked], idle: Sequence[Asked]) -> list[dict[str, float]]:
    """Say for each confidence how much would be answered from it on, how much of that rightly, and how much chat."""
    of_clauses = [each for each in asked if not each.answer.fact_id and not each.question.fact]
    rows = []
    for sure in CURVE:
        told = [each for each in of_clauses if each.confidence >= sure]
        answerable = sum(each.question.has_answer for each in of_clauses)
        row = {"sure": sure, "coverage": sum(each.question.has_answer for each in told) / max(answerable, 1)}
        row["right"] = fmean(each.candidate_right for each in told) if told else 1.0
        if idle:
            row["chat"] = fmean(each.confidence >= sure for each in idle)
        rows.append({key: round(value, 4) for key, value in row.items()})
    return rows


def _chat(path: Path) -> list[str]:
    texts = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return [each["text"] for each in texts if each["route"] in {"chitchat", "assistant"}]


def _line(asked: Asked) -> str:
    question, answer = asked.question, asked.answer
    wanted = question.fact or f"{question.file} {question.clause}".strip() or "-"
    got = (answer.fact_id and answer.text.split("\n")[0]) or " ".join(f"{c.title} {c.clause}" for c in answer.citations)
    before = f"{question.previous} / " if question.previous else ""
    if question.half is Half.blind:
        return f"{question.way} blind"
    return f"{question.way}: {before}{question.ask} [{answer.understood}] → {got or answer.kind} ({wanted})"
