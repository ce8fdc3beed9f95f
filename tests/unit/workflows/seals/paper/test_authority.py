"""The demonstration's certificates: made once, readable by their owner only, and of one root."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workflows.seals.paper.authority import FOLDER, Authority

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAME = "示范县示例镇柳树村村民委员会"


def test_keys_are_for_their_owner_only(home: Path) -> None:
    Authority(home).seal_of(NAME, NOW)
    assert stat.S_IMODE((home / FOLDER).stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home / FOLDER).iterdir()} == {0o600}
    assert b"PRIVATE KEY" not in (home / FOLDER / "root.pem").read_bytes()


def test_a_seal_keeps_its_certificate(home: Path) -> None:
    first = Authority(home).seal_of(NAME, NOW)
    assert Authority(home).seal_of(NAME, NOW + timedelta(days=300)).serial == first.serial
    assert Authority(home).seal_of("示范县示例镇桃园村村民委员会", NOW).serial != first.serial


def test_one_that_runs_out_is_replaced(home: Path) -> None:
    first = Authority(home).seal_of(NAME, NOW)
    assert Authority(home).seal_of(NAME, NOW + timedelta(days=710)).serial != first.serial


def test_the_chain_leads_to_the_root(home: Path) -> None:
    authority = Authority(home)
    seal = authority.seal_of(NAME, NOW)
    seal.certificate.verify_directly_issued_by(authority.issuing())
    authority.issuing().verify_directly_issued_by(authority.root())


def test_the_first_seals_of_several_threads_have_one_root(home: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: Authority(home).seal_of(NAME, NOW), range(4)))
    issuing = Authority(home).issuing()
    for one in made:
        one.certificate.verify_directly_issued_by(issuing)


def test_a_holder_does_not_print_its_key(home: Path) -> None:
    assert "PRIVATE" not in repr(Authority(home).seal_of(NAME, NOW))
