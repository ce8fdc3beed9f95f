"""The phones of a sandbox's people, for benches and tests: say, look, tap, and wait for what must come.

Speaks the control API only. Waiting is woken by the sandbox's events, never by sleeping.
"""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from township.clock import SHANGHAI
from township.workdays import Calendar

T = TypeVar("T")
Json = dict[str, Any]
WITHIN = 10.0
LOOK_AGAIN = 1.0
"""A wait looks at least this often, should an event be lost, in seconds."""
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody: a sandbox speaks plain HTTP, and a client that reads all certificates first takes 25 ms for it."""


class NothingCame(AssertionError):
    """What was waited for did not come in time; the message holds what came instead."""


class Town:
    """The people of one sandbox with their phones. A `with` block listens to the sandbox while it lasts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False, verify=PLAIN)
        self._changed = threading.Condition()
        self._changes = 0
        self._read: dict[str, int] = {}
        self._closing = False

    def __enter__(self) -> Self:
        self._listening = threading.Thread(target=self._listen, name="town-events", daemon=True)
        self._listening.start()
        self.wait(lambda: self._changes > 0 or None, "the sandbox's events")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing = True
        self.turn(seconds=0)  # an event, so that the listener sees that it is over
        self._listening.join(WITHIN)
        self._http.close()

    def say(self, user: str, text: str | None = None, *, group: str | None = None, **more: Any) -> str:
        """Let somebody say something (`audio=…`, `pictures=…`, `quote=…` as in the control API); returns the msgId."""
        said = self.post("say", {"as": user, "group": group, **({"text": text} if text is not None else {}), **more})
        return str(said["msgId"])

    def inbox(self, user: str) -> Json:
        """Return all that somebody sees now."""
        return self.get("inbox", **{"as": user, "peek": "1"})

    def heard(self, user: str, group: str | None = None) -> list[Json]:
        """List what the bot has said to somebody, oldest first: alone with them, or in a group."""
        return [one for one in self.inbox(user)["messages"] if one["from"] == "bot" and one["group"] == group]

    def cards(self, user: str) -> list[Json]:
        """List the cards that somebody sees, as they stand now."""
        return list(self.inbox(user)["cards"])

    def expect(self, user: str, part: str = "", within: float = WITHIN, *, group: str | None = None) -> Json:
        """Wait for the next message of the bot that holds `part`; each is found once, older ones are passed over."""
        place = f"{user} {group}"

        def look() -> Json | None:
            fresh = [one for one in self.heard(user, group) if one["seq"] > self._read.get(place, 0)]
            return next((one for one in fresh if part in one["text"]), None)

        found = self.wait(look, f"{part!r} to {user}", within, lambda: [one["text"] for one in self.heard(user, group)])
        self._read[place] = found["seq"]
        return found

    def expect_card(self, user: str, part: str = "", within: float = WITHIN) -> Json:
        """Wait for a card that shows `part` in any of its variables; the newest if there are several."""

        def look() -> Json | None:
            return next((card for card in reversed(self.cards(user)) if part in str(card["params"])), None)

        return self.wait(look, f"a card with {part!r} for {user}", within, lambda: self.cards(user))

    def tap(self, user: str, card: str | Json, action: str, **params: Any) -> Json:
        """Tap a button: `{"ok", "ms", "response"}`."""
        track = card if isinstance(card, str) else card["outTrackId"]
        return self.post("tap", {"as": user, "outTrackId": track, "action": action, "params": params})

    def turn(self, to: datetime | None = None, **span: float) -> None:
        """Turn business time to a moment, or on by `hours=…`, `days=…`, `minutes=…`."""
        self.post("clock", {"to": to.isoformat()} if to else {"forward": timedelta(**span).total_seconds()})

    def now(self) -> datetime:
        """Tell the town's business time."""
        return datetime.fromisoformat(self.get("clock")["now"])

    def turn_to_working_morning(self, hour: int = 9) -> datetime:
        """Turn to the next working day at `hour`, with days of work after it, and return the moment."""
        calendar, at = Calendar(), self.now().astimezone(SHANGHAI)
        morning = at.replace(hour=hour, minute=0, second=0, microsecond=0)
        while morning < at or not all(calendar.day((morning + timedelta(days=n)).date()).spans for n in range(2)):
            morning += timedelta(days=1)
        self.turn(to=morning)
        return morning

    def fault(self, name: str, **more: Any) -> None:
        """Arm a fault of the sandbox."""
        self.post("faults", {"fault": name, **more})

    def no_faults(self) -> None:
        """Disarm every fault and let go what hangs."""
        self._http.delete("/_sandbox/faults").raise_for_status()

    def meter(self) -> Json:
        """Read what was drawn from both pools this month."""
        return self.get("meter")

    def wait(
        self,
        look: Callable[[], T | None],
        what: str,
        within: float = WITHIN,
        instead: Callable[[], object] = lambda: "nothing",
    ) -> T:
        """Look now and at every change until `look` finds something; NothingCame when the time is over."""
        deadline = time.monotonic() + within
        while True:
            seen = self._changes
            if (found := look()) is not None:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise NothingCame(f"waited {within} s for {what}; there is {instead()}")
            with self._changed:
                if self._changes == seen:
                    self._changed.wait(min(left, LOOK_AGAIN))

    def get(self, name: str, **query: str) -> Json:
        """Ask the control API."""
        answer: Json = self._http.get(f"/_sandbox/{name}", params=query).raise_for_status().json()
        return answer

    def post(self, name: str, body: Mapping[str, Any]) -> Json:
        """Tell the control API."""
        answer: Json = self._http.post(f"/_sandbox/{name}", json=body).raise_for_status().json()
        return answer

    def _listen(self) -> None:
        with (
            suppress(httpx.HTTPError),
            httpx.Client(base_url=self.url, timeout=None, trust_env=False, verify=PLAIN) as http,
            http.stream("GET", "/_sandbox/events") as events,
        ):
            for line in events.iter_lines():
                if self._closing:
                    return
                if line.startswith("data:"):
                    with self._changed:
                        self._changes += 1
                        self._changed.notify_all()
