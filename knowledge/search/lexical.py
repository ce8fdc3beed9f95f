"""The word index: BM25 in memory over single characters and pairs, numbers and document numbers kept whole. Pure.

No word list and no segmenter: on real citizens' questions characters and pairs beat four of them
(docs/decisions/0005). A posting holds its finished weight, so that a query is one sum of slices.
"""

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Symbols = NDArray[np.uint32]
Terms = NDArray[np.uint64]

K1, B = 1.2, 0.75
#: A bracketed year with its number, a number with its decimals, or a run of Latin letters is one symbol.
WHOLE = re.compile(r"[\[\u3014(]\d{4}[\]\u3015)]\d+|\d+(?:[.,]\d+)*%?|[a-z]+")
#: The brackets of a document number are typed in three ways.
BRACKETS = str.maketrans({"\u3014": "[", "(": "[", "\u3015": "]", ")": "]"})
PRIVATE, PRIVATE_SIZE = 0xF0000, 0xFFFE
SYMBOL_BITS, TEXT_BITS = np.uint64(21), np.uint64(22)
#: Texts that are counted at a time: bounds the memory of building.
SLICE = 4096


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Postings in rows: those of `terms[i]` are `texts[starts[i]:starts[i + 1]]` with their `weights`.

    A weight lacks the rarity of its term, which is known only when it is known which indexes are asked together.
    """

    size: int
    terms: Terms
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    weights: Floats

    def spans(self, asked: Terms) -> NDArray[np.int64]:
        """Find the postings of each term: first and last, equal where the term is unknown."""
        if not self.terms.size:
            return np.zeros((asked.size, 2), np.int64)
        places = np.minimum(np.searchsorted(self.terms, asked), self.terms.size - 1)
        found = np.stack([self.starts[places], self.starts[places + 1]], axis=1)
        found[self.terms[places] != asked] = 0
        return found

    def total(self, spans: NDArray[np.int64], factors: NDArray[np.float64]) -> Floats:
        """Sum the postings in `spans`, each span times its factor: a score for every text."""
        both = zip(spans, factors, strict=True)
        pairs = [(slice(first, last), factor) for (first, last), factor in both if last > first]
        if not pairs:
            return np.zeros(self.size, np.float32)
        texts = np.concatenate([self.texts[span] for span, _ in pairs])
        weights = np.concatenate([self.weights[span] * factor for span, factor in pairs])
        return np.bincount(texts, weights, self.size).astype(np.float32)


def scores(indexes: Sequence[WordIndex], query: str) -> list[Floats]:
    """Score every text of every index as if they were one, so that a rare word of a small one stays comparable."""
    asked, counts = np.unique(terms_of(query), return_counts=True)
    spans = [index.spans(asked) for index in indexes]
    frequency = np.sum([span[:, 1] - span[:, 0] for span in spans], axis=0) if spans else np.zeros(asked.size)
    size = sum(index.size for index in indexes)
    factors = counts * np.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
    return [index.total(span, factors) for index, span in zip(indexes, spans, strict=True)]


def build(texts: Sequence[str]) -> WordIndex:
    """Build the index of `texts` in memory; a text is known by its place. Many are built by `building`."""
    parts = [count(texts[start : start + SLICE], start) for start in range(0, len(texts), SLICE)]
    if not parts:
        nothing = np.zeros(0, np.uint64), np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
        return WordIndex(0, *nothing)
    keys, counts = np.concatenate([one.keys for one in parts]), np.concatenate([one.counts for one in parts])
    order = np.argsort(keys, kind="stable")
    norms = norms_of(np.concatenate([one.lengths for one in parts]))
    return WordIndex(len(texts), *postings(keys[order], counts[order], norms))


@dataclass(frozen=True, slots=True)
class Counted:
    """The terms of some texts: keys (term and text) in order, how often each stands there, how long each text is."""

    keys: Terms
    counts: NDArray[np.uint16]
    lengths: Floats


def count(texts: Sequence[str], first: int) -> Counted:
    """Count the terms of texts that follow each other from the place `first` on."""
    parts = [terms_of(text) for text in texts]
    sizes = np.array([part.size for part in parts])
    owners = np.repeat(np.arange(first, first + len(parts), dtype=np.uint64), sizes)
    keys, times = np.unique((np.concatenate(parts) << TEXT_BITS) | owners, return_counts=True)
    return Counted(keys, times.astype(np.uint16), sizes.astype(np.float32))


def norms_of(lengths: Floats) -> Floats:
    """Say how much the length of each text takes from the weight of its terms."""
    mean = float(lengths.mean(dtype=np.float64)) if lengths.size else 0.0
    return np.asarray(K1 * (1 - B + B * lengths / max(mean, 1.0)), np.float32)


def postings(
    keys: Terms, counts: NDArray[np.uint16], norms: Floats
) -> tuple[Terms, NDArray[np.int64], NDArray[np.int32], Floats]:
    """Turn keys in order into terms, where the postings of each start, and texts and weights of all postings."""
    owners = (keys & np.uint64((1 << int(TEXT_BITS)) - 1)).astype(np.int32)
    terms, starts = np.unique(keys >> TEXT_BITS, return_index=True)
    times = counts.astype(np.float32)
    weights = times * np.float32(K1 + 1) / (times + norms[owners])
    return terms, np.append(starts, keys.size), owners, weights


def terms_of(text: str) -> Terms:
    """Cut a text into its terms: symbols and neighbouring pairs of them, with repeats."""
    symbols = _symbols(text).astype(np.uint64)
    pairs = (symbols[:-1] << SYMBOL_BITS) | symbols[1:]
    whole = (symbols[:-1] > 0) & (symbols[1:] > 0)
    return np.concatenate([symbols[symbols > 0] << SYMBOL_BITS, pairs[whole]])


def _symbols(text: str) -> Symbols:
    """Turn a text into numbers: code points, one private code point for what stays whole, 0 for punctuation."""
    plain = unicodedata.normalize("NFKC", text).lower()
    marked = WHOLE.sub(_whole, plain)
    symbols = np.frombuffer(marked.encode("utf-32-le", "ignore"), np.uint32)
    return np.where(_is_written()[np.minimum(symbols, 0xFFFF)] | (symbols > 0xFFFF), symbols, np.uint32(0))


def _whole(found: re.Match[str]) -> str:
    return chr(PRIVATE + zlib.crc32(found[0].translate(BRACKETS).encode()) % PRIVATE_SIZE)


@cache
def _is_written() -> NDArray[np.bool_]:
    """Say for each code point of the basic plane whether it is a letter or digit; 0xFFFF stands for the rest."""
    return np.fromiter((chr(point).isalnum() for point in range(0x10000)), np.bool_, 0x10000)
