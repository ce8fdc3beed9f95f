"""The counter's backend: stamped by hand, so there is no file and no certificate; only the hash is held to."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from township.errors import Refused
from workflows.seals.ports import Sealed, Sheet, digest


class HandBackend(Struct, frozen=True):
    """Somebody has stamped paper (`ports.Backend`)."""

    now: Callable[[], datetime]

    def seal(self, sheet: Sheet, approved: str) -> Sealed:
        """Write down that it was stamped. Refused when it is not what was approved."""
        if digest(sheet) != approved:
            raise Refused("not_what_was_approved")
        return Sealed("", "", self.now())
