"""Interactive cards: what is on them for everybody and for one person, who sees them, and which buttons they show."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.encoding import Json, as_object, loads
from sandbox.refusals import api

MAX_CARDS = 20_000
KEPT = 2000
"""Cards kept in one person's list."""

Params = dict[str, str]


class SpaceType(StrEnum):
    """Where a card may stand."""

    IM_GROUP = "IM_GROUP"
    IM_ROBOT = "IM_ROBOT"
    IM_SINGLE = "IM_SINGLE"
    ONE_BOX = "ONE_BOX"
    CO_FEED = "CO_FEED"


@dataclass(slots=True)
class Card:
    """One card instance."""

    out_track_id: str
    template_id: str
    callback: str
    public: Params
    private: dict[str, Params]
    at: str
    space: tuple[str, str] = ("", "")
    seen_by: list[str] = field(default_factory=list)

    def view(self, person: str) -> Params:
        """Return the variables as one person sees them."""
        return {**self.public, **self.private.get(person, {})}

    def as_json(self, person: str) -> Json:
        """Return the card as the inbox shows it to one person."""
        params = self.view(person)
        shown = [{"action": button["action"], "text": button["text"]} | _drawn(button) for button in buttons(params)]
        space = {"group": self.space[1] if self.space[0] == SpaceType.IM_GROUP else None}
        return {
            "outTrackId": self.out_track_id,
            "template": self.template_id,
            "params": params,
            "buttons": shown,
            "at": self.at,
        } | space

    def change(self, params: Params, *, by_key: bool) -> None:
        """Change what everybody sees: key by key, or all of it."""
        self.public = {**self.public, **params} if by_key else dict(params)

    def change_private(self, person: str, params: Params, *, by_key: bool) -> None:
        """Change what one person sees: key by key, or all of it."""
        self.private[person] = {**self.private.get(person, {}), **params} if by_key else dict(params)


class Cards:
    """All cards by outTrackId, and each person's list; bounded."""

    def __init__(self) -> None:
        self._cards: OrderedDict[str, Card] = OrderedDict()
        self._lists: dict[str, deque[str]] = {}

    def create(self, card: Card) -> None:
        """Store a new card; refused when the outTrackId is taken."""
        if card.out_track_id in self._cards:
            raise api("param.cardAlreadyExist")
        self._cards[card.out_track_id] = card
        if len(self._cards) > MAX_CARDS:
            self._cards.popitem(last=False)

    def get(self, out_track_id: str) -> Card | None:
        """Return a card."""
        return self._cards.get(out_track_id)

    def show(self, card: Card, space: tuple[str, str], people: list[str]) -> None:
        """Put a card before people."""
        card.space = space
        for person in people:
            if person not in card.seen_by:
                card.seen_by.append(person)
                self._lists.setdefault(person, deque(maxlen=KEPT)).append(card.out_track_id)

    def seen_by(self, person: str) -> list[Card]:
        """List the cards before one person, oldest first."""
        listed = (self._cards.get(out_track_id) for out_track_id in self._lists.get(person, ()))
        return [card for card in listed if card is not None]

    def clear(self) -> None:
        """Forget all cards."""
        self._cards.clear()
        self._lists.clear()

    def __len__(self) -> int:
        return len(self._cards)


def as_params(value: object) -> Params:
    """Check a cardParamMap: strings only, short keys."""
    if not isinstance(value, Mapping):
        raise api("param.invalid")
    for key, text in value.items():
        if not isinstance(key, str) or not isinstance(text, str) or len(key.encode()) > 100:
            raise api("param.invalid")
    return dict(value)


def buttons(params: Params) -> list[Json]:
    """Return the buttons that the variables of a card make: ours, the SDK's and those of the usual templates."""
    found: list[Json] = []
    for row in _rows(params.get("buttons", "")):
        found.append(
            {
                "action": str(row.get("action", "")),
                "text": str(row.get("text", "")),
                "style": row.get("style"),
                "params": {},
            }
        )
    full = as_object(params.get("sys_full_json_obj", "")) or {}
    for row in full.get("msgButtons", ()):
        action = str(row.get("url") or row.get("id") or "")
        found.append({"action": action, "text": str(row.get("text", "")), "style": row.get("color"), "params": {}})
    for row in _rows(params.get("btns", "")):
        event = row.get("event") or {}
        inner = event.get("params") or {}
        action = str(inner.get("actionId") or inner.get("url") or row.get("text", ""))
        style = "disabled" if row.get("status") == "disabled" else row.get("color")
        found.append(
            {"action": action, "text": str(row.get("text", "")), "style": style, "params": inner.get("params") or {}}
        )
    return found


def _rows(text: str) -> list[Json]:
    if not text:
        return []
    try:
        rows = loads(text)
    except ValueError:
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _drawn(button: Json) -> Json:
    # A gray button of the platform is a quiet one; on the phone page gray means that it cannot be tapped.
    match button.get("style"):
        case "disabled":
            return {"style": "gray", "disabled": True}
        case None | "" | "gray":
            return {}
        case style:
            return {"style": style}
