"""How often one address may ask: enough for an office behind one address, too little to try codes or to be a burden."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request

from township.clock import Clock

WINDOW: Final = timedelta(minutes=10)
MOST: Final = 60
"""Pages that one address may open in the window."""
MOST_ADDRESSES: Final = 10_000


class AskedTooOften(Exception):
    """An address asks more often than people do: it is shown how long to wait, and nothing else."""


class Gate:
    """The counts of one process; stands before pages as what they depend on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    async def __call__(self, request: Request) -> None:
        """Count a visit; an address that has asked too often lately is AskedTooOften."""
        now = self._clock.machine()
        visits = self._seen.setdefault(address_of(request), deque())
        self._seen.move_to_end(address_of(request))
        while len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)
        while visits and visits[0] <= now - WINDOW:
            visits.popleft()
        if len(visits) >= MOST:
            raise AskedTooOften
        visits.append(now)


def address_of(request: Request) -> str:
    """Name who asks. The server reads the address of a proxy on this machine from its header, of nobody else's."""
    return request.client.host if request.client else ""
