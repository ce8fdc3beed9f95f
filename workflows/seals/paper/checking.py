"""Is this file one of ours, untouched? Reads a PDF that anybody may have sent. The other home of pyHanko.

Whatever the readers stumble over is a file that is not accepted: 14 of 60 files with one bit changed break the parser
before they break the signature. Whether a paper still counts, the register knows.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from msgspec import Struct
from msgspec.structs import replace

from workflows.seals.paper.authority import ISSUER, Authority

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

log = logging.getLogger(__name__)

MOST_BYTES: Final = 5 * 1024 * 1024
"""Papers of ours have 60 KB; nothing larger is read."""
MOST_SIGNATURES: Final = 8
RANGES: Final = b"/ByteRange"
"""Every signature says in plain bytes which part of the file it covers; a file without it need not be parsed."""
MARK: Final = ISSUER.encode().hex().encode()
"""How the name of our issuing certificate stands in a signature."""


class Verdict(StrEnum):
    """What a file says about itself."""

    INTACT = "intact"
    """Sealed by our certificates, and every byte of it as it was sealed."""
    CHANGED = "changed"
    """There is or was a seal, and the file is not what was sealed; or it cannot be read."""
    FOREIGN = "foreign"
    """Sealed by somebody whom we do not know."""
    UNSEALED = "unsealed"
    """A PDF without an electronic seal: a picture of one is none."""
    NO_PDF = "no_pdf"


class Checked(Struct, frozen=True):
    """What was found out about a file."""

    verdict: Verdict
    sha256: str
    serial: str = ""
    """Of the certificate of the last seal, in hex; "" unless intact."""
    sealer: str = ""
    """Whose seal it is, by that certificate."""
    is_ours: bool = False
    """It bears a seal that names our certificates, whatever became of the file since."""


def check_file(content: bytes, authority: Authority, now: datetime) -> Checked:
    """Examine a file. Blocks for some 15 ms; never raises for anything that a file can hold. `now` is machine time.

    Not inside an event loop: the readers run one of their own.
    """
    found = Checked(Verdict.CHANGED, hashlib.sha256(content).hexdigest(), is_ours=MARK in content.lower())
    if b"%PDF-" not in content[:1024]:
        return replace(found, verdict=Verdict.NO_PDF)
    if RANGES not in content:
        return replace(found, verdict=Verdict.UNSEALED)
    if len(content) > MOST_BYTES:
        return found
    if _in_loop():
        raise RuntimeError("examine a file in a thread")
    try:
        return _examine(content, found, authority, now)
    except Exception as broken:
        log.info("a file cannot be read", extra={"action": "file_unreadable", "kind": type(broken).__name__})
        return found


def _examine(content: bytes, found: Checked, authority: Authority, now: datetime) -> Checked:
    from pyhanko.pdf_utils.reader import PdfFileReader

    signatures = PdfFileReader(BytesIO(content), strict=True).embedded_signatures
    if not 1 <= len(signatures) <= MOST_SIGNATURES:
        return found
    statuses = _statuses(signatures, authority, now)
    if not all(one.intact and one.valid and one.docmdp_ok for one in statuses) or not _covers_all(statuses[-1]):
        return found
    if not all(one.trusted and one.bottom_line for one in statuses):
        return replace(found, verdict=Verdict.FOREIGN)
    last = statuses[-1].signing_cert
    serial, sealer = f"{last.serial_number:X}", str(last.subject.native["common_name"])
    return replace(found, verdict=Verdict.INTACT, serial=serial, sealer=sealer)


def _in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _covers_all(status: "PdfSignatureStatus") -> bool:
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    return status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def _statuses(
    signatures: "Sequence[EmbeddedPdfSignature]", authority: Authority, now: datetime
) -> "list[PdfSignatureStatus]":
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    trusted = [_asn1(authority.root())] if authority.is_there else []
    context = ValidationContext(trusted, allow_fetching=False, revocation_mode="soft-fail", moment=now)
    return [validate_pdf_signature(one, context) for one in signatures]


def _asn1(certificate: x509.Certificate) -> object:
    from asn1crypto import x509 as asn1

    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
