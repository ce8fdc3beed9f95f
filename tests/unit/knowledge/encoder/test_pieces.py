"""The cut of a text is that of `tokenizers`, to the letter: stored vectors were made with it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from knowledge.encoder.pieces import Pieces

HOMES = (os.environ.get("DINGLIN_HOME", "var"), Path(__file__).parents[4] / "var")
FILE = next((path for home in HOMES if (path := Path(home) / "models/e5-small-zh/tokenizer.json").is_file()), None)
MOST = 24
needs_embedder = pytest.mark.skipif(FILE is None, reason="the embedder is not built: make setup")


@pytest.fixture(scope="module")
def both() -> tuple[Pieces, Tokenizer]:
    assert FILE is not None
    theirs = Tokenizer.from_file(str(FILE))
    theirs.enable_truncation(MOST)
    return Pieces(FILE, most=MOST), theirs


@needs_embedder
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "  高龄津贴  哪天发",
        "Ａｂｃ１２３①",
        "query: 村口的路灯不亮了",
        "😀😀灯",
        "\u200b中\t国\n",
        "\u2581\u2581",
        "长" * 99,
    ],
)
def test_a_text_is_cut_alike(both: tuple[Pieces, Tokenizer], text: str) -> None:
    ours, theirs = both
    assert ours.of(text) == theirs.encode(text).ids


@needs_embedder
@given(text=st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd", "Po", "Zs"), max_codepoint=0x9FFF), max_size=30))
def test_any_text_is_cut_alike(both: tuple[Pieces, Tokenizer], text: str) -> None:
    ours, theirs = both
    assert ours.of(text) == theirs.encode(text).ids
