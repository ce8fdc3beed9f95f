"""Reading the file of weights: a small one, written here byte by byte."""

import struct
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from knowledge.encoder.weights import WeightsFile, write_folder

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "路", "灯", "▁路灯", "сельсовет", "internationalization", "2026"]
HIDDEN, INNER, POSITIONS = 32, 64, 4


class Writer:
    """Collects tensors and writes the file."""

    def __init__(self) -> None:
        self.tensors: list[tuple[str, int, bytes]] = []
        self.random = np.random.default_rng(3)

    def floats(self, name: str, count: int) -> None:
        self.tensors.append((name, count, self.random.normal(size=count).astype(np.float32).tobytes()))

    def blocks(self, name: str, count: int) -> None:
        """Blocks of 32 weights: scale 0.5, then every byte 0x9a: low half 10, high half 9."""
        block = np.float16(0.5).tobytes() + b"\x9a" * 16
        self.tensors.append((name, count, block * (count // 32)))

    def write(self, path: Path) -> None:
        text = [piece.encode() for piece in PIECES]
        offsets = np.cumsum([0, *(len(piece) for piece in text)], dtype=np.uint32)
        head = b"E5S1" + bytes(4) + struct.pack("<7i", HIDDEN, 1, 2, INNER, len(PIECES), POSITIONS, 1)
        head += struct.pack("<fi", 1e-12, 0) + struct.pack("<5i", len(PIECES), 0, 2, 1, 3)
        head += struct.pack("<Q", int(offsets[-1])) + offsets.tobytes()
        head += np.linspace(-1, -9, len(PIECES), dtype=np.float32).tobytes() + b"".join(text)
        head += struct.pack("<iI", 0, 3) + b"xyz" + struct.pack("<i", len(self.tensors))
        size = len(head) + sum(2 + len(name) + 1 + 20 for name, _, _ in self.tensors)
        for name, count, data in self.tensors:
            head += struct.pack("<H", len(name)) + name.encode() + b"\0" + struct.pack("<IQQ", count, size, len(data))
            size += len(data)
        path.write_bytes(head + b"".join(data for _, _, data in self.tensors))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    writer = Writer()
    writer.blocks("emb.word", len(PIECES) * HIDDEN)
    writer.floats("emb.pos", POSITIONS * HIDDEN)
    for name in ("emb.type", "emb.ln.w", "emb.ln.b", "l0.aln.w", "l0.aln.b", "l0.oln.w", "l0.oln.b"):
        writer.floats(name, HIDDEN)
    for short, rows, columns in [
        *((s, HIDDEN, HIDDEN) for s in ("q", "k", "v", "ao")),
        ("fi", INNER, HIDDEN),
        ("fo", HIDDEN, INNER),
    ]:
        writer.blocks(f"l0.{short}.w", rows * columns)
        writer.floats(f"l0.{short}.b", rows)
    target = tmp_path / "weights.bin"
    writer.write(target)
    return target


def test_blocks_are_read_low_halves_first(path: Path) -> None:
    row = WeightsFile(path).quantised("emb.word", len(PIECES), HIDDEN)[0]
    assert row[:16].tolist() == [1.0] * 16  # (10 - 8) * 0.5
    assert row[16:].tolist() == [0.5] * 16  # (9 - 8) * 0.5


def test_the_folder_keeps_only_pieces_that_are_needed(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write_folder(WeightsFile(path), folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.get_vocab_size() == len(PIECES) - 2
    assert tokenizer.encode("路灯2026").tokens == ["<s>", "▁路灯", "2026", "</s>"]
    assert 3 in tokenizer.encode("сельсовет").ids  # <unk>
    assert (folder / "modules.json").is_file()


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(ValueError, match="not a weights file"):
        WeightsFile(other)
