"""A message is read from its row as it came in."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incoming import payload
from bot.messages import Attachment, Incoming, MessageKind, Quote

AT = datetime(2026, 3, 2, 1, 0, 0, 250_000, tzinfo=UTC)

incoming = st.builds(
    Incoming,
    kind=st.sampled_from(MessageKind),
    attachments=st.lists(st.builds(Attachment), max_size=3).map(tuple),
    quote=st.none() | st.builds(Quote),
    sent_at=st.just(AT),
    webhook_expires_at=st.sampled_from([None, AT + timedelta(minutes=90)]),
)


@given(incoming)
def test_a_message_is_read_as_it_was_written(message: Incoming) -> None:
    stored = json.loads(json.dumps(payload.written(message)))
    assert payload.read(stored) == message


def test_a_row_that_lacks_a_field_is_not_read_as_something_else() -> None:
    with pytest.raises(KeyError):
        payload.read({"text": "村口路灯坏了"})
