"""The register as a sheet for people (用印登记簿): lines with names and words in place of references, written as xlsx.

Who exports is written down. What was erased reads as erased; the hash of each line stands beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from township import directory, tables
from township.clock import SHANGHAI
from township.db import Tx
from workflows import records, values
from workflows.house import texts as house_texts
from workflows.seals import register
from workflows.seals.paper.kinds import kind_of
from workflows.seals.register import Line, Seal
from workflows.seals.wording import texts

COLUMNS = Path(__file__).with_name("columns.yaml")
LONGEST_TITLE = 31
"""Characters of the name of a sheet."""


def headings() -> Mapping[str, str]:
    """What the columns are called, in their order."""
    told: dict[str, str] = YAML(typ="safe", pure=True).load(COLUMNS.read_text("utf-8"))
    return told


def rows(tx: Tx, seal: Seal) -> list[dict[str, str]]:
    """Read the register of a seal in words, one dictionary a line."""
    lines = register.lines(tx, seal.id)
    told = values.texts_of(tx, [ref for line in lines for ref in (line.purpose_ref, line.receiver_ref)])
    ids = {one for line in lines for one in (line.applicant_id, line.custodian_id, *line.checkers, *line.approvers)}
    names = {one.id: one.name for one in directory.persons(tx, [one for one in ids if one]).values()}
    return [_row(tx, seal, line, told, names) for line in lines]


def write(target: Path, sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """Write one sheet a seal. Blocks."""
    known = headings()
    pages = {
        title[:LONGEST_TITLE]: [list(known.values()), *([row[name] for name in known] for row in several)]
        for title, several in sheets.items()
    }
    target.write_bytes(tables.workbook_of(pages))


def broken(tx: Tx, seals: Iterable[Seal]) -> dict[str, int]:
    """Find the registers that are not whole: name of the seal, and the first line that is wrong."""
    found = ((seal.name, register.first_break(register.lines(tx, seal.id), seal)) for seal in seals)
    return {name: number for name, number in found if number is not None}


def _row(
    tx: Tx, seal: Seal, line: Line, told: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, str]:  # fmt: skip
    erased, between = house_texts().say("erased"), house_texts().say("between_names")

    def people(several: Iterable[str | None]) -> str:
        return between.join(names.get(one, one) for one in several if one)

    return {
        "no": str(line.seq),
        "at": line.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "number": records.load(tx, line.town_id, line.case_id, lock=False).row["number"],
        "kind": kind_of(line.kind).title,
        "purpose": told.get(line.purpose_ref, erased),
        "receiver": told.get(line.receiver_ref, erased),
        "applicant": people([line.applicant_id]),
        "checkers": people(line.checkers),
        "approvers": people(line.approvers),
        "custodian": people([line.custodian_id]),
        "copies": str(line.copies),
        "state": texts().say(f"state_{line.state}"),
        "seal": seal.name,
        "serial": line.serial,
        "digest": line.digest,
        "photo": line.photo_sha256,
        "hash": line.hash,
    }
