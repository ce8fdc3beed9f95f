"""Word indexes as files, mapped into memory: written once, there at the next start, shared by processes.

A folder is named by what is in it (clauses and the code that cut them), so that nothing is ever out of date. Pages that
no question touches take no memory.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.search import building
from knowledge.search.lexical import WordIndex

SMALL = 2000
"""Texts up to which an index is built faster than it is looked for."""
NUMBERS = "numbers.json"


def find(folder: Path, name: str) -> WordIndex | None:
    """Map the index of this name; None where there is none."""
    held = folder / name
    try:
        values: dict[str, Any] = json.loads((held / NUMBERS).read_text("utf-8"))
        values |= {one.stem: np.asarray(np.load(one, mmap_mode="r")) for one in held.glob("*.npy")}
        return WordIndex(**values)
    except (OSError, ValueError, TypeError):
        return None


def make(folder: Path, name: str, texts: Iterable[str]) -> WordIndex | None:
    """Build the index of `texts` as files of this name and map it; None where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as work:
            made = Path(work) / name
            made.mkdir()
            (made / NUMBERS).write_text(json.dumps({"size": building.write(made, texts)}), "utf-8")
            if not (folder / name).exists():
                made.rename(folder / name)
    except OSError:
        return None
    return find(folder, name)


def clear(folder: Path, wanted: Collection[str]) -> None:
    """Delete the indexes that nobody wants; a process that has one mapped keeps its pages."""
    if folder.is_dir():
        for held in folder.iterdir():
            if held.name not in wanted and not held.name.startswith("."):
                shutil.rmtree(held, ignore_errors=True)


@cache
def recipe() -> bytes:
    """Digest the code and data of this package: another way of cutting words gives another index."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.*")):
        if path.suffix in {".py", ".yaml"}:
            digest.update(path.read_bytes())
    return digest.digest()
