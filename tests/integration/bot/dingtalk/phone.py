"""What a person of the sandbox does and sees, and patience for what takes a moment."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from bot.dingtalk.transport import Credential
from sandbox.server import CLIENT_ID, CLIENT_SECRET

CREDENTIAL = Credential("account-1", CLIENT_ID, CLIENT_SECRET)


class Phone:
    """What a person of the sandbox does and sees."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def post(self, path: str, **body: Any) -> Any:
        response = await self._http.post(f"/_sandbox/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def get(self, path: str, **query: str) -> Any:
        return (await self._http.get(f"/_sandbox/{path}", params=query)).json()

    async def say(self, person: str, text: str, **more: Any) -> str:
        return str((await self.post("say", **{"as": person, "text": text, **more}))["msgId"])

    async def fault(self, name: str, /, **options: Any) -> None:
        answer = await self._http.post("/_sandbox/faults", json={"fault": name, **options})
        assert answer.status_code == 200, answer.text

    async def calm(self) -> None:
        """End every fault, and let go what hangs."""
        assert (await self._http.delete("/_sandbox/faults")).status_code == 200

    async def seen(self, person: str) -> list[str]:
        inbox = await self.get("inbox", **{"as": person})
        return [message["text"] for message in inbox["messages"] if message["from"] != person]

    async def cards(self, person: str) -> list[dict[str, Any]]:
        inbox = await self.get("inbox", **{"as": person})
        return list(inbox["cards"])

    async def unacked(self) -> int:
        return int((await self.get("state"))["unackedCount"])


async def until(is_so: Callable[[], Any], within: float = 30.0) -> None:
    """Wait until a condition holds; it may be an awaitable. A busy machine has time: what must be quick is measured."""
    async with asyncio.timeout(within):
        while True:
            answer = is_so()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.01)
