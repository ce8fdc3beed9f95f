"""The error bodies of the real platform: a code is raised, `refusals.yaml` knows its status and its words."""

from pathlib import Path
from uuid import uuid4

from ruamel.yaml import YAML

from sandbox.encoding import Json

WORDS: dict[str, dict[str, Json | str]] = YAML(typ="safe").load(
    Path(__file__).with_name("refusals.yaml").read_text("utf-8")
)


class Refusal(Exception):
    """Something the pretend DingTalk answers with an error; `status` and `body` go out as they are."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body.get("code") or body.get("errcode") or body.get("error"))
        self.status = status
        self.body = body


def api(code: str, message: str = "") -> Refusal:
    """Build a new-style error of api.dingtalk.com; the message defaults to the documented one."""
    known = WORDS["api"].get(code, {"status": 400, "message": code})
    assert isinstance(known, dict)
    body: Json = {"code": code, "requestid": str(uuid4()).upper(), "message": message or known["message"]}
    if "detail" in known:
        body["accessdenieddetail"] = known["detail"]
    return Refusal(known["status"], body)


def legacy(errcode: int) -> Refusal:
    """Build an error of oapi.dingtalk.com: HTTP 200, the truth in `errcode`."""
    return Refusal(
        200, {"errcode": errcode, "errmsg": WORDS["legacy"].get(str(errcode), ""), "request_id": uuid4().hex[:12]}
    )


def topapi_token() -> Refusal:
    """Build what topapi answers to a missing or expired access_token."""
    words = WORDS["legacy"]["40014"]
    body = {"errcode": 88, "sub_code": "40014", "sub_msg": words, "request_id": uuid4().hex[:12]}
    return Refusal(200, {**body, "errmsg": f"ding talk error[subcode=40014,submsg={words}]"})


def control(error: str, message: str, status: int = 400) -> Refusal:
    """Build an error of the sandbox's own control API: a stable code and a sentence for the programmer."""
    return Refusal(status, {"error": error, "message": message})


def words(group: str, name: str) -> str:
    """Return a sentence that the platform shows to people."""
    return str(WORDS[group][name])
