"""Chroma against the exact scan, and who may own its folder."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from knowledge.index import ChromaIndex, ExactIndex, Floats, VectorIndex
from knowledge.search.tiers import Tiers
from township.errors import Mistake

SMALL = 60
RANDOM = np.random.default_rng(5)


def some_vectors(count: int) -> Floats:
    made = RANDOM.normal(size=(count, 64)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def check_life_of_a_collection(index: VectorIndex) -> None:
    vectors = some_vectors(50)
    keys = [f"k{n}" for n in range(50)]
    assert index.keys("c") == set()
    assert index.nearest("c", vectors[0], 5) == {}
    index.add("c", keys, vectors)
    assert index.keys("c") == set(keys)
    found = index.nearest("c", vectors[7], 5)
    assert next(iter(found)) == "k7"
    assert found["k7"] == pytest.approx(1, abs=1e-4)
    index.remove("c", ["k7"])
    assert "k7" not in index.nearest("c", vectors[7], 50)
    assert len(index.nearest("c", vectors[7], 200)) == 49


def test_a_collection_lives_alike_in_both(tmp_path: Path) -> None:
    chroma = ChromaIndex.embedded(tmp_path / "index")
    check_life_of_a_collection(chroma)
    check_life_of_a_collection(ExactIndex())
    chroma.close()


def test_a_collection_that_grows_lies_in_chroma(tmp_path: Path) -> None:
    chroma = ChromaIndex.embedded(tmp_path / "index")
    tiers = Tiers(chroma, small=SMALL)
    check_life_of_a_collection(tiers)
    assert chroma.keys("c") == set()
    vectors, keys = some_vectors(SMALL + 1), [f"m{n}" for n in range(SMALL + 1)]
    assert tiers.keys("c", len(keys)) == set()
    tiers.add("c", keys, vectors)
    assert chroma.keys("c") == set(keys)
    assert next(iter(tiers.nearest("c", vectors[3], 5))) == "m3"
    tiers.close()


def test_a_small_town_never_opens_chroma(tmp_path: Path) -> None:
    tiers = Tiers(ChromaIndex.embedded(tmp_path / "index"))
    check_life_of_a_collection(tiers)
    with pytest.raises(Mistake, match="index_in_use"):
        ChromaIndex.embedded(tmp_path / "index")
    tiers.close()
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["owner.lock"]
    ChromaIndex.embedded(tmp_path / "index").close()


def test_the_cache_agrees_with_the_exact_scan(tmp_path: Path) -> None:
    chroma, exact = ChromaIndex.embedded(tmp_path / "index"), ExactIndex()
    vectors = some_vectors(3000)
    for index in (chroma, exact):
        index.add("c", [f"{n}" for n in range(3000)], vectors)
    asked = some_vectors(50)
    overlaps = [
        len(set(list(chroma.nearest("c", q, 200))[:10]) & set(list(exact.nearest("c", q, 200))[:10])) / 10
        for q in asked
    ]
    chroma.close()
    assert np.mean(overlaps) >= 0.98


def test_a_folder_is_there_again_after_a_restart(tmp_path: Path) -> None:
    first = ChromaIndex.embedded(tmp_path / "index")
    first.add("c", ["a", "b"], some_vectors(2))
    first.close()
    second = ChromaIndex.embedded(tmp_path / "index")
    assert second.keys("c") == {"a", "b"}
    second.close()


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    index = ChromaIndex.embedded(tmp_path / "index")
    with pytest.raises(Mistake, match="index_in_use"):
        ChromaIndex.embedded(tmp_path / "index")
    index.close()


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    """Run Chroma's own server on a free port of this machine."""
    program = shutil.which("chroma", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("Chroma's server program is not installed with chromadb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "run", "--path", str(tmp_path / "served"), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(f"{url}/api/v2/heartbeat", server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


def _await(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    with httpx.Client(transport=httpx.HTTPTransport(retries=3)) as client:
        while time.monotonic() < deadline:
            assert server.poll() is None, "Chroma's server ended"
            try:
                client.get(url).raise_for_status()
                return
            except httpx.HTTPError:
                continue
    raise AssertionError("Chroma's server does not answer")


def test_a_chroma_server_serves_two_clients(chroma_server: str) -> None:
    index = ChromaIndex.server(chroma_server)
    check_life_of_a_collection(index)
    other = ChromaIndex.server(chroma_server)
    assert len(other.keys("c")) == 49
