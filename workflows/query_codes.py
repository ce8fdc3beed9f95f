"""Query codes, with which an unnamed person asks how far a complaint is: said once, stored as a hash under a key.

Eight symbols are few enough to be tried one after another. A plain hash would give the code away to whoever holds a
copy of the database; the key lies beside it, with the vault's. Codes hashed before there was a key go on to be found.
"""

import hashlib
import hmac

from township import ids

KEYED = "k"
"""Begins what was hashed under the key: no plain hash begins so."""
_keys: list[bytes] = []


def use(key: bytes) -> None:
    """Hash codes under this key from now on; without one (a rehearsal, a test) they are hashed plainly."""
    _keys[:] = [key] if key else []


def new_code() -> str:
    """Make a code as it is said: A7K2-9QXD."""
    code = ids.code(8)
    return f"{code[:4]}-{code[4:]}"


def hash_of(code: str) -> str:
    """What is stored of a code."""
    return hashes_of(code)[0]


def hashes_of(code: str) -> tuple[str, ...]:
    """All that may be stored of a code: under the key first, then as it was without one."""
    plain = hashlib.sha256(code.replace("-", "").strip().upper().encode()).hexdigest()
    return (*(KEYED + hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[1:] for key in _keys), plain)
