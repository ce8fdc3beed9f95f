"""What the bot sends, whichever way, as a line of a chat: text, markdown, action cards with buttons, media. Pure."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from sandbox.encoding import Json

DTMD = "dtmd://dingtalkclient/sendMessage"
UPLOADED = {"image": "picture", "file": "file", "voice": "audio"}
LINK = re.compile(r"\[([^\]]*)\]\((dtmd://[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Line:
    """Kind and text as the inbox shows them; `extra` holds title, buttons, media."""

    kind: str
    text: str
    extra: Json = field(default_factory=dict)


def sent_text(action: str) -> str | None:
    """Return the text a `dtmd://` button sends as the person who taps it, None for any other button."""
    if not action.startswith(DTMD):
        return None
    return parse_qs(urlsplit(action).query).get("content", [""])[0]


def from_webhook(body: Json) -> Line | None:
    """Read a sessionWebhook body; None when it is malformed."""
    kind = body.get("msgtype")
    inner = body.get(kind) if isinstance(kind, str) else None
    if not isinstance(inner, dict):
        return None
    match kind:
        case "text":
            return Line("text", inner["content"]) if isinstance(inner.get("content"), str) else None
        case "markdown":
            return _markdown(inner.get("title"), inner.get("text"))
        case "actionCard":
            rows = inner.get("btns") or [{"title": inner.get("singleTitle"), "actionURL": inner.get("singleURL")}]
            return _action_card(
                inner.get("title"), inner.get("text"), [(row.get("title"), row.get("actionURL")) for row in rows]
            )
        case "link":
            return Line(
                "link", str(inner.get("text", "")), {"title": inner.get("title"), "url": inner.get("messageUrl")}
            )
        case "feedCard":
            return Line("feedCard", "\n".join(str(link.get("title", "")) for link in inner.get("links") or ()))
        case "image" | "file" | "voice":
            return Line(UPLOADED[kind], "", {"media": [inner.get("media_id")]})
    return None


def from_template(key: str, param: Json) -> Line | None:
    """Read msgKey and msgParam of a robot call; None when a needed part is missing."""
    match key:
        case "sampleText":
            return Line("text", param["content"]) if isinstance(param.get("content"), str) else None
        case "sampleMarkdown":
            return _markdown(param.get("title"), param.get("text"))
        case "sampleImageMsg":
            return Line("picture", "", {"media": [param.get("mediaId") or param.get("photoURL")]})
        case "sampleLink":
            return Line(
                "link", str(param.get("text", "")), {"title": param.get("title"), "url": param.get("messageUrl")}
            )
        case "sampleActionCard":
            return _action_card(
                param.get("title"), param.get("text"), [(param.get("singleTitle"), param.get("singleURL"))]
            )
        case "sampleActionCard6":
            pairs = [(param.get(f"buttonTitle{n}"), param.get(f"buttonUrl{n}")) for n in (1, 2)]
            return _action_card(param.get("title"), param.get("text"), pairs)
        case "sampleActionCard2" | "sampleActionCard3" | "sampleActionCard4" | "sampleActionCard5":
            numbers = range(1, int(key[-1]) + 1)
            pairs = [(param.get(f"actionTitle{n}"), param.get(f"actionURL{n}")) for n in numbers]
            return _action_card(param.get("title"), param.get("text"), pairs)
        case "sampleAudio":
            return Line("audio", "", {"media": [param.get("mediaId")], "duration": param.get("duration")})
        case "sampleFile":
            return Line(
                "file", str(param.get("fileName", "")), {"media": [param.get("mediaId")], "name": param.get("fileName")}
            )
        case "sampleVideo":
            return Line("video", "", {"media": [param.get("videoMediaId")]})
    return None


TEMPLATES = frozenset(
    {
        "sampleText",
        "sampleMarkdown",
        "sampleImageMsg",
        "sampleLink",
        "sampleActionCard",
        "sampleAudio",
        "sampleFile",
        "sampleVideo",
    }
    | {f"sampleActionCard{n}" for n in range(2, 7)}
)


def _markdown(title: object, text: object) -> Line | None:
    if not isinstance(text, str) or not isinstance(title, str):
        return None
    buttons = [{"action": action, "text": words} for words, action in LINK.findall(text)]
    return Line("markdown", text, {"title": title} | ({"buttons": buttons} if buttons else {}))


def _action_card(title: object, text: object, pairs: list[tuple[object, object]]) -> Line | None:
    if not isinstance(text, str) or any(not isinstance(url, str) or not words for words, url in pairs):
        return None
    return Line(
        "actionCard", text, {"title": title, "buttons": [{"action": url, "text": words} for words, url in pairs]}
    )
