"""What a paper says, frozen, and who may put a seal on it. Pure: values between the flow, the paper and the carrier.

The canonical JSON of a sheet is hashed, and that hash is what people approve; whoever seals compares it again.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from msgspec import Struct


class Sheet(Struct, frozen=True):
    """One paper as it will be printed. Every value is plain text: nothing in it is markup or a template."""

    kind: str
    number: str
    lines: Mapping[str, str]
    village: str
    town: str
    date: dt.date
    valid_until: dt.date | None
    code: str
    copies: int
    demo: bool


class Sealed(Struct, frozen=True):
    """What a backend did. ``sha256`` names the PDF in the file store; "" where a hand stamped paper."""

    sha256: str
    certificate_serial: str
    sealed_at: dt.datetime


class Backend(Protocol):
    """Whoever can put the seal on a sheet; the town's setting ``seal_backend`` chooses: counter or demo."""

    def seal(self, sheet: Sheet, approved: str) -> Sealed:
        """Seal this sheet. Refused when ``digest(sheet)`` is not the hash that was approved."""
        ...


def canonical(sheet: Sheet) -> str:
    """Return the one spelling of a sheet as JSON: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(_plain(sheet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(sheet: Sheet) -> str:
    """Return the sha256 (hex) of the canonical JSON: the document hash that is approved."""
    return hashlib.sha256(canonical(sheet).encode()).hexdigest()


def restore(text: str) -> Sheet:
    """Return the sheet that ``canonical`` spelled."""
    told: dict[str, Any] = json.loads(text)
    until = told["valid_until"]
    return Sheet(
        kind=told["kind"],
        number=told["number"],
        lines=MappingProxyType(told["lines"]),
        village=told["village"],
        town=told["town"],
        date=dt.date.fromisoformat(told["date"]),
        valid_until=dt.date.fromisoformat(until) if until else None,
        code=told["code"],
        copies=told["copies"],
        demo=told["demo"],
    )


def _plain(sheet: Sheet) -> dict[str, Any]:
    return {
        "kind": sheet.kind,
        "number": sheet.number,
        "lines": dict(sheet.lines),
        "village": sheet.village,
        "town": sheet.town,
        "date": sheet.date.isoformat(),
        "valid_until": sheet.valid_until.isoformat() if sheet.valid_until else None,
        "code": sheet.code,
        "copies": sheet.copies,
        "demo": sheet.demo,
    }
