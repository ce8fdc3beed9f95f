"""Pictures, voices and files that people send and the bot uploads: bounded, with codes and addresses that expire."""

import base64
import hmac
import struct
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_bytes, token_hex

from sandbox.clocks import MachineTime, Windows

MAX_ITEMS = 2000
MAX_BYTES = 256 * 1024 * 1024
MAX_CODES = 50_000


@dataclass(frozen=True, slots=True)
class Medium:
    """One stored file."""

    id: str
    name: str
    content_type: str
    data: bytes


class MediaStore:
    """Files by media id, the download codes of incoming messages, and signed addresses."""

    def __init__(self, machine: MachineTime, windows: Windows) -> None:
        self._machine = machine
        self._windows = windows
        self._items: OrderedDict[str, Medium] = OrderedDict()
        self._bytes = 0
        self._codes: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._secret = token_bytes(16)

    def put(self, data: bytes, name: str, content_type: str) -> Medium:
        """Store a file; the oldest make room."""
        medium = Medium("@m" + token_hex(12), name, content_type, data)
        self._items[medium.id] = medium
        self._bytes += len(data)
        while len(self._items) > MAX_ITEMS or (self._bytes > MAX_BYTES and len(self._items) > 1):
            self._bytes -= len(self._items.popitem(last=False)[1].data)
        return medium

    def get(self, media_id: str) -> Medium | None:
        """Return a stored file."""
        return self._items.get(media_id)

    def code(self, media_id: str) -> str:
        """Give out a download code for an incoming file."""
        code = base64.b64encode(token_bytes(48)).decode()
        self._codes[code] = (media_id, self._machine.now() + self._windows.download_code)
        while len(self._codes) > MAX_CODES:
            self._codes.popitem(last=False)
        return code

    def redeem(self, code: str) -> Medium | None:
        """Return the file behind a download code, None when the code is wrong or has expired."""
        media_id, until = self._codes.get(code, ("", 0.0))
        return self._items.get(media_id) if self._machine.now() < until else None

    def address(self, origin: str, medium: Medium) -> str:
        """Return the temporary address of a file."""
        until = int(self._machine.now() + self._windows.download_url)
        return f"{origin}/media/files/{medium.id}?Expires={until}&Signature={self._sign(medium.id, until)}"

    def is_signed(self, media_id: str, expires: str, signature: str) -> bool:
        """Say whether an address is one of ours and still good."""
        if not expires.isdigit() or int(expires) < self._machine.now():
            return False
        return hmac.compare_digest(self._sign(media_id, int(expires)), signature)

    def _sign(self, media_id: str, until: int) -> str:
        return blake2b(f"{media_id}{until}".encode(), key=self._secret, digest_size=12).hexdigest()


def sample_picture(number: int) -> bytes:
    """Draw a small PNG, another colour for each number: a photo where no real one is given."""
    width, height = 96, 72
    red, green, blue = (60 + number * 53) % 256, (120 + number * 97) % 256, (180 + number * 31) % 256
    rows = b"".join(b"\x00" + bytes((red, green, (blue + y) % 256)) * width for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def sample_voice(milliseconds: int) -> bytes:
    """Make a silent WAV of that length (8 kHz, 8 bit, at most one minute)."""
    samples = b"\x80" * (8 * min(milliseconds, 60_000))
    head = (
        b"RIFF"
        + struct.pack("<I", 36 + len(samples))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    )
    return head + b"data" + struct.pack("<I", len(samples)) + samples


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
