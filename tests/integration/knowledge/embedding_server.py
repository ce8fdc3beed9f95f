"""A tiny model behind OpenAI's embeddings call on loopback: the same text gives the same vector, and it is counted."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from knowledge.embeddings import HashEmbedder


@dataclass
class Served:
    """What the endpoint does, and what it was asked."""

    url: str = ""
    dimensions: int = 32
    key: str = ""
    refuses_after: int = 1_000_000
    """Texts after which it answers 503."""
    holds_after: int = 1_000_000
    """Texts after which it does not answer before `go_on`."""
    requests: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def setting(self, model: str = "tiny") -> str:
        return f"{self.url}/v1#{model}"

    def answer(self, texts: list[str], authorization: str) -> tuple[int, dict[str, object]]:
        self.requests += 1
        if self.key and authorization != f"Bearer {self.key}":
            return 401, {"error": {"message": "no such key"}}
        if self.texts.total() + len(texts) > self.refuses_after:
            return 503, {"error": {"message": "busy"}}
        if self.texts.total() + len(texts) > self.holds_after:
            self.held.set()
            self.go_on.wait(60)
        self.texts.update(texts)
        made = HashEmbedder(self.dimensions).embed_passages(texts)
        return 200, {"data": [{"index": n, "embedding": row.tolist()} for n, row in enumerate(made)]}


@contextmanager
def embedding_server(**about: object) -> Iterator[Served]:
    """Serve while the block runs."""
    served = Served(**about)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = served.answer(asked["input"], self.headers.get("Authorization", ""))
            written = json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)
            except ConnectionError:
                return  # whoever asked was killed

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # a client that was killed

    with Server(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield served
        finally:
            served.go_on.set()
            server.shutdown()
            thread.join()
