"""The page of results: every task over statutes run again, and the default stacks of others over the same vectors.

Peers run in a venv of their own (`--peers`, its Python): LangChain and LlamaIndex as their tutorials set them up. They
get our passages and vectors, so that only what is done with them differs.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from evals.harness import Report, Sample
from evals.scorers import hit_at
from evals.statutes import open_library
from evals.tasks import abstention, citation_lookup, law_retrieval, validity
from knowledge.library import Library
from knowledge.retriever import retrieve
from knowledge.search import passages
from township.clock import SystemClock

PEERS = Path(__file__).with_name("peers")
SCRIPTS = {
    "LangChain": ("langchain_stack.py", "langchain.json"),
    "LlamaIndex": ("llama_index_stack.py", "llama_index.json"),
}
PLACES = (1, 5, 10)
TEMPLATE = Path(__file__).with_name("results.md")
Found = Sequence[Sequence[str]]


def remake(out: Path, *, data: Path, corpus: Path, chat: Path, old: Path, peers: str, questions: int) -> list[Report]:
    """Run everything and write the page; without `peers` their rows are left as they say so."""
    reports = {
        "law": law_retrieval.run(data, corpus),
        "fitted": law_retrieval.run(data, corpus, fit=data),
        "citation": citation_lookup.run(data, corpus),
        "abstention": abstention.run(data, corpus, chat),
        "abstention_fitted": abstention.run(data, corpus, chat, fit=data),
        "validity": validity.run(data, corpus, old),
    }
    rows = side_by_side(data, corpus, peers, questions)
    tables = {name: _figures(report) for name, report in reports.items()}
    page = TEMPLATE.read_text("utf-8").format(day=datetime.now().astimezone().date(), peers="\n".join(rows), **tables)
    out.write_text(page, "utf-8")
    return list(reports.values())


def side_by_side(data: Path, corpus: Path, peers: str, questions: int) -> list[str]:
    """Ask some of the citizens' questions of ours and of the peers; give a row of the table for each."""
    samples = [sample for sample in law_retrieval.dataset(data) if sample.headline]
    chosen = samples[:: max(1, len(samples) // questions)][:questions]
    with open_library(corpus) as library, TemporaryDirectory() as folder:
        rows = [_ours(library, chosen)]
        if not peers:
            return rows
        _hand_over(library, chosen, Path(folder))
        for name, (script, answer) in SCRIPTS.items():
            subprocess.run([peers, str(PEERS / script), folder], check=True)
            stacks: Mapping[str, Any] = json.loads((Path(folder) / answer).read_text("utf-8"))
            for stack, found in stacks.items():
                rows.append(_row(f"{name}, {stack}", found["found"], found["ms"], chosen, found["build_s"]))
    return rows


def _ours(library: Library, chosen: Sequence[Sample]) -> str:
    at, found, times = SystemClock().now(), [], []
    for sample in chosen:
        start = time.perf_counter()
        hits = retrieve(library, sample.input, scope=law_retrieval.ASKER, at=at)
        times.append((time.perf_counter() - start) * 1000)
        found.append([hit.path for hit in hits])
    return _row("Dinglin", found, times, chosen, None)


def _hand_over(library: Library, chosen: Sequence[Sample], folder: Path) -> None:
    """Write passages, questions and the vectors of both."""
    if library.embedder is None:
        raise ValueError("peers are compared by meaning: an embedder is needed")
    texts, vectors = passages.in_force(library)
    _lines(folder / "passages.jsonl", [{"id": key, "text": text} for key, text in texts.items()])
    _lines(folder / "questions.jsonl", [{"text": sample.input} for sample in chosen])
    np.save(folder / "passages.npy", vectors)
    np.save(folder / "questions.npy", np.stack([library.embedder.embed_query(sample.input) for sample in chosen]))


def _lines(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")


def _row(name: str, found: Found, times: Sequence[float], chosen: Sequence[Sample], built: float | None) -> str:
    hits = "/".join(f"{_share(hit_at(place), found, chosen):.3f}".lstrip("0") for place in PLACES)
    seconds = "" if built is None else f"{built:.0f}"
    return f"| {name} | {hits} | {median(times):.0f} | {np.percentile(list(times), 99):.0f} | {seconds} |"


def _share(scorer: Callable[[Sequence[str], frozenset[str]], float], found: Found, chosen: Sequence[Sample]) -> float:
    return sum(scorer(each, sample.target) for each, sample in zip(found, chosen, strict=True)) / len(chosen)


def _figures(report: Report) -> str:
    """Make a table of a report: a row for all, one for each group."""
    groups = {"all": report.metrics, **report.by}
    names = list(dict.fromkeys(name for row in groups.values() for name in row))
    head = [f"| {report.task} | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    return "\n".join([*head, *(f"| {group} | {' | '.join(_cells(row, names))} |" for group, row in groups.items())])


def _cells(row: Mapping[str, float], names: Sequence[str]) -> list[str]:
    return [f"{row[name]:g}" if name in row else "" for name in names]
