"""The network that is written: checked on a tiny random encoder against the same sums in numpy."""

import json
import math
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from knowledge.encoder.encoder_graph import write_int8

HIDDEN, HEADS, INNER, LAYERS, PIECES = 32, 2, 64, 2, 50
Floats = NDArray[np.float32]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(7)

    def some(*shape: int) -> Floats:
        return random.normal(0, 0.3, shape).astype(np.float32)

    state = {f"embeddings.{n}.weight": some(rows, HIDDEN) for n, rows in _TABLES.items()}
    blocks = [
        "embeddings",
        *(f"encoder.layer.{n}.{part}" for n in range(LAYERS) for part in ("attention.output", "output")),
    ]
    for block in blocks:
        state[f"{block}.LayerNorm.weight"], state[f"{block}.LayerNorm.bias"] = 1 + some(HIDDEN), some(HIDDEN)
    for n in range(LAYERS):
        for name, rows, columns in _LINEARS:
            key = f"encoder.layer.{n}.{name}"
            state[f"{key}.weight"], state[f"{key}.bias"] = some(rows, columns), some(rows)
    save_file(state, tmp_path / "model.safetensors")
    config = {"hidden_size": HIDDEN, "num_attention_heads": HEADS, "num_hidden_layers": LAYERS, "layer_norm_eps": 1e-12}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    return tmp_path


_TABLES = {"word_embeddings": PIECES, "position_embeddings": 16, "token_type_embeddings": 1}
_LINEARS = [
    *((f"attention.self.{name}", HIDDEN, HIDDEN) for name in ("query", "key", "value")),
    ("attention.output.dense", HIDDEN, HIDDEN),
    ("intermediate.dense", INNER, HIDDEN),
    ("output.dense", HIDDEN, INNER),
]


def by_hand(weights: dict[str, Floats], ids: list[int]) -> Floats:
    """Encode one text with plain sums."""
    erf = np.vectorize(math.erf)

    def linear(x: Floats, name: str) -> Floats:
        return np.asarray(x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"], np.float32)

    def norm(x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True))
        return np.asarray(scaled * weights[f"{name}.LayerNorm.weight"] + weights[f"{name}.LayerNorm.bias"], np.float32)

    tables = [weights[f"embeddings.{name}.weight"] for name in _TABLES]
    x = norm(tables[0][ids] + tables[1][: len(ids)] + tables[2][0], "embeddings")
    for n in range(LAYERS):
        p = f"encoder.layer.{n}."
        heads = [linear(x, f"{p}attention.self.{s}").reshape(len(ids), HEADS, -1) for s in ("query", "key", "value")]
        q, k, v = (part.transpose(1, 0, 2) for part in heads)
        likeness = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(HIDDEN // HEADS))
        seen = ((likeness / likeness.sum(-1, keepdims=True)) @ v).transpose(1, 0, 2).reshape(len(ids), HIDDEN)
        x = norm(x + linear(seen, f"{p}attention.output.dense"), f"{p}attention.output")
        inner = linear(x, f"{p}intermediate.dense")
        x = norm(x + linear(inner * (1 + erf(inner / np.sqrt(2))) / 2, f"{p}output.dense"), f"{p}output")
    mean = x.mean(0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def test_the_graph_computes_the_encoder(folder: Path) -> None:
    write_int8(folder, folder / "model.onnx")
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    ids = np.array([[3, 4, 5, 6, 7, 8], [9, 8, 7, 1, 1, 1]], np.int64)
    mask = np.array([[1] * 6, [1, 1, 1, 0, 0, 0]], np.int64)
    made = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    weights = load_file(folder / "model.safetensors")
    wanted = np.stack([by_hand(weights, [3, 4, 5, 6, 7, 8]), by_hand(weights, [9, 8, 7])])
    assert np.all((made * wanted).sum(axis=1) > 0.995)
    assert not (folder / "model.fp32").exists()
