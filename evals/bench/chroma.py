"""The Chroma server of the installed package, as a child process on a folder of its own, for benches and tests."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from evals.bench.children import PATIENCE, Child, free_port

PROGRAM = Path(sys.executable).with_name("chroma")


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a server that keeps its collections in `folder`; yields its address."""
    port = free_port()
    arguments = [str(PROGRAM), "run", "--path", str(folder / "chroma"), "--host", "127.0.0.1", "--port", str(port)]
    child = Child(arguments, {}, folder / "chroma.log")
    child.start(until_ready=False)
    url = f"http://127.0.0.1:{port}"
    try:
        transport = httpx.HTTPTransport(retries=12)
        with httpx.Client(transport=transport, timeout=PATIENCE, trust_env=False) as http:
            http.get(f"{url}/api/v2/heartbeat").raise_for_status()
        yield url
    finally:
        child.kill()
