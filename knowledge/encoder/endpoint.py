"""An embedder at an endpoint that speaks OpenAI's embeddings call, at `url` (…/v1).

It may be slow, refuse or be away: each is a Mistake with its reason, and whoever answers goes on by words. After a
failure questions do not try it again for a while, so that nobody waits for a timeout twice.
"""

import time
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from township.errors import Mistake

if TYPE_CHECKING:
    import httpx

Floats = NDArray[np.float32]

BATCH = 32
PATIENCE, PATIENCE_OF_A_QUESTION = 60.0, 4.0
"""Seconds that a batch, and somebody who waits for an answer, wait for the endpoint."""
REST = 20.0
"""Seconds after a failure in which no question tries it again."""
MOST_NAME = 80
"""Characters of its column."""


class OpenAIEmbedder:
    """Vectors from an endpoint. Its name is the model's: two addresses of one model give the same vectors."""

    def __init__(
        self, url: str, model: str, *, key: str = "", dimensions: int = 0, client: "httpx.Client | None" = None
    ) -> None:
        """`dimensions`: as they were found before; 0: the endpoint is asked now."""
        import httpx

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = client or httpx.Client(timeout=PATIENCE, headers=headers)
        weakref.finalize(self, self._client.close)  # nobody says when a predecessor has answered for the last time
        self._url, self._model = f"{url.rstrip('/')}/embeddings", model
        self._rests_until, self._failure = 0.0, ""
        self.name = f"openai:{model}"[:MOST_NAME]
        self.dimensions = dimensions
        if not dimensions:
            self.dimensions = int(self._call(["1"], PATIENCE_OF_A_QUESTION).shape[1])

    def embed_query(self, text: str) -> Floats:
        """Embed a question; a Mistake at once where the endpoint failed a moment ago."""
        if time.monotonic() < self._rests_until:
            raise Mistake("embedder_silent", url=self._url, reason=self._failure)
        vector: Floats = self._call([text], PATIENCE_OF_A_QUESTION)[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        parts = [self._call(texts[start : start + BATCH], PATIENCE) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimensions), np.float32)

    def _call(self, texts: Sequence[str], patience: float) -> Floats:
        import httpx

        try:
            body = {"model": self._model, "input": list(texts)}
            answer = self._client.post(self._url, json=body, timeout=patience)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise self._silent(f"HTTP {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise self._silent(type(error).__name__) from error
        try:
            rows = enumerate(answer.json()["data"])
            ordered = sorted(rows, key=lambda row: row[1].get("index", row[0]))
            made = np.array([row["embedding"] for _, row in ordered], np.float32)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._silent("no embeddings") from error
        if made.ndim != 2 or len(made) != len(texts) or not np.isfinite(made).all():
            raise self._silent("no embeddings")
        if self.dimensions and made.shape[1] != self.dimensions:
            found = {"expected": self.dimensions, "found": made.shape[1]}
            raise Mistake("embedder_dimensions", name=self.name, **found)
        self._rests_until = 0.0
        return np.asarray(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-12), np.float32)

    def _silent(self, reason: str) -> Mistake:
        self._rests_until, self._failure = time.monotonic() + REST, reason
        return Mistake("embedder_silent", url=self._url, reason=reason)
