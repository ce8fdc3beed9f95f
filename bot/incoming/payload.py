"""A message as JSON in its row: written once, read by whichever process answers it, perhaps a later release."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.messages import Attachment, Incoming, MessageKind, Quote


def written(incoming: Incoming) -> dict[str, Any]:
    """Turn a message into what `read` reads back."""
    payload = {name: getattr(incoming, name) for name in incoming.__dataclass_fields__}
    payload["attachments"] = [dataclasses.asdict(one) for one in incoming.attachments]
    payload["quote"] = dataclasses.asdict(incoming.quote) if incoming.quote else None
    payload["sent_at"] = incoming.sent_at.isoformat()
    payload["webhook_expires_at"] = incoming.webhook_expires_at.isoformat() if incoming.webhook_expires_at else None
    return payload


def read(payload: Mapping[str, Any]) -> Incoming:
    """Read back what `written` gave."""
    expires = payload["webhook_expires_at"]
    return Incoming(
        **{
            **payload,
            "kind": MessageKind(payload["kind"]),
            "attachments": tuple(Attachment(**item) for item in payload["attachments"]),
            "quote": Quote(**payload["quote"]) if payload["quote"] else None,
            "sent_at": datetime.fromisoformat(payload["sent_at"]),
            "webhook_expires_at": datetime.fromisoformat(expires) if expires else None,
        }
    )
