"""The electronic seal on a paper: a PAdES signature whose picture is the round seal. One of two homes of pyHanko.

Measured traps: all signature fields are made before the first is signed, the first certifies with
FILL_FORMS, and the style of a stamp is never used twice, because it remembers the file it was drawn into.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from workflows.seals.paper.authority import Holder
from workflows.seals.paper.typesetting import SEAL_POINTS, Spot

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.stamp import StaticStampStyle

HEIGHT: Final = 841.89
"""Of an A4 page, in points."""


def field_name(number: int) -> str:
    """Name the signature field of a seal, counted from 1."""
    return f"Seal{number}"


def prepare(pdf: bytes, spots: Sequence[Spot]) -> bytes:
    """Add an empty signature field for every seal that the paper will ever carry."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    for number, spot in enumerate(spots, 1):
        append_signature_field(writer, SigFieldSpec(field_name(number), on_page=spot.page, box=_box(spot)))
    done = BytesIO()
    writer.write(done)
    return done.getvalue()


def sign(pdf: bytes, holder: Holder, chain: Sequence[x509.Certificate], seal: bytes, *, number: int = 1) -> bytes:
    """Put one seal into its prepared field; the first one certifies the paper. Blocks for some 50 ms.

    `seal` is the drawn seal as a PDF of one page.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    told = PdfSignatureMetadata(
        field_name=field_name(number),
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=number == 1,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    done = BytesIO()
    with TemporaryDirectory(prefix="dinglin-seal-") as folder:
        drawn = Path(folder) / "seal.pdf"
        drawn.write_bytes(seal)
        signer = PdfSigner(told, _signer(holder, chain), stamp_style=_style(drawn))
        signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), existing_fields_only=True, output=done)
    return done.getvalue()


def _signer(holder: Holder, chain: Sequence[x509.Certificate]) -> "SimpleSigner":
    from asn1crypto import keys
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    der = serialization.Encoding.DER
    others = SimpleCertificateStore()
    others.register_multiple([asn1.Certificate.load(one.public_bytes(der)) for one in chain])
    key = holder.key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate = asn1.Certificate.load(holder.certificate.public_bytes(der))
    return SimpleSigner(certificate, keys.PrivateKeyInfo.load(key), others)


def _style(drawn: Path) -> "StaticStampStyle":
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.stamp import StaticStampStyle

    middle = AxisAlignment.ALIGN_MID
    layout = SimpleBoxLayoutRule(x_align=middle, y_align=middle, margins=Margins.uniform(0))
    return StaticStampStyle.from_pdf_file(str(drawn), border_width=0, background_layout=layout)


def _box(spot: Spot) -> tuple[int, int, int, int]:
    left, low = round(spot.x - SEAL_POINTS / 2), round(HEIGHT - spot.y - SEAL_POINTS / 2)
    side = round(SEAL_POINTS)
    return left, low, left + side, low + side
