"""What a start reads: a villager waits for each package that is read before the bot listens."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
NOT_NEEDED = ("alembic", "chromadb", "grpc", "httpx", "langchain_core", "openpyxl", "pyhanko", "rich", "segno", "typst")
SAY = "import dinglin, gc, sys; print(gc.isenabled(), gc.get_freeze_count() > 100_000, *sys.modules)"


def test_a_start_reads_only_what_it_needs_and_then_looks_for_garbage_again() -> None:
    said = subprocess.run([sys.executable, "-c", SAY], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    looks, frozen, *read = said.split()
    assert (looks, frozen) == ("True", "True")
    assert "bot.app" in read
    assert set(NOT_NEEDED).isdisjoint(read)
