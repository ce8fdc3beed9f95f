"""Who was told what holds no longer (改口通知): from the answers given and the rows that ended since.

Nothing is kept for it but whom it was told to again. Twelve months back, of the own town; who was erased, or must not
be written to, is on no list. Sending is an act of a person, in `bot/chores/recalls.py`.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from knowledge.models import answers_given, retold
from knowledge.validity import outdated
from knowledge.validity.outdated import Outdated
from township.clock import SHANGHAI
from township.db import Tx, insert_ignore
from township.models import groups, people

BACK = timedelta(days=365)
"""How long ago somebody may have been told the old rule."""
KIND = "recall"
"""Kind of an answer that was given by telling somebody again."""
NOT_TOLD = frozenset({"expired_fact", "unknown", "boundary"})
"""Kinds of answers that told nobody a rule."""


class Way(StrEnum):
    """How somebody was told again."""

    message = "message"
    phone = "phone"
    none = "none"
    """A person decided that nobody needs to be told."""


@dataclass(frozen=True, slots=True, order=True)
class Hearer:
    """A person, or a group as one, and the last day on which the old rule was told there."""

    target: str
    """person:<id> or group:<id>"""
    told_on: date

    @property
    def person_id(self) -> str:
        """The person; empty for a group."""
        return self.target.removeprefix("person:") if self.target.startswith("person:") else ""

    @property
    def group_id(self) -> str:
        """The group; empty for a person."""
        return self.target.removeprefix("group:") if self.target.startswith("group:") else ""


@dataclass(frozen=True, slots=True)
class Recall:
    """One change, a fact or a version of a document, with everybody who still believes what it was before."""

    key: str
    subjects: tuple[Outdated, ...]
    hearers: Mapping[Hearer, frozenset[str]]
    """To whom which of the subjects was told, by their keys."""

    def alike(self) -> list[tuple[list[Outdated], list[Hearer]]]:
        """Put those together who were told the same: one text for all of them."""
        parted: dict[frozenset[str], list[Hearer]] = defaultdict(list)
        for hearer in sorted(self.hearers):
            parted[self.hearers[hearer]].append(hearer)
        named = sorted(parted.items(), key=lambda each: sorted(each[0]))
        return [([one for one in self.subjects if one.key in keys], heard) for keys, heard in named]


def due(tx: Tx, town_id: str, *, now: datetime) -> list[Recall]:
    """List what ended within a year and was told before, with those who were not told again, the latest first."""
    since = now - BACK
    ended = outdated.among(tx, town_id, _cited(tx, town_id, since))
    if not ended:
        return []
    told = _told(tx, town_id, since, {one.key for one in ended})
    again = _again(tx, town_id, [one.key for one in ended])
    kept = _still_here(tx, town_id, {target for targets in told.values() for target in targets})
    found: dict[str, list[Outdated]] = defaultdict(list)
    hearers: dict[str, dict[str, dict[str, datetime]]] = defaultdict(lambda: defaultdict(dict))
    for one in ended:
        for target, at in told[one.key].items():
            if at <= one.ended_at and target in kept and target not in again[one.key]:
                hearers[one.change][target][one.key] = at
        if any(one.key in keys for keys in hearers[one.change].values()):
            found[one.change].append(one)
    made = [Recall(key, tuple(subjects), _hearers(hearers[key])) for key, subjects in found.items()]
    return sorted(made, key=lambda each: max(one.ended_at for one in each.subjects), reverse=True)


def of(tx: Tx, town_id: str, key: str, *, now: datetime) -> Recall | None:
    """Find the recall of one change; None once nobody is left to be told."""
    return next((one for one in due(tx, town_id, now=now) if one.key == key), None)


def settle(
    tx: Tx, town_id: str, subjects: Iterable[Outdated], hearers: Iterable[Hearer], way: Way, *, by: str | None,
    at: datetime,
) -> None:  # fmt: skip
    """Mark who was told again, so that nobody is told twice; what holds now counts as told from here on."""
    for subject in subjects:
        for hearer in hearers:
            row = {"town_id": town_id, "subject": subject.key, "target": hearer.target}
            values = row | {"way": way.value, "by_id": by, "at": at}
            if insert_ignore(tx, retold, values, list(row)) and way is not Way.none and subject.now_key:
                _note(tx, town_id, subject, hearer, at)


def _note(tx: Tx, town_id: str, subject: Outdated, hearer: Hearer, at: datetime) -> None:
    kind, _, known = subject.now_key.partition(":")
    digest = hashlib.sha256(f"{subject.key}|{hearer.target}".encode()).hexdigest()[:32]
    values = {
        "message_id": f"{KIND}:{digest}",
        "position": 1,
        "town_id": town_id,
        "person_id": hearer.person_id or None,
        "group_id": hearer.group_id or None,
        "kind": KIND,
        "confidence": 1.0,
        "clause_ids": [known] if kind == outdated.CLAUSE else [],
        "fact_ids": [known] if kind == outdated.FACT else [],
        "at": at,
    }
    insert_ignore(tx, answers_given, values, ["message_id", "position"])


_clause_list, _fact_list = (
    sa.cast(column, sa.Text) for column in (answers_given.c.clause_ids, answers_given.c.fact_ids)
)


def _given(town_id: str, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    columns = answers_given.c
    return columns.town_id == town_id, columns.at >= since, columns.kind.not_in(NOT_TOLD)


def _cited(tx: Tx, town_id: str, since: datetime) -> set[str]:
    """Gather what was told at all: some hundred lists of ids, however many answers there were."""
    rows = tx.execute(sa.select(_clause_list, _fact_list).where(*_given(town_id, since)).distinct()).all()
    return {key for row in rows for key in _keys(*row)}


def _told(tx: Tx, town_id: str, since: datetime, keys: set[str]) -> dict[str, dict[str, datetime]]:
    """Find to whom each of these was told, and when for the last time."""
    mine, columns = _given(town_id, since), answers_given.c
    lists = tx.execute(sa.select(_clause_list, _fact_list).where(*mine).distinct()).all()
    holding = [row for row in lists if not keys.isdisjoint(_keys(*row))]
    told: dict[str, dict[str, datetime]] = defaultdict(dict)
    chosen = sa.select(columns.person_id, columns.group_id, columns.at)
    for clauses, facts in holding:
        rows = tx.execute(chosen.where(*mine, _clause_list == clauses, _fact_list == facts).order_by(columns.at))
        for row in rows:
            target = f"group:{row.group_id}" if row.group_id else f"person:{row.person_id}" if row.person_id else ""
            for key in keys.intersection(_keys(clauses, facts)) if target else ():
                told[key][target] = max(row.at, told[key].get(target, row.at))
    return told


def _keys(clauses: str, facts: str) -> list[str]:
    told = {outdated.CLAUSE: json.loads(clauses), outdated.FACT: json.loads(facts)}
    return [f"{kind}:{known}" for kind, ids in told.items() for known in ids]


def _again(tx: Tx, town_id: str, keys: Sequence[str]) -> dict[str, set[str]]:
    again: dict[str, set[str]] = defaultdict(set)
    for some in outdated.slices(keys):
        mine = sa.select(retold.c.subject, retold.c.target).where(
            retold.c.town_id == town_id, retold.c.subject.in_(some)
        )
        for subject, target in tx.execute(mine):
            again[subject].add(target)
    return again


def _still_here(tx: Tx, town_id: str, targets: set[str]) -> set[str]:
    """Leave out who was erased, lives in another town by now, or must never be written to, and groups that are gone."""
    known = tx.scalars(sa.select(groups.c.id).where(groups.c.town_id == town_id))
    kept = {f"group:{group}" for group in known} & targets
    persons = [target.removeprefix("person:") for target in targets if target.startswith("person:")]
    for some in outdated.slices(sorted(persons)):
        chosen = sa.select(people.c.id, people.c.flags).where(people.c.id.in_(some), people.c.town_id == town_id)
        rows = tx.execute(chosen.where(people.c.erased_at.is_(None)))
        kept |= {f"person:{row.id}" for row in rows if not (row.flags or {}).get("quiet")}
    return kept


def _hearers(found: Mapping[str, Mapping[str, datetime]]) -> dict[Hearer, frozenset[str]]:
    return {
        Hearer(target, max(told.values()).astimezone(SHANGHAI).date()): frozenset(told)
        for target, told in found.items()
    }
