"""LangChain as its tutorials set it up, over passages and vectors that were made before: a script for its own venv.

`python langchain_stack.py FOLDER`: FOLDER holds passages.jsonl (id, text), questions.jsonl (text) and their vectors;
written is langchain.json: for each stack the ids found, the seconds to build and the milliseconds of each question.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

LIMIT = 10
ADD_SLICE = 4000


def embeddings_of(known: dict[str, list[float]]) -> Any:
    """Give vectors that were made before, behind LangChain's interface."""
    methods = {
        "embed_documents": lambda self, texts: [known[text] for text in texts],
        "embed_query": lambda self, text: known[text],
    }
    return type("Known", (import_module("langchain_core.embeddings").Embeddings,), methods)()


def main(folder: Path) -> None:
    """Build both stacks, ask all questions, write what came."""
    passages = [json.loads(line) for line in (folder / "passages.jsonl").read_text("utf-8").splitlines()]
    questions = [json.loads(line)["text"] for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    texts = [passage["text"] for passage in passages]
    ids = [{"id": passage["id"]} for passage in passages]
    known = dict(zip(texts, np.load(folder / "passages.npy").tolist(), strict=True))
    known |= dict(zip(questions, np.load(folder / "questions.npy").tolist(), strict=True))
    started = time.perf_counter()
    chroma = import_module("langchain_chroma").Chroma(embedding_function=embeddings_of(known))
    for start in range(0, len(texts), ADD_SLICE):
        chroma.add_texts(texts[start : start + ADD_SLICE], ids[start : start + ADD_SLICE])
    vector = chroma.as_retriever(search_kwargs={"k": LIMIT})
    built = time.perf_counter()
    words = import_module("langchain_community.retrievers").BM25Retriever.from_texts(texts, metadatas=ids, k=LIMIT)
    ensemble = import_module("langchain_classic.retrievers").EnsembleRetriever
    both = ensemble(retrievers=[words, vector], weights=[0.5, 0.5])
    seconds = {"vector": built - started, "hybrid": time.perf_counter() - started}
    stacks = {name: asked(retriever, questions) for name, retriever in (("vector", vector), ("hybrid", both))}
    report = {name: {**found, "build_s": seconds[name]} for name, found in stacks.items()}
    (folder / "langchain.json").write_text(json.dumps(report), "utf-8")


def asked(retriever: Any, questions: list[str]) -> dict[str, Any]:
    """Ask one stack everything."""
    found, times = [], []
    for question in questions:
        start = time.perf_counter()
        documents = retriever.invoke(question)
        times.append((time.perf_counter() - start) * 1000)
        found.append([document.metadata["id"] for document in documents[:LIMIT]])
    return {"found": found, "ms": times}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
