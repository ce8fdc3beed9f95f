"""A process of its own in which files that could do harm are opened: too slow, too large or crashing, it alone ends."""

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from knowledge.formats.kinds import Kind
from knowledge.structure.lines import Content, Line, Remark, Tell, silent
from township.errors import Mistake

ROOT = Path(__file__).parents[2]
SILENCE = 180.0
"""Seconds without word of a page after which a file is given up."""
PATIENCE = 1800.0
"""Seconds for a whole file: a thousand scanned pages are for another day."""


class Quarantine:
    """One child, started for the first file that needs it and again after one that ended it. For one thread."""

    def __init__(self, *, silence: float = SILENCE, patience: float = PATIENCE, memory: int = 0) -> None:
        """`memory`: bytes that the child may have; 0: what its readers need."""
        self._silence, self._patience, self._memory = silence, patience, memory
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._heard = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def child_id(self) -> int | None:
        """The process that reads at present."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child; the next file starts another."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._child, self._folder, self._heard = None, None, b""

    def read(self, data: bytes, name: str, kind: Kind, tell: Tell = silent) -> Content:
        """Read a file in there; one that is too hard for it is a `Mistake`."""
        child, folder = self._started()
        path = Path(folder.name) / "file"
        path.write_bytes(data)
        order = json.dumps({"path": str(path), "name": name, "kind": kind.value}) + "\n"
        try:
            return self._answer(child, order.encode(), tell)
        except (_Ended, BrokenPipeError) as ended:
            self.close()
            raise Mistake("file_too_hard", file=name, seconds=round(self._silence)) from ended

    def _answer(self, child: "subprocess.Popen[bytes]", order: bytes, tell: Tell) -> Content:
        assert child.stdin is not None
        child.stdin.write(order)
        child.stdin.flush()
        until = time.monotonic() + self._patience
        while True:
            answer = self._line(child, until)
            if "page" in answer:
                tell(answer["page"], answer["of"])
                continue
            if "mistake" in answer:
                raise Mistake(answer["mistake"], **answer["values"])
            remarks = tuple(Remark(code, tuple(pages)) for code, pages in answer["remarks"])
            return Content(tuple(Line(*line) for line in answer["lines"]), remarks)

    def _line(self, child: "subprocess.Popen[bytes]", until: float) -> dict[str, Any]:
        assert child.stdout is not None
        pieces = [self._heard]
        while b"\n" not in pieces[-1]:
            wait = min(self._silence, until - time.monotonic())
            ready, _, _ = select.select([child.stdout], [], [], max(0.0, wait))
            piece = os.read(child.stdout.fileno(), 2**20) if ready else b""
            if not piece:
                raise _Ended
            pieces.append(piece)
        line, self._heard = b"".join(pieces).split(b"\n", 1)
        found: dict[str, Any] = json.loads(line)
        return found

    def _started(self) -> tuple["subprocess.Popen[bytes]", TemporaryDirectory[str]]:
        if self._child is None or self._folder is None or self._child.poll() is not None:
            self.close()
            self._folder = TemporaryDirectory(prefix="dinglin-file-")
            # Nothing of our own surroundings, where the secrets are.
            path = os.environ.get("PATH", os.defpath)
            surroundings = {"PATH": path, "HOME": self._folder.name, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
            self._child = subprocess.Popen(
                [sys.executable, "-m", "knowledge.formats.child", str(self._memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=surroundings,
            )
        return self._child, self._folder


class _Ended(Exception):
    """The child fell silent or died."""
