"""The demonstration's own certificates: a root, what issues, and one for each seal, made on first use in the home.

They prove nothing outside of the demonstration: nobody else knows this root. Its key is thrown away as soon as it has
signed the issuing certificate. Keys lie in files that only their owner may read, never in settings.
"""

import hashlib
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp, mkstemp
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import Struct

FOLDER: Final = "demo-seal"
ROOT: Final = "root.pem"
ISSUING: Final = "issuing.pem"
ISSUER: Final = "Dinglin demonstration seals"
LIVES: Final = {"root": timedelta(days=3650), "issuing": timedelta(days=1825), "seal": timedelta(days=730)}
RENEW: Final = timedelta(days=30)
"""A seal's certificate with less time left is replaced by a new one."""


class Holder(Struct, frozen=True):
    """A certificate and the key to it. Printing it shows neither."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"Holder({self.serial!r})"

    @property
    def serial(self) -> str:
        """The serial number as people write it down: hex."""
        return f"{self.certificate.serial_number:X}"

    @property
    def pem(self) -> bytes:
        """Certificate and key in one file."""
        coding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.certificate.public_bytes(coding) + self.key.private_bytes(
            coding, form, serialization.NoEncryption()
        )


class Authority:
    """The certificates of one home."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    @property
    def is_there(self) -> bool:
        """Say whether anything was ever sealed here."""
        return (self._folder / ROOT).exists()

    def root(self) -> x509.Certificate:
        """Read the root, by which everything else is trusted."""
        return x509.load_pem_x509_certificate((self._folder / ROOT).read_bytes())

    def issuing(self) -> x509.Certificate:
        """Read the certificate that issues."""
        return _read(self._folder / ISSUING).certificate

    def seal_of(self, name: str, now: datetime) -> Holder:
        """Return the certificate of a body's seal, made when it is needed. `now` is machine time."""
        if not self.is_there:
            self._found(now)
        path = self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.pem"
        if path.exists() and (known := _read(path)).certificate.not_valid_after_utc > now + RENEW:
            return known
        made = _issue(name, now, "seal", by=_read(self._folder / ISSUING))
        _write(path, made.pem)
        return _read(path)

    def _found(self, now: datetime) -> None:
        """Make root and issuing certificate beside and move them in at once: who comes second takes the first's."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(mkdtemp(prefix=f"{FOLDER}.", dir=self._folder.parent))
        root = _issue("Dinglin demonstration root", now, "root")
        _write(part / ROOT, root.certificate.public_bytes(serialization.Encoding.PEM))
        _write(part / ISSUING, _issue(ISSUER, now, "issuing", by=root).pem)
        try:
            part.rename(self._folder)
        except OSError:
            if not self.is_there:
                raise
            shutil.rmtree(part)


def _issue(name: str, now: datetime, role: str, *, by: Holder | None = None) -> Holder:
    key = ec.generate_private_key(ec.SECP384R1() if by is None else ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEMO"), x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]
    )
    is_authority = role != "seal"
    depth = {"root": 1, "issuing": 0}.get(role)
    issuer_key = by.key.public_key() if by else key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIVES[role])
        .add_extension(x509.BasicConstraints(is_authority, depth), critical=True)
        .add_extension(_usage(is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )
    certificate = builder.sign(by.key if by else key, hashes.SHA384() if by is None else hashes.SHA256())
    return Holder(certificate, key)


def _usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _read(path: Path) -> Holder:
    content = path.read_bytes()
    key = serialization.load_pem_private_key(content, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not a key of ours")
    return Holder(x509.load_pem_x509_certificate(content), key)


def _write(path: Path, content: bytes) -> None:
    """Write a file all at once; `mkstemp` and `mkdtemp` make what only its owner may read."""
    handle, part = mkstemp(prefix=path.stem, dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(part).rename(path)
