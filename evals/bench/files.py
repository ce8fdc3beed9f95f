"""Files: how long a text PDF of two hundred pages takes, held against the bare library, and ten scanned pages.

Memory is the most that the process which opened the file ever held. Scans are timed where the extra `ocr` is installed.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from ruamel.yaml import YAML

from evals.harness import Report
from evals.printing import NEW_PAGE, Block, pdf, scan
from evals.tasks.ingest import EXPECTED
from knowledge import splitters
from knowledge.formats import scans
from knowledge.formats.kinds import Kind
from knowledge.formats.quarantine import Quarantine
from knowledge.splitters import Clause
from knowledge.structure import frontmatter

TASK = "files"
PAGES = 200
SCANNED = 10
ALLOWED_S = 10
"""Seconds that may come on top of three times the bare library."""
_ARTICLES = 3
"""Articles on a page."""


def run(*, pages: int = PAGES) -> Report:
    """Make the files, read them, and time it."""
    text = pdf(_rules(pages))
    _bare(pdf(_rules(1)))  # the library is loaded
    bare = _timed(lambda: _bare(text))
    with Quarantine() as quarantine:
        quarantine.read(pdf(_rules(1)), "first.pdf", Kind.PDF)  # the child is up
        clauses: list[Clause] = []
        ours = _timed(lambda: clauses.extend(_clauses(quarantine, text)))
        metrics = {
            "pages": pages,
            "bare_s": round(bare, 2),
            "ours_s": round(ours, 2),
            "allowed_s": round(3 * bare + ALLOWED_S, 2),
            "share": round(ours / (3 * bare + ALLOWED_S), 3),
            "clauses_right": round(_right(clauses) / (pages * _ARTICLES), 4),
            "peak_mb": _peak_mb(quarantine),
        }
    if scans.can_see():
        metrics |= _scanned()
    return Report(TASK, pages, metrics, settings={"bytes": len(text), "ocr": scans.can_see()})


def _scanned() -> dict[str, float]:
    pages = scan(pdf(_rules(SCANNED)))
    found: list[Clause] = []
    with Quarantine() as quarantine:
        seconds = _timed(lambda: found.extend(_clauses(quarantine, pages)))
        return {
            "scan_s": round(seconds, 1),
            "scan_cpu_s": _cpu_s(quarantine),
            "scan_clauses_right": round(_right(found) / (SCANNED * _ARTICLES), 4),
            "scan_peak_mb": _peak_mb(quarantine),
        }


def _rules(pages: int) -> list[Block]:
    """Write rules of so many pages, with a table on every tenth."""
    told = _told()
    words = told["words"]
    blocks: list[Block] = []
    for page in range(pages):
        for number in range(page * _ARTICLES + 1, (page + 1) * _ARTICLES + 1):
            turned = words[number % len(words) :] + words[: number % len(words)]
            blocks.append(told["article"].format(number=number, words=turned * 6))
        if page % 10 == 9:
            blocks.append({"table": [[f"{row}", f"{row * page}", "B"] for row in range(6)]})
        blocks.append(NEW_PAGE)
    return blocks[:-1]


def _told() -> dict[str, str]:
    told: dict[str, str] = YAML(typ="safe", pure=True).load(EXPECTED.read_text("utf-8"))["bench"]
    return told


def _bare(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    try:
        return sum(len(page.get_textpage().get_text_bounded()) for page in document)
    finally:
        document.close()


def _clauses(quarantine: Quarantine, data: bytes) -> tuple[Clause, ...]:
    content = quarantine.read(data, "rules.pdf", Kind.PDF)
    return splitters.split(frontmatter.read(content.lines, "rules.pdf").body)


def _right(clauses: list[Clause]) -> int:
    """Count the articles that are whole: their number, their last words, and the page on which they stand."""
    right, ending = 0, _told()["ending"]
    for clause in clauses:
        digits = "".join(mark for mark in clause.number if mark.isdigit())
        on_page = bool(digits) and clause.page == (int(digits) - 1) // _ARTICLES + 1
        right += on_page and ending.format(number=digits) in clause.text
    return right


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _cpu_s(quarantine: Quarantine) -> float:
    """Read how long the child kept processors busy: what a loaded machine does not change."""
    stat = Path(f"/proc/{quarantine.child_id}/stat")
    ticks = stat.read_text().rsplit(")", 1)[1].split()[11:13] if stat.exists() else []
    return round(sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), 1)


def _peak_mb(quarantine: Quarantine) -> float:
    """Read the most memory that the child ever held; 0 where the system does not tell."""
    status = Path(f"/proc/{quarantine.child_id}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
    return round(kilobytes / 1024, 1)
