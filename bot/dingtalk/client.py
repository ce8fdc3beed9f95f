"""What we ask DingTalk to do: send, show and repaint cards, move files, keep to-dos, ring. One method a call.

Each raises a `ChannelFault` that says what the caller may do next; nothing is repeated here except for a stale token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from urllib.parse import quote

from bot.dingtalk import bodies
from bot.dingtalk.directory import DirectoryCalls
from bot.dingtalk.faults import Answer, Rejected, TooBig
from bot.dingtalk.transport import Downloaded

MOST_BYTES = 20 * 1024 * 1024
_TODO_LIMIT = "/v1.0/todo/users/{unionId}/tasks"


@dataclass(frozen=True, slots=True)
class Sent:
    """How a one-to-one send fared: HTTP 200 hides three lists of people who did not get it."""

    query_key: str
    invalid: tuple[str, ...] = ()
    """Nobody by this id in the organisation."""
    slowed: tuple[str, ...] = ()
    """Flow control: may be tried again later."""
    filtered: tuple[str, ...] = ()
    """The person or the organisation does not take such messages."""

    @property
    def missed(self) -> frozenset[str]:
        return frozenset((*self.invalid, *self.slowed, *self.filtered))


class Ring(IntEnum):
    """How a DING arrives; SMS and phone are bought separately."""

    APP = 1
    SMS = 2
    PHONE = 3


class Client(DirectoryCalls):
    """The calls of one account."""

    async def send_webhook(self, webhook: str, body: bodies.Body) -> None:
        """Reply in the conversation of a message while its webhook lives (90 minutes)."""
        await self._transport.reply(webhook, body)

    async def send_to_people(self, staff_ids: Sequence[str], message: bodies.Message) -> Sent:
        """Send the same words to at most twenty people in one call."""
        if not 1 <= len(staff_ids) <= bodies.MOST_RECIPIENTS:
            raise ValueError(f"one call takes 1 to {bodies.MOST_RECIPIENTS} people, not {len(staff_ids)}")
        body = bodies.to_people(self._robot, staff_ids, message)
        answer = await self._transport.api("POST", "/v1.0/robot/oToMessages/batchSend", body)
        return Sent(
            query_key=str(answer.get("processQueryKey", "")),
            invalid=_ids(answer.get("invalidStaffIdList")),
            slowed=_ids(answer.get("flowControlledStaffIdList")),
            filtered=_ids(answer.get("filteredStaffIdList")),
        )

    async def send_to_group(self, conversation_id: str, message: bodies.Message) -> str:
        """Send to a group and return the query key. The OpenAPI cannot mention people."""
        body = bodies.to_group(self._robot, conversation_id, message)
        answer = await self._transport.api("POST", "/v1.0/robot/groupMessages/send", body)
        return str(answer.get("processQueryKey", ""))

    async def count_readers(self, conversation_id: str, query_key: str) -> int:
        """Count who has read a message in a group; within a day of sending it, one call for each 200 readers."""
        count, after = 0, ""
        while True:
            body = bodies.readers(self._robot, conversation_id, query_key, after)
            answer = await self._transport.api("POST", "/v1.0/robot/groupMessages/query", body)
            count, after = count + len(_ids(answer.get("readUserIds"))), str(answer.get("nextToken") or "")
            if not answer.get("hasMore") or not after:
                return count

    async def create_and_deliver_card(
        self,
        *,
        template_id: str,
        out_track_id: str,
        space: bodies.CardSpace,
        params: Mapping[str, str],
        private: Mapping[str, Mapping[str, str]] | None = None,
    ) -> bool:
        """Show a new card; False when this `out_track_id` was already shown. Raises Rejected if no space took it."""
        body = bodies.new_card(
            template_id=template_id,
            out_track_id=out_track_id,
            robot_code=self._robot,
            space=space,
            params=params,
            private=private,
        )
        try:
            answer = await self._transport.api("POST", "/v1.0/card/instances/createAndDeliver", body)
        except Rejected as refused:
            if refused.code == "param.cardAlreadyExist":
                return False
            raise
        _check_delivered(answer)
        return True

    async def update_card(
        self,
        out_track_id: str,
        params: Mapping[str, str],
        private: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Repaint the named variables. Never during the callback of the same card: answer the tap instead."""
        await self._transport.api("PUT", "/v1.0/card/instances", bodies.card_update(out_track_id, params, private))

    async def upload(self, name: str, content: bytes, *, kind: str = "file") -> str:
        """Store a file (`image`, `voice`, `video`, `file`) and return its media id. Raises TooBig above 20 MB."""
        if len(content) > MOST_BYTES:
            raise TooBig("file.too_big", f"more than {MOST_BYTES} bytes")
        answer = await self._transport.upload(name, content, kind)
        return str(answer["media_id"])

    async def download(self, download_code: str, *, most_bytes: int = MOST_BYTES) -> Downloaded:
        """Fetch what a person sent. The code belongs to the robot that received it, and expires."""
        body = {"downloadCode": download_code, "robotCode": self._robot}
        answer = await self._transport.api("POST", "/v1.0/robot/messageFiles/download", body)
        return await self._transport.fetch(str(answer["downloadUrl"]), most_bytes=most_bytes)

    async def create_todo(self, union_id: str, body: bodies.Body) -> str:
        """Put a to-do on a person's list and return its id, empty when its source id exists already."""
        try:
            answer = await self._transport.api("POST", _todo_path(union_id), body, limit=_TODO_LIMIT)
        except Rejected as refused:
            if "task exist" in refused.message:
                return ""
            raise
        return str(answer["id"])

    async def update_todo(self, union_id: str, todo_id: str, body: bodies.Body) -> None:
        """Change a to-do; `union_id` is the operator's."""
        await self._transport.api("PUT", _todo_path(union_id, todo_id), body, limit=_TODO_LIMIT)

    async def ding(self, staff_ids: Sequence[str], content: str, ring: Ring = Ring.APP) -> tuple[str, ...]:
        """Ring people who must not miss it, and return whom it failed to reach."""
        body = {
            "robotCode": self._robot,
            "remindType": int(ring),
            "receiverUserIdList": list(staff_ids),
            "content": content,
        }
        answer = await self._transport.api("POST", "/v1.0/robot/ding/send", body)
        return _ids(answer.get("failedList"))

    async def close(self) -> None:
        await self._transport.close()

    @property
    def _robot(self) -> str:
        return self._transport.credential.robot


def _check_delivered(answer: Answer) -> None:
    result: Any = answer.get("result")
    results = result.get("deliverResults") if isinstance(result, Mapping) else None
    failed = [one for one in results or () if str(one.get("success")).lower() != "true"]
    if failed:
        raise Rejected("card.not_delivered", str(failed[0].get("errorMsg", "")))


def _todo_path(union_id: str, todo_id: str = "") -> str:
    path = f"/v1.0/todo/users/{quote(union_id, safe='')}/tasks"
    return f"{path}{'/' + quote(todo_id, safe='') if todo_id else ''}?operatorId={quote(union_id, safe='')}"


def _ids(value: object) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return tuple(map(str, value))
    return tuple(map(str, value)) if isinstance(value, list) else ()
