"""Credentials at rest: sealed with a key that lies outside the database."""

import hmac
import os
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from township.errors import Mistake


class Vault:
    """Seals and opens small secrets with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise Mistake("wrong_key") from error

    @classmethod
    def open(cls, home: Path, key: str = "") -> "Vault":
        """Use `key`, or the key file of `home`, which is made on first use and readable by its owner only."""
        if key:
            return cls(key.encode())
        path = home / "dinglin.key"
        if not path.exists():
            home.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(Fernet.generate_key())
        return cls(path.read_bytes().strip())

    def seal(self, secret: str) -> bytes:
        """Seal a secret for the database."""
        return self._fernet.encrypt(secret.encode())

    def unseal(self, sealed: bytes) -> str:
        """Open what `seal` made; another key is a Mistake."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Mistake("wrong_key") from error

    def derive(self, purpose: str) -> bytes:
        """Make a key for another purpose, such as signing cookies, from the one that is kept."""
        return hmac.new(self._key, purpose.encode(), sha256).digest()
