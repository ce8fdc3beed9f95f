"""Only the very file that was sealed is accepted."""

import random
import re
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.unit.workflows.seals.paper.sheets import Kept, a_sheet, sealed
from workflows.seals.paper import checking, signing, typesetting
from workflows.seals.paper.authority import Authority
from workflows.seals.paper.checking import MOST_BYTES, Checked, Verdict


def check_file(content: bytes, authority: Authority) -> Checked:
    return checking.check_file(content, authority, datetime.now(UTC))


def signed_bytes(paper: bytes) -> list[int]:
    """The places of all bytes that the signature covers."""
    found = re.search(rb"/ByteRange\s*\[(\d+) (\d+) (\d+) (\d+)", paper)
    assert found
    first, length, second, rest = map(int, found.groups())
    return [*range(first, first + length), *range(second, second + rest)]


def test_a_sealed_paper_is_intact(authority: Authority, paper: bytes) -> None:
    checked = check_file(paper, authority)
    assert checked.verdict is Verdict.INTACT
    assert checked.serial
    assert checked.is_ours


@pytest.mark.parametrize("seed", range(4))
def test_one_changed_byte_anywhere_is_noticed(authority: Authority, paper: bytes, seed: int) -> None:
    choice = random.Random(seed)
    accepted = []
    for place in choice.sample(signed_bytes(paper), 25):
        changed = bytearray(paper)
        changed[place] ^= 1 << choice.randrange(8)
        if check_file(bytes(changed), authority).verdict is Verdict.INTACT:
            accepted.append(place)
    assert accepted == []


def test_what_is_appended_is_noticed(authority: Authority, paper: bytes) -> None:
    checked = check_file(paper + b"\n", authority)
    assert checked.verdict is Verdict.CHANGED
    assert checked.is_ours
    assert check_file(paper + paper, authority).verdict is not Verdict.INTACT


def test_an_incremental_update_is_noticed(authority: Authority, paper: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(paper))
    page = writer.root["/Pages"]["/Kids"][0]
    note = {"/Type": "/Annot", "/Subtype": "/FreeText"}
    drawn = DictionaryObject({NameObject(key): NameObject(value) for key, value in note.items()})
    drawn[NameObject("/Contents")] = TextStringObject("another name")
    page.setdefault(NameObject("/Annots"), writer.add_object(drawn))
    page[NameObject("/Rotate")] = NameObject("/90")
    writer.update_container(page)
    done = BytesIO()
    writer.write(done)
    assert len(done.getvalue()) > len(paper)
    assert check_file(done.getvalue(), authority).verdict is Verdict.CHANGED


def test_the_picture_of_a_seal_in_another_file_is_no_seal(authority: Authority, paper: bytes) -> None:
    with pdfium.PdfDocument(paper) as document:
        document.init_forms()
        page = document[0]
        page.flatten()
        copy = BytesIO()
        document.save(copy)
    assert check_file(copy.getvalue(), authority).verdict in {Verdict.UNSEALED, Verdict.CHANGED}
    checked = check_file(typesetting.typeset(a_sheet()), authority)
    assert (checked.verdict, checked.is_ours) == (Verdict.UNSEALED, False)


def test_a_paper_shortened_to_before_its_seal_is_unsealed(authority: Authority) -> None:
    page = typesetting.lay_out(a_sheet())
    assert check_file(signing.prepare(page.pdf, page.spots), authority).verdict is Verdict.UNSEALED


def test_a_seal_of_other_certificates_is_foreign(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path)
    assert check_file(sealed(other, a_sheet(), Kept()), authority).verdict is Verdict.FOREIGN


def test_where_nothing_was_ever_sealed_every_seal_is_foreign(paper: bytes, tmp_path: Path) -> None:
    nobody = Authority(tmp_path)
    assert check_file(paper, nobody).verdict is Verdict.FOREIGN
    assert not nobody.is_there


def test_a_second_seal_leaves_the_first_good(authority: Authority) -> None:
    page = typesetting.lay_out(a_sheet())
    (spot,) = page.spots
    prepared = signing.prepare(page.pdf, [spot, typesetting.Spot(0, spot.x - 150, spot.y)])
    chain = [authority.issuing(), authority.root()]
    paper = prepared
    for number, name in enumerate(("示范县示例镇柳树村村民委员会", "示范县示例镇人民政府"), 1):
        holder = authority.seal_of(name, datetime.now(UTC))
        paper = signing.sign(paper, holder, chain, typesetting.draw_seal(name), number=number)
        checked = check_file(paper, authority)
        assert (checked.verdict, checked.sealer) == (Verdict.INTACT, name)


@given(st.binary(max_size=400))
def test_nothing_that_a_file_holds_breaks_the_check(content: bytes) -> None:
    nobody = Authority(Path("nowhere"))
    assert check_file(content, nobody).verdict is Verdict.NO_PDF or b"%PDF-" in content
    assert check_file(b"%PDF-1.7\n" + content, nobody).verdict in {Verdict.CHANGED, Verdict.UNSEALED}


def test_a_file_that_swells_is_given_up(authority: Authority) -> None:
    packed = zlib.compress(b"0" * 200_000_000, 9)
    head = b"%PDF-1.7\n1 0 obj\n<</Type/XRef/W[1 2 1]/Size 9/Root 2 0 R/Filter/FlateDecode/Length "
    bomb = head + str(len(packed)).encode() + b">>\nstream\n" + packed + b"\nendstream\nendobj\n"
    content = bomb + b"% /ByteRange\nstartxref\n9\n%%EOF\n"
    tracemalloc.start()
    assert check_file(content, authority).verdict is Verdict.CHANGED
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50_000_000


def test_a_file_that_turns_in_circles_is_given_up(authority: Authority) -> None:
    nested = b"[" * 20_000 + b"]" * 20_000
    content = b"%PDF-1.7\n/ByteRange\ntrailer\n<</Root " + nested + b">>\nstartxref\n20\n%%EOF"
    assert check_file(content, authority).verdict is Verdict.CHANGED


def test_cut_off_files_are_not_accepted(authority: Authority, paper: bytes) -> None:
    for share in (0.1, 0.5, 0.9, 0.999):
        assert check_file(paper[: int(len(paper) * share)], authority).verdict is not Verdict.INTACT


def test_a_file_that_is_too_large_is_not_read(authority: Authority, paper: bytes) -> None:
    checked = check_file(paper + b" " * MOST_BYTES, authority)
    assert checked == Checked(Verdict.CHANGED, checked.sha256, is_ours=True)


async def test_inside_an_event_loop_it_is_a_bug_and_no_verdict(authority: Authority, paper: bytes) -> None:
    with pytest.raises(RuntimeError, match="in a thread"):
        check_file(paper, authority)


def test_a_certificate_that_has_run_out_is_not_trusted(authority: Authority, paper: bytes) -> None:
    late = datetime.now(UTC) + timedelta(days=800)
    assert checking.check_file(paper, authority, late).verdict is Verdict.FOREIGN
