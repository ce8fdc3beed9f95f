"""The original of a clause: its document with all clauses, the file it came from, who may see it, and its address.

An address names a clause and a last day and is signed; it says nothing of who got it. What may be seen is asked of the
rows again when it is opened.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

import sqlalchemy as sa

from knowledge.models import APPROVED, clauses, documents, versions
from knowledge.search.partitions import SHARED, Partition
from township.db import Tx
from township.ids import ALPHABET
from township.scope import Audience

PATH = "/h5/d"
"""Where the pages of originals stand under the public address."""
SIGNATURE = 12
LASTS = {Audience.PUBLIC: timedelta(days=30), Audience.RESIDENT: timedelta(days=3), Audience.CADRE: timedelta(0)}
"""How long an address opens: for those of one village shorter, for it may be handed on."""
_CODE = re.compile(rf"(?P<clause>[0-9a-f]{{32}})(?P<day>[0-9a-f]{{5}})(?P<signature>[{ALPHABET}]{{{SIGNATURE}}})")


@dataclass(frozen=True, slots=True)
class Original:
    """The document of a clause, in the version that was cited."""

    clause_id: str
    version_id: str
    title: str
    doc_no: str
    issuer: str
    owner: str
    """A town, or SHARED."""
    audience: Audience
    village_id: str | None
    in_force_from: date | None
    in_force_until: date | None
    sample: bool
    content_hash: str
    """Of the file, where it came as one: the name under which the store keeps it."""
    file_name: str

    @property
    def partition(self) -> Partition:
        """For whom it is."""
        return Partition(self.owner, self.village_id, self.audience, past=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One clause as it is shown among the others."""

    id: str
    chapter: str
    number: str
    text: str
    page: int | None


def of_clause(tx: Tx, clause_id: str) -> Original | None:
    """Find the document of a clause; nothing for one that was never approved."""
    d, v = documents.c, versions.c
    about = (d.title, d.doc_no, d.issuer, d.audience, d.village_id, d.sample, d.town_id)
    of_version = (v.in_force_from, v.in_force_until, v.content_hash, v.file_name)
    joined = clauses.join(versions, clauses.c.version_id == v.id).join(documents, v.document_id == d.id)
    found = sa.select(clauses.c.id, clauses.c.version_id, *about, *of_version).select_from(joined)
    row = tx.execute(found.where(clauses.c.id == clause_id, v.state.in_(APPROVED))).mappings().first()
    if row is None:
        return None
    values = {name: row[name] for name in Original.__dataclass_fields__ if name in row}
    values |= {"audience": Audience(row["audience"]), "owner": row["town_id"] or SHARED}
    return Original(clause_id=clause_id, **values)


def paragraphs(tx: Tx, version_id: str) -> Sequence[Paragraph]:
    """Read the clauses of a version in order."""
    c = clauses.c
    chosen = sa.select(c.id, c.chapter, c.number, c.text, c.page).where(c.version_id == version_id)
    return [Paragraph(**row) for row in tx.execute(chosen.order_by(c.position)).mappings()]


def code(key: bytes, original: Original, today: date) -> str:
    """Write the address of a clause for those who may see it today."""
    last = today + LASTS[original.audience]
    return f"{original.clause_id}{last.toordinal():05x}{_signature(key, original, last)}"


def clause_of(given: str) -> str:
    """Read which clause an address names; empty if it is none."""
    found = _CODE.fullmatch(given)
    return found["clause"] if found else ""


def opens(key: bytes, given: str, original: Original, today: date) -> bool:
    """Tell whether an address opens this document today: signed by us for the same people, and not lapsed."""
    found = _CODE.fullmatch(given)
    if found is None or found["clause"] != original.clause_id:
        return False
    last = date.fromordinal(min(max(int(found["day"], 16), 1), date.max.toordinal()))
    return hmac.compare_digest(found["signature"], _signature(key, original, last)) and today <= last


def _signature(key: bytes, original: Original, last: date) -> str:
    about = (original.owner, original.village_id or "", original.audience.value)
    words = "\n".join(("original", original.clause_id, last.isoformat(), *about))
    digest = hmac.new(key, words.encode(), sha256).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:SIGNATURE])
