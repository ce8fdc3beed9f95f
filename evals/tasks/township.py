"""The township's own questions: sixty facts in five ways of asking, the sample documents, and what nobody can answer.

`metrics`: `hit@1` over the facts, `document@1` (right document, and clause in `clause@1`), `refused` of what cannot be
answered, `expired_as_valid`, `leaked` (canaries told to another village) and `chat_answered` where chit-chat is given.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

from evals.harness import Report
from knowledge import facts, factsheet, folders, intake, lexicon, vectors
from knowledge.answers import Answer, Answerer, AnswerKind
from knowledge.embeddings import Embedder, choose
from knowledge.index import ExactIndex
from knowledge.library import Library
from township.clock import SHANGHAI
from township.db import Database
from township.scope import Audience, Scope
from township.settings import read_settings

TASK = "township"
SAMPLES = Path(lexicon.__file__).with_name("samples")
QUESTIONS = Path(__file__).parents[1] / "datasets" / "township.yaml"
AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
"""The day of the samples: some facts have run out by then."""
TOWN = "eval"


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking for a fact."""

    name: str
    ask: str
    previous: str = ""


def run(*, embedder: str = "", chat: Path | None = None) -> Report:
    """Ask everything; `chat` is a JSONL of `text` and `route`, of which chit-chat and assistant orders are asked."""
    settings = read_settings()
    asked = YAML(typ="safe", pure=True).load(QUESTIONS.read_text("utf-8"))
    with sample_town(
        choose(embedder or settings.embedder, settings.home, key=settings.embedder_key.get_secret_value())
    ) as answerer:
        by = _of_facts(answerer, asked)
        metrics = {"hit@1": fmean(row["hit@1"] for name, row in by.items()), **_of_documents(answerer, asked)}
        metrics["refused"] = fmean(_is_refused(_ask(answerer, each)) for each in asked["unanswerable"])
        metrics["expired_as_valid"] = sum(row.pop("expired_as_valid") for row in by.values())
        metrics["leaked"] = leaks(answerer)
        if chat:
            metrics["chat_answered"] = _of_chat(answerer, chat)
        library = answerer.library
        items = sum(int(row["items"]) for row in by.values()) + len(asked["documents"]) + len(asked["unanswerable"])
        name = library.embedder.name if library.embedder else "none: words only"
    rounded = {key: round(value, 4) for key, value in metrics.items()}
    return Report(TASK, items, rounded, by, {"embedder": name, "as_of": AT.date().isoformat()})


@contextmanager
def sample_town(embedder: Embedder | None) -> Iterator[Answerer]:
    """Set up the sample town in a folder of its own."""
    with TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/town.db")
        db.create_all()
        villages = {name: name for name in folders.manifest(SAMPLES).canaries}
        intake.take_folder(db, SAMPLES, town_id=TOWN, villages=villages, at=AT)
        if embedder:
            vectors.embed_missing(db, embedder)
        library = Library(db, embedder, ExactIndex())
        library.refresh(AT.date())
        try:
            yield Answerer(library, frozenset(villages))
        finally:
            library.close()
            db.close_now()


def ways_of(fact: facts.Fact, asked: Mapping[str, Mapping[str, str]], place: int) -> Iterator[Way]:
    """Make the five ways of asking for a fact, by rule."""
    words = lexicon.load()
    first, second = fact.questions[0], fact.questions[1]
    frames = list(asked["frames"])
    yield Way("plain", second)
    yield Way("dialect", _replaced(first, asked["dialect"], all_of_them=True))
    yield Way("misheard", _replaced(second, asked["misheard"]))
    yield Way("inside", frames[place % len(frames)].format(ask=first))
    bare = words.without_topics(first)
    if bare and bare != first:
        yield Way("follow_up", str(asked["follow_up"]).format(ask=bare), first)


def leaks(answerer: Answerer) -> int:
    """Count canaries that people of another village are told."""
    canaries = folders.manifest(SAMPLES).canaries
    others = [(village, mine, canary) for mine, canary in canaries.items() for village in canaries if village != mine]
    return sum(canary.secret in _ask(answerer, canary.ask, village=village).text for village, _, canary in others)


def _of_facts(answerer: Answerer, asked: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, float]]:
    villages = {name: name for name in answerer.names}
    sheet = factsheet.read_sheet((SAMPLES / "facts.csv").read_bytes(), "facts.csv", villages)
    scores: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for place, fact in enumerate(sheet.facts):
        for way in ways_of(fact, asked, place):
            answer = _ask(answerer, way.ask, previous=way.previous, village=fact.village_id or "")
            right = answer.fact_id == facts.identity(TOWN, fact)
            believed = answer.kind is AnswerKind.fact and right and not fact.is_valid(AT.date())
            scores[way.name].append((right, believed))
    return {
        name: {
            "hit@1": round(fmean(right for right, _ in rows), 4),
            "items": len(rows),
            "expired_as_valid": sum(believed for _, believed in rows),
        }
        for name, rows in scores.items()
    }


def _of_documents(answerer: Answerer, asked: Mapping[str, list[dict[str, str]]]) -> dict[str, float]:
    files = {
        read.name: read.source.title
        for read in folders.read(SAMPLES, town_id=TOWN, villages={name: name for name in answerer.names})
        if read.source
    }
    documents, clauses = [], []
    for item in asked["documents"]:
        cited = _ask(answerer, item["ask"]).citations
        documents.append(bool(cited) and cited[0].title == files[item["file"]])
        clauses.append(documents[-1] and item["clause"].rstrip("、") in cited[0].clause)
    return {"document@1": fmean(documents), "clause@1": fmean(clauses)}


def _of_chat(answerer: Answerer, chat: Path) -> float:
    texts = [json.loads(line) for line in chat.read_text("utf-8").splitlines()]
    idle = [each["text"] for each in texts if each["route"] in {"chitchat", "assistant"}]
    return fmean(not _is_refused(_ask(answerer, text)) for text in idle)


def _is_refused(answer: Answer) -> bool:
    return answer.kind in {AnswerKind.unknown, AnswerKind.boundary}


def _ask(answerer: Answerer, question: str, *, previous: str = "", village: str = "") -> Answer:
    audiences = frozenset({Audience.PUBLIC, Audience.RESIDENT})
    scope = Scope(TOWN, villages=frozenset({village} if village else ()), audiences=audiences)
    return answerer.answer(question, scope=scope, at=AT, previous=previous)


def _replaced(text: str, table: Mapping[str, str], *, all_of_them: bool = False) -> str:
    for plain, said in table.items():
        if plain in text:
            text = text.replace(plain, said)
            if not all_of_them:
                return text
    return text
