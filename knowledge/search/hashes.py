"""Many hashes as bytes: what rows hold as hexadecimal text takes a fifth of the memory here, and finds its places."""

from collections.abc import Collection, Iterable, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray


class Hashes(Sequence[str]):
    """Hashes of one length, read as the hexadecimal text that they were given as."""

    def __init__(self, texts: Iterable[str]) -> None:
        raw = [bytes.fromhex(text) for text in texts]
        self._width = len(raw[0]) if raw else 0
        if any(len(one) != self._width for one in raw):
            raise ValueError("hashes of one length are required")
        self._bytes = b"".join(raw)

    def __len__(self) -> int:
        return len(self._bytes) // self._width if self._width else 0

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        start = int(place) * self._width
        found = self._bytes[start : start + self._width] if start >= 0 else b""
        if not found:
            raise IndexError(place)
        return found.hex()

    def heads(self) -> NDArray[np.uint64]:
        """Give the first eight bytes of each, as numbers: enough to look one up by."""
        if not len(self):
            return np.zeros(0, np.uint64)
        table = np.frombuffer(self._bytes, np.uint8).reshape(len(self), self._width)
        return np.ascontiguousarray(table[:, :8]).view(np.uint64).ravel()


class Places:
    """Where a hash stands; the same may stand in several places."""

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        heads = hashes.heads()
        self._order = np.argsort(heads, kind="stable").astype(np.int32)
        self._heads = heads[self._order]

    def of(self, texts: Collection[str]) -> list[int]:
        """Give all places where one of `texts` stands, looked up together."""
        sought = Hashes(texts).heads()
        firsts, lasts = np.searchsorted(self._heads, sought), np.searchsorted(self._heads, sought, "right")
        spans = zip(texts, firsts.tolist(), lasts.tolist(), strict=True)
        near = ((text, place) for text, first, last in spans for place in self._order[first:last].tolist())
        return [place for text, place in near if self._hashes[place] == text]
