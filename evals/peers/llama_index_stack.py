"""LlamaIndex as its tutorials set it up, over passages and vectors that were made before: a script for its own venv.

`python llama_index_stack.py FOLDER`, as `langchain_stack.py`; written is llama_index.json.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

LIMIT = 10


def embedding_of(known: dict[str, list[float]]) -> Any:
    """Give vectors that were made before, behind LlamaIndex's interface."""

    async def later(_self: Any, query: str) -> list[float]:
        return known[query]

    def now(_self: Any, text: str) -> list[float]:
        return known[text]

    methods = {"_get_text_embedding": now, "_get_query_embedding": now, "_aget_query_embedding": later}
    base = import_module("llama_index.core.embeddings").BaseEmbedding
    return type("Known", (base,), {**methods, "__module__": __name__})()


def main(folder: Path) -> None:
    """Build both stacks, ask all questions, write what came."""
    core, schema = import_module("llama_index.core"), import_module("llama_index.core.schema")
    passages = [json.loads(line) for line in (folder / "passages.jsonl").read_text("utf-8").splitlines()]
    questions = [json.loads(line)["text"] for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    vectors = np.load(folder / "passages.npy").tolist()
    known = dict(zip(questions, np.load(folder / "questions.npy").tolist(), strict=True))
    nodes = [
        schema.TextNode(id_=passage["id"], text=passage["text"], embedding=vector)
        for passage, vector in zip(passages, vectors, strict=True)
    ]
    started = time.perf_counter()
    index = core.VectorStoreIndex(nodes=nodes, embed_model=embedding_of(known))
    vector = index.as_retriever(similarity_top_k=LIMIT)
    built = time.perf_counter()
    keyword = import_module("llama_index.retrievers.bm25").BM25Retriever
    words = keyword.from_defaults(nodes=nodes, similarity_top_k=LIMIT)
    fusion = import_module("llama_index.core.retrievers").QueryFusionRetriever
    both = fusion(
        [vector, words],
        llm=import_module("llama_index.core.llms").MockLLM(),
        mode="reciprocal_rerank",
        num_queries=1,
        similarity_top_k=LIMIT,
        use_async=False,
    )
    seconds = {"vector": built - started, "hybrid": time.perf_counter() - started}
    stacks = {name: asked(retriever, questions) for name, retriever in (("vector", vector), ("hybrid", both))}
    report = {name: {**found, "build_s": seconds[name]} for name, found in stacks.items()}
    (folder / "llama_index.json").write_text(json.dumps(report), "utf-8")


def asked(retriever: Any, questions: list[str]) -> dict[str, Any]:
    """Ask one stack everything."""
    found, times = [], []
    for question in questions:
        start = time.perf_counter()
        nodes = retriever.retrieve(question)
        times.append((time.perf_counter() - start) * 1000)
        found.append([node.node.node_id for node in nodes[:LIMIT]])
    return {"found": found, "ms": times}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
