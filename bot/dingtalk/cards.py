"""The card of a task on DingTalk, and its two fall-backs: an action card whose buttons speak, and a plain text. Pure.

The template to import is docs/dingtalk/task-card.json; its variables are title, body, status and btns. Every word comes
from outside: nothing here is written for people.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.dingtalk import bodies

MOST_BODY_BYTES = 1000
"""A variable of a card holds 1 KB by the documentation; what is longer is cut with a mark."""
MOST_BUTTONS = 5
"""An action card has room for five."""


class Look(StrEnum):
    """The colour of a button: what is expected, what is grave, what is neither."""

    main = "blue"
    grave = "red"
    plain = "gray"


@dataclass(frozen=True, slots=True)
class TaskButton:
    """An action a person may now take. `word` and `code` make the text that does the same."""

    action: str
    text: str
    look: Look = Look.plain
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskCard:
    """What a person sees of a task. Without buttons it is over, and `status` says what became of it."""

    title: str
    body: str
    status: str = ""
    buttons: tuple[TaskButton, ...] = ()
    code: str = ""
    """The one-time code of the task for this person: typed after a button's text it does the same."""


def card_params(card: TaskCard) -> dict[str, str]:
    """Return the variables of the template: strings only, buttons as JSON."""
    return {
        "title": card.title,
        "body": shortened(card.body),
        "status": card.status,
        "btns": json.dumps([_button(button) for button in card.buttons], ensure_ascii=False),
    }


def action_card(card: TaskCard) -> bodies.Message:
    """Return the card without a template: each button sends its text and the code as the person who taps."""
    if not card.buttons:
        return bodies.markdown(card.title, _content(card))
    return bodies.action_card(card.title, _content(card), _spoken(card))


def webhook_card(card: TaskCard) -> bodies.Body:
    """Return the same for a sessionWebhook."""
    if not card.buttons:
        return bodies.webhook_markdown(card.title, _content(card))
    return bodies.webhook_card(card.title, _content(card), _spoken(card))


def spoken_word(button: TaskButton, code: str) -> str:
    """Return what a person types, or a `dtmd` button sends, in place of a tap."""
    return f"{button.text} {code}".strip()


def shortened(text: str, most_bytes: int = MOST_BODY_BYTES) -> str:
    """Cut a text to its limit in UTF-8 bytes, at a whole character."""
    if len(text.encode()) <= most_bytes:
        return text
    return text.encode()[: most_bytes - len("…".encode())].decode(errors="ignore") + "…"


def _content(card: TaskCard) -> str:
    parts: Sequence[str] = (f"### {card.title}", card.body, f"**{card.status}**" if card.status else "")
    return "  \n".join(part for part in parts if part)


def _spoken(card: TaskCard) -> list[bodies.Button]:
    shown = card.buttons[:MOST_BUTTONS]
    return [bodies.Button(button.text, bodies.says(spoken_word(button, card.code))) for button in shown]


def _button(button: TaskButton) -> dict[str, object]:
    request = {"actionId": button.action, "params": {**button.params, "action": button.action}}
    return {
        "text": button.text,
        "color": button.look.value,
        "status": "normal",
        "event": {"type": "sendCardRequest", "params": request},
    }
