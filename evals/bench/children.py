"""The real programs as child processes: the app on a home of its own, the sandbox, any bot; started, killed, ended."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""How long a child may take to come up or go down, in seconds."""


class ChildFailed(RuntimeError):
    """A child process ended before it was ready; the message holds the end of what it wrote."""


class Child:
    """A process that says its first line on standard output when it is ready; its log goes to a file."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._arguments = list(arguments)
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        self._process: subprocess.Popen[str] | None = None
        self.log = log

    @property
    def pid(self) -> int:
        """Name the process; 0 when there is none."""
        return self._process.pid if self._process else 0

    def start(self, *, until_ready: bool = True) -> None:
        """Start it, and wait for its first line unless it has none to say."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                self._arguments,
                env=self._environment,
                cwd=ROOT,
                stdout=subprocess.PIPE if until_ready else subprocess.DEVNULL,
                stderr=log,
                text=True,
            )
        if until_ready and self._process.stdout is not None and not self._process.stdout.readline():
            self.stop()
            raise ChildFailed(self.log.read_text("utf-8")[-2000:])

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it has ended by itself; returns its exit code."""
        if self._process is None:
            return 0
        code = self._process.wait(PATIENCE)
        self._end(signal.SIGKILL)
        return code

    def is_running(self) -> bool:
        """Say whether it lives."""
        return self._process is not None and self._process.poll() is None

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(number)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def command(arguments: Sequence[str], **settings: str) -> None:
    """Run a command of ours to its end."""
    given = {f"DINGLIN_{name.upper()}": value for name, value in settings.items()}
    line = [sys.executable, "-m", "dinglin", *arguments]
    subprocess.run(line, env={**os.environ, **given}, cwd=ROOT, check=True, capture_output=True, timeout=900)


def app(home: Path, api_url: str, **settings: str) -> Child:
    """Make the app: `dinglin run` on a home that is migrated, against a sandbox."""
    given = {"home": str(home), "api_url": api_url, "port": str(free_port()), "log_level": "WARNING", **settings}
    environment = {f"DINGLIN_{name.upper()}": value for name, value in given.items()}
    return Child([sys.executable, "-m", "dinglin", "run"], environment, home / "app.log")


def prepare(
    home: Path, embedder: str, *, migrated: Callable[[Path], None] = lambda home: None, **settings: str
) -> None:
    """Migrate a new home, let `migrated` have it, and take in the documents of the invented town."""
    given = {"home": str(home), "embedder": embedder, **settings}
    environment = {**os.environ, **{f"DINGLIN_{name.upper()}": value for name, value in given.items()}}
    for command in (["migrate", "--quiet"], ["ingest", "--samples"]):
        arguments = [sys.executable, "-m", "dinglin", *command]
        subprocess.run(arguments, env=environment, cwd=ROOT, check=True, capture_output=True, timeout=300)
        if command[0] == "migrate":
            migrated(home)


@contextmanager
def sandbox(log: Path, *arguments: str) -> Iterator[str]:
    """Run a sandbox in a process of its own; yields its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    child = Child([sys.executable, "-m", "sandbox", "--port", str(port), *arguments], {}, log)
    child.start(until_ready=False)
    try:
        transport = httpx.HTTPTransport(retries=12)
        with httpx.Client(transport=transport, timeout=PATIENCE, trust_env=False) as http:
            http.get(f"{url}/_sandbox/clock").raise_for_status()
        yield url
    finally:
        child.kill()


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
