"""What runs in the quarantine: reads the files that it is given, one after the other, within limits that end it.

An order is a line of JSON on standard input, answers are lines of JSON on standard output.
"""

import json
import os
import resource
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from knowledge.formats.kinds import Kind
from knowledge.formats.readers import read
from knowledge.formats.scans import can_see
from township.errors import Mistake

MEMORY = 1536 * 2**20
MEMORY_SEEING = 4 * 2**30
"""Bytes of address space; the network that reads pictures reserves much and uses little."""


def main() -> None:
    """Serve until the parent closes the pipe."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints must not be heard as an answer
    limit(int(sys.argv[1]) or (MEMORY_SEEING if can_see() else MEMORY))

    def say(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()

    for line in sys.stdin:
        order = json.loads(line)
        say(_read(order, lambda page, of: say({"page": page, "of": of})))


def limit(memory: int) -> None:
    """Bound this process: what needs more fails, nobody else does."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(order: dict[str, str], tell: Any) -> dict[str, Any]:
    try:
        content = read(Path(order["path"]).read_bytes(), order["name"], Kind(order["kind"]), tell)
    except Mistake as mistake:
        return {"mistake": mistake.code, "values": mistake.values}
    except (MemoryError, RecursionError):
        return {"mistake": "file_too_hard", "values": {"file": order["name"], "seconds": 0}}
    return {"lines": [astuple(line) for line in content.lines], "remarks": [astuple(each) for each in content.remarks]}


if __name__ == "__main__":
    main()
