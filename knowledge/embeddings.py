"""Embedders behind one port: texts in, unit vectors out. Where vectors are kept and compared is not known here.

e5 models want `query: ` and `passage: ` before a text; an embedder adds what its model wants.
"""

import json
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from knowledge.encoder.endpoint import OpenAIEmbedder
from knowledge.encoder.pieces import Pieces
from township.errors import Mistake

Floats = NDArray[np.float32]

DEFAULT_FOLDER = "e5-small-zh"
QUERY, PASSAGE = "query: ", "passage: "
MOST_TOKENS = 512
#: Tokens of a batch, padding included: longer batches gain nothing on two cores and cost memory.
BATCH_TOKENS = 2048
#: Texts cut into tokens at a time: enough to find neighbours of the same length.
SLICE = 512


class Embedder(Protocol):
    """Makes vectors. `name` says whose they are: vectors of two names are never compared."""

    name: str
    dimensions: int

    def embed_query(self, text: str) -> Floats:
        """Embed a question: one unit vector."""

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        """Embed what is to be found: a unit vector a row, in the order given."""


class OnnxEmbedder:
    """The default: the int8 network that `build_embedder` made, on the CPU."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        try:
            card = json.loads((folder / "embedder.json").read_text("utf-8"))
        except FileNotFoundError as error:
            raise Mistake("embedder_not_built", folder=str(folder)) from error
        self.name: str = card["name"]
        self.dimensions: int = card["dimensions"]
        self._pieces = Pieces(folder / "tokenizer.json", most=MOST_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the bot needs the cores as well
        options.enable_cpu_mem_arena = False  # an arena keeps the memory of the longest batch for good
        path = str(_mapped(folder))
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def embed_query(self, text: str) -> Floats:
        vector: Floats = self._run([self._pieces.of(QUERY + text)])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), SLICE):
            cut = [self._pieces.of(PASSAGE + text) for text in texts[start : start + SLICE]]
            for batch in _batches(cut):
                vectors[[start + i for i in batch]] = self._run([cut[i] for i in batch])
        return vectors

    def _run(self, cut: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, cut))
        ids = np.ones((len(cut), longest), np.int64)  # piece 1 is <pad>
        mask = np.zeros_like(ids)
        for row, pieces in enumerate(cut):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        return np.asarray(self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0], np.float32)


def _mapped(folder: Path) -> Path:
    """Write the network once more with its weights in a file beside it, which is mapped, not read: the same vectors.

    Eleven megabytes less, a faster start, and several processes of a machine share the pages. A folder that cannot be
    written to serves as it is.
    """
    built, mapped = folder / "model_int8.onnx", folder / "mapped" / "model.onnx"
    if mapped.exists() and mapped.stat().st_mtime >= built.stat().st_mtime:
        return mapped
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".mapped-") as work:
            _write_mapped(built, Path(work) / mapped.parent.name / mapped.name)
            shutil.rmtree(mapped.parent, ignore_errors=True)
            (Path(work) / mapped.parent.name).rename(mapped.parent)
    except OSError:
        return built
    return mapped


def _write_mapped(built: Path, target: Path) -> None:
    target.parent.mkdir()
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC  # the same on every machine
    options.optimized_model_filepath = str(target)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", "weights")
    options.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", "1024")
    onnxruntime.InferenceSession(str(built), options, providers=["CPUExecutionProvider"])


def _batches(cut: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Group texts of like length, so that little is padding."""
    batch: list[int] = []
    for i in sorted(range(len(cut)), key=lambda i: len(cut[i])):
        if batch and (len(batch) + 1) * len(cut[i]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by name or folder (extra `st`): larger, slower, loaded when first used."""

    def __init__(self, name_or_folder: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise Mistake("extra_not_installed", extra="st", wanted_for=name_or_folder) from error
        self._model: Any = SentenceTransformer(name_or_folder, device="cpu")
        self.name = f"st:{Path(name_or_folder).name}"
        self.dimensions = int(self._model.get_embedding_dimension() or 0)

    def embed_query(self, text: str) -> Floats:
        return np.asarray(self._model.encode_query(text, normalize_embeddings=True), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self._model.encode_document(list(texts), normalize_embeddings=True), np.float32)


class HashEmbedder:
    """The fake: the same characters give the same vector, shared pairs bring texts nearer. No weights, no meaning."""

    def __init__(self, dimensions: int = 64) -> None:
        self.name, self.dimensions = f"hash-{dimensions}", dimensions

    def embed_query(self, text: str) -> Floats:
        vector = np.full(self.dimensions, 1e-6, np.float32)
        for pair in zip(text, text[1:] + " ", strict=True):
            place = zlib.crc32("".join(pair).encode())
            vector[place % self.dimensions] += 1 if place & 0x10000 else -1
        return np.asarray(vector / np.linalg.norm(vector), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        return np.stack([self.embed_query(text) for text in texts])


def choose(setting: str, home: Path, *, key: str = "", dimensions: int = 0) -> Embedder | None:
    """Make the embedder that the setting names; None is words only.

    `onnx` (the default, built at set-up), `none`, `hash` (tests), `https://host/v1#model`, or the name or folder of a
    sentence-transformers model, with or without `st:` before it. `dimensions`: those of an endpoint as they were found
    before, so that it is not asked.
    """
    if setting == "none":
        return None
    if setting == "hash":
        return HashEmbedder()
    if setting == "onnx":
        return OnnxEmbedder(home / "models" / DEFAULT_FOLDER)
    if setting.startswith(("http://", "https://")):
        url, _, model = setting.partition("#")
        return OpenAIEmbedder(url, model, key=key, dimensions=dimensions)
    return SentenceTransformerEmbedder(setting.removeprefix("st:"))
