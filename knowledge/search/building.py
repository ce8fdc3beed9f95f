"""A word index written as it is built: texts are counted in slices, their postings sorted in buckets of terms.

Memory holds one slice or one bucket, however many texts there are; what comes out is what `lexical.build` makes.
"""

import tempfile
from collections.abc import Iterable
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.search import lexical
from knowledge.search.lexical import TEXT_BITS, Counted, Floats, Terms

BUCKETS = 64
"""Ranges of terms that are sorted apart."""
_POSTING = np.dtype([("key", "<u8"), ("count", "<u2")])


def write(folder: Path, texts: Iterable[str]) -> int:
    """Write the arrays of the index of `texts` into `folder`, a file for each field; gives how many texts there are."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as work:
        buckets, lengths = _Buckets(Path(work)), [np.zeros(0, np.float32)]
        coming, first = iter(texts), 0
        while few := list(islice(coming, lexical.SLICE)):
            counted = lexical.count(few, first)
            buckets.add(counted)
            lengths.append(counted.lengths)
            first += len(few)
        _finish(folder, buckets, lexical.norms_of(np.concatenate(lengths)))
    return first


class _Buckets:
    """Postings on disk, parted by ranges of terms; the first slice says where the ranges lie."""

    def __init__(self, folder: Path) -> None:
        self._paths = [folder / f"{number}" for number in range(BUCKETS)]
        self._cuts: Terms | None = None

    def add(self, counted: Counted) -> None:
        """Append each posting of a slice to its bucket."""
        if self._cuts is None:
            places = np.arange(1, BUCKETS) * counted.keys.size // BUCKETS
            self._cuts = (counted.keys[places] >> TEXT_BITS) << TEXT_BITS if counted.keys.size else None
        cuts = np.zeros(0, np.uint64) if self._cuts is None else self._cuts
        edges = [0, *np.searchsorted(counted.keys, cuts).tolist(), counted.keys.size]
        for path, (start, stop) in zip(self._paths, pairwise(edges), strict=False):
            if stop > start:
                few = np.empty(stop - start, _POSTING)
                few["key"], few["count"] = counted.keys[start:stop], counted.counts[start:stop]
                with path.open("ab") as file:
                    few.tofile(file)

    def __len__(self) -> int:
        """Count the postings of all buckets."""
        return sum(path.stat().st_size for path in self._paths if path.exists()) // _POSTING.itemsize

    def sorted(self) -> Iterable[tuple[Terms, NDArray[np.uint16]]]:
        """Give keys and counts of one bucket after the other, in order."""
        for path in self._paths:
            if path.exists():
                held = np.fromfile(path, _POSTING)
                order = np.argsort(held["key"], kind="stable")
                yield held["key"][order], held["count"][order]


def _finish(folder: Path, buckets: _Buckets, norms: Floats) -> None:
    """Write the postings as they are finished; terms and starts, which are few, at the end."""
    size, done = len(buckets), 0
    terms, starts = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    with (folder / "texts.npy").open("wb") as texts, (folder / "weights.npy").open("wb") as weights:
        _head(texts, np.dtype(np.int32), size)
        _head(weights, np.dtype(np.float32), size)
        for keys, counts in buckets.sorted():
            found, begins, owners, worth = lexical.postings(keys, counts, norms)
            owners.tofile(texts)
            worth.tofile(weights)
            terms.append(found)
            starts.append(begins[:-1] + done)
            done += keys.size
    np.save(folder / "terms.npy", np.concatenate(terms))
    np.save(folder / "starts.npy", np.append(np.concatenate(starts), done))


def _head(file: Any, kind: np.dtype[Any], size: int) -> None:
    about = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": (size,)}
    np.lib.format.write_array_header_1_0(file, about)
