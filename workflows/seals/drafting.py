"""From a case to what its paper says: lines by name, from its fields and the directory; and what keeps it back.

A line may stand on a paper only if the kind of paper has a place for it (`paper/papers.yaml`).
"""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from ruamel.yaml import YAML

from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from township.models import towns
from workflows import values
from workflows.notices import called, said
from workflows.records import Record
from workflows.seals import codes
from workflows.seals.paper.kinds import Kind, kind_of
from workflows.seals.ports import Sheet
from workflows.seals.wording import texts

RULES = Path(__file__).with_name("precheck.yaml")
COPIES = "copies"
STORED = re.compile(r"[0-9a-f]{64}")


class Rules(Struct, frozen=True):
    """What is looked at before a paper is drawn."""

    blank: re.Pattern[str]
    """Words that leave a purpose open."""
    most_copies: int
    valid_days: Mapping[str, int]
    resolution: frozenset[str]
    """Kinds that stand on the resolution of a meeting."""
    notice_days: int


@cache
def rules() -> Rules:
    """Read precheck.yaml."""
    told = YAML(typ="safe", pure=True).load(RULES.read_text("utf-8"))
    return Rules(
        re.compile(told["blank"]), told["most_copies"], told["valid_days"], frozenset(told["resolution"]),
        told["notice_days"],
    )  # fmt: skip


def sheet_of(tx: Tx, record: Record, *, by: str | None, at: dt.datetime, demo: bool) -> Sheet:
    """Write what the paper of a case says; what is missing or blank on it is a Mistake."""
    row = record.row
    kind = kind_of(row["skill"])
    (held,) = values.resolve(tx, [record.state.fields])
    day = at.astimezone(SHANGHAI).date()
    check(kind, held, day, {name: spec.name for name, spec in record.definition.fields().items()})
    days = rules().valid_days.get(kind.name)
    villages = {one.id: one.name for one in directory.villages_of(tx, row["town_id"])}
    town = tx.execute(sa.select(towns.c.name, towns.c.county).where(towns.c.id == row["town_id"])).one()
    return Sheet(
        kind=kind.name,
        number=row["number"],
        lines=_lines(tx, record, kind, held, by) | ({"county": town.county} if "county" in kind.may else {}),
        village=villages.get(row["village_id"] or "", ""),
        town=town.name,
        date=day,
        valid_until=day + dt.timedelta(days=days) if days else None,
        code=codes.new_code(),
        copies=int(held.get(COPIES) or 1),
        demo=demo,
    )


def check(kind: Kind, held: Mapping[str, Any], today: dt.date, names: Mapping[str, str]) -> None:
    """Refuse a paper whose purpose or receiver is blank, too many copies, and one that lacks its resolution.

    `names`: what the fields are called, for whoever must put it right.
    """
    known = rules()
    for name in ("purpose", "receiver"):
        text = re.sub(r"[\W_]+", "", str(held.get(name) or ""))
        if name in kind.needs and (not text or known.blank.fullmatch(text)):
            raise Mistake("purpose_blank", field=name, name=names.get(name, name))
    if not 1 <= int(held.get(COPIES) or 1) <= known.most_copies:
        raise Mistake("copies_wrong", field=COPIES, most=known.most_copies)
    if kind.name in known.resolution:
        for name in ("meeting_date", "of", "attended", "votes", "minutes", "notice_from"):
            if held.get(name) in (None, "", []) or (name == "minutes" and not _is_stored(held[name])):
                raise Mistake("resolution_lacking", field=name, what=names.get(name, name))
        check_resolution(held)
        _check_notice(held, today)


def _is_stored(files: Any) -> bool:
    """Say whether a value names files of the store by their hashes, and is no mere word."""
    return isinstance(files, list) and all(STORED.fullmatch(str(one)) for one in files)


def check_resolution(held: Mapping[str, Any]) -> None:
    """More than half came, and more than half of those agreed (Organic Law of Villagers' Committees)."""
    of, attended, votes = (int(held[name]) for name in ("of", "attended", "votes"))
    if attended > of or attended * 2 <= of:
        raise Mistake("resolution_too_few", field="attended", of=of, attended=attended)
    if votes > attended or votes * 2 <= attended:
        raise Mistake("resolution_not_passed", field="votes", attended=attended, votes=votes)


def _check_notice(held: Mapping[str, Any], today: dt.date) -> None:
    """A public notice hangs for its days, and to the day that was said, before anybody goes on."""
    since = dt.date.fromisoformat(str(held["notice_from"]))
    until = dt.date.fromisoformat(str(held.get("notice_until") or today))
    over = since + dt.timedelta(days=rules().notice_days)
    if min(until, today) < over:
        raise Mistake("notice_too_short", field="notice_until", days=rules().notice_days, until=over.isoformat())
    if today < until:
        raise Mistake("notice_hangs_still", field="notice_until", until=until.isoformat())


def _lines(tx: Tx, record: Record, kind: Kind, held: Mapping[str, Any], by: str | None) -> dict[str, str]:
    """Gather the lines: what the case says, and what the household is known by."""
    places = {*kind.needs, *kind.may}
    words = said(record.definition, held, called(tx, record.definition, [held]))
    lines = {name: text for name, text in words.items() if name in places and text}
    affected = record.state.cast.affected
    people = directory.persons(tx, [one for one in (affected, by) if one])
    applicant = people.get(affected or "")
    if applicant is not None:
        lines["name"] = applicant.name
        lines.setdefault("address", address_of(tx, applicant))
    if "id_masked" in places:
        lines["id_masked"] = words.get("id_number") or texts().say("identity_by_original")
    if by in people and "checker" in places:
        lines["checker"] = people[by or ""].name
    if held.get("of") and "present" in places:
        lines["present"] = texts().say("line_present", of=held["of"], attended=held["attended"])
        lines["votes"] = texts().say("line_votes", votes=held["votes"])
    return {name: text for name, text in lines.items() if name in places}


def address_of(tx: Tx, applicant: directory.Person) -> str:
    """Write the address of somebody as the register has it: the village and the door."""
    villages = {one.id: one.name for one in directory.villages_of(tx, applicant.town_id)}
    return f"{villages.get(applicant.village_id or '', '')}{directory.door_of(tx, applicant)}"
