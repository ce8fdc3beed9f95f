"""The embedder at an endpoint: what it makes of answers, good and bad."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from knowledge.encoder.endpoint import OpenAIEmbedder
from township.errors import Mistake


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


def endpoint(request: httpx.Request) -> httpx.Response:
    """Answer like an OpenAI-compatible endpoint, rows out of order as the protocol allows."""
    asked = json.loads(request.content)
    assert asked["model"] == "m"
    rows = [{"index": i, "embedding": [len(text), 1.0]} for i, text in enumerate(asked["input"])]
    return httpx.Response(200, json={"data": rows[::-1]})


def test_an_endpoint_gives_unit_vectors_in_the_order_asked() -> None:
    embedder = OpenAIEmbedder("http://127.0.0.1/v1/", "m", client=client_of(endpoint))
    made = embedder.embed_passages(["字" * n for n in range(1, 71)])
    assert embedder.dimensions == 2
    assert made.shape == (70, 2)
    assert np.allclose(np.linalg.norm(made, axis=1), 1)
    assert np.all(np.diff(made[:, 0]) > 0)


@pytest.mark.parametrize(("status", "reason"), [(401, "HTTP 401"), (200, "ConnectError")])
def test_an_endpoint_that_refuses_is_named(status: int, reason: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        if status == 200:
            raise httpx.ConnectError("no route")
        return httpx.Response(status)

    with pytest.raises(Mistake) as silent:
        OpenAIEmbedder("http://127.0.0.1/v1", "m", client=client_of(refuse))
    assert (silent.value.code, silent.value.values["reason"]) == ("embedder_silent", reason)


def test_known_dimensions_are_not_asked_for() -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError("asked")

    assert OpenAIEmbedder("http://127.0.0.1/v1", "m", dimensions=8, client=client_of(never)).dimensions == 8


@pytest.mark.parametrize(
    "body",
    [
        "<html>sign in</html>",
        {"error": "no model"},
        {"data": [{"embedding": "AAAA"}]},
        {"data": []},
        {"data": [{"embedding": [1.0, float("nan")]}]},
    ],
)
def test_what_is_no_vector_is_said(body: Any) -> None:
    def strange(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=body if isinstance(body, str) else json.dumps(body))

    with pytest.raises(Mistake) as silent:
        OpenAIEmbedder("http://127.0.0.1/v1", "m", client=client_of(strange))
    assert (silent.value.code, silent.value.values["reason"]) == ("embedder_silent", "no embeddings")


def test_vectors_of_another_length_are_refused() -> None:
    embedder = OpenAIEmbedder("http://127.0.0.1/v1", "m", dimensions=3, client=client_of(endpoint))
    with pytest.raises(Mistake) as refused:
        embedder.embed_passages(["路灯"])
    assert refused.value.code == "embedder_dimensions"
    assert (refused.value.values["expected"], refused.value.values["found"]) == (3, 2)


def test_an_endpoint_may_leave_out_the_numbers() -> None:
    def plain(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json={"data": [{"embedding": [2.0, 0.0]} for _ in json.loads(request.content)["input"]]}
        )

    made = OpenAIEmbedder("http://127.0.0.1/v1", "m", client=client_of(plain)).embed_passages(["一", "二"])
    assert made.tolist() == [[1.0, 0.0], [1.0, 0.0]]
