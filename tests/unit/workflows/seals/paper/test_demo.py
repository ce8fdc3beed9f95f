"""The demonstration seals what was approved, for the invented town, and nothing else."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from msgspec.structs import replace

from tests.unit.workflows.seals.paper.sheets import Kept, a_sheet, backend, no_demo, sealed
from township.errors import Refused
from workflows.seals.paper.authority import Authority
from workflows.seals.paper.checking import Verdict, check_file
from workflows.seals.ports import Sheet, digest


def test_the_register_is_told_the_file_and_the_certificate(authority: Authority) -> None:
    kept, sheet = Kept(), a_sheet()
    done = backend(authority, kept).seal(sheet, digest(sheet))
    checked = check_file(kept.files[done.sha256], authority, datetime.now(UTC))
    assert (checked.verdict, checked.serial) == (Verdict.INTACT, done.certificate_serial)
    assert checked.sealer == "示范县示例镇柳树村村民委员会"
    assert len(kept.files[done.sha256]) < 100_000


def test_a_sheet_that_was_changed_after_its_approval_is_not_sealed(authority: Authority) -> None:
    approved = digest(a_sheet())
    for other in (a_sheet(purpose="贷款"), replace(a_sheet(), copies=2)):
        with pytest.raises(Refused, match="not_what_was_approved"):
            backend(authority, Kept()).seal(other, approved)


@pytest.mark.parametrize(
    "sheet",
    [
        replace(a_sheet(), town="某某镇"),
        replace(a_sheet(), town="", village="某某村"),
        no_demo(a_sheet()),
    ],
)
def test_nobody_elses_seal_is_ever_drawn(authority: Authority, sheet: Sheet) -> None:
    kept = Kept()
    with pytest.raises(Refused, match="real_body_not_sealed_here"):
        backend(authority, kept).seal(sheet, digest(sheet))
    assert kept.files == {}


def test_outside_the_sandbox_nothing_is_sealed(authority: Authority) -> None:
    with pytest.raises(Refused, match="real_body_not_sealed_here"):
        backend(authority, Kept(), is_sandbox=False).seal(a_sheet(), digest(a_sheet()))


def test_a_letter_that_needs_no_seal_gets_none(authority: Authority) -> None:
    sheet = a_sheet("notice_letter")
    with pytest.raises(Refused, match="paper_without_seal"):
        backend(authority, Kept()).seal(sheet, digest(sheet))


def test_the_seal_stands_red_on_name_and_date_of_the_last_page(authority: Authority) -> None:
    with pdfium.PdfDocument(sealed(authority, a_sheet(purpose="办事" * 400), Kept())) as document:
        document.init_forms()
        shares = [_red(page) for page in document]
    assert len(shares) > 1
    assert shares[-1] > 0.002
    assert max(shares[:-1]) == 0


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed: apt-get install poppler-utils")
def test_a_foreign_reader_finds_the_signature_valid(paper: bytes, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(paper)
    found = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in found
    assert "Total document signed" in found
    assert "ETSI.CAdES.detached" in found


def _red(page: pdfium.PdfPage) -> float:
    """The share of red on a page as it is drawn."""
    drawn = np.asarray(page.render(scale=0.5, may_draw_forms=True).to_pil().convert("RGB")).astype(int)
    return float(np.mean((drawn[..., 0] > 150) & (drawn[..., 1] < 90) & (drawn[..., 2] < 90)))
