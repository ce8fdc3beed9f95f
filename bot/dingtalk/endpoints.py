"""Where DingTalk is: base addresses, and which other addresses out of its messages may be called. Pure.

A sessionWebhook and a download address come with data from outside; calling any host they name would let a forged
message reach into the office network.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_FILE_HOSTS = (".aliyuncs.com", ".dingtalk.com", ".alicdn.com")
_WEBHOOK_HOSTS = ("oapi.dingtalk.com", "api.dingtalk.com")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The two origins of the platform; both point at one loopback address when the sandbox plays it."""

    api: str = "https://api.dingtalk.com"
    oapi: str = "https://oapi.dingtalk.com"

    @property
    def on_loopback(self) -> bool:
        return all(_is_loopback(urlsplit(base)) for base in (self.api, self.oapi))

    def may_reply_to(self, url: str) -> bool:
        """Say whether `url` is a sessionWebhook of this platform."""
        parts = _split(url)
        return self._is_ours(parts) or (parts.scheme == "https" and _bare(parts) in _WEBHOOK_HOSTS)

    def may_download(self, url: str) -> bool:
        """Say whether `url` is a place where this platform keeps files."""
        parts = _split(url)
        return self._is_ours(parts) or (parts.scheme in ("http", "https") and _bare(parts).endswith(_FILE_HOSTS))

    def _is_ours(self, parts: SplitResult) -> bool:
        if "@" in parts.netloc:
            return False
        same_origin = any(parts[:2] == urlsplit(base)[:2] for base in (self.api, self.oapi))
        return same_origin or (self.on_loopback and parts.scheme == "http" and _is_loopback(parts))


def _split(url: str) -> SplitResult:
    """Take an address apart; one that is none has no parts."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what finds a port that is none
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _bare(parts: SplitResult) -> str:
    """Return the host where the address is plain: no user, no unusual port."""
    return "" if "@" in parts.netloc or parts.port not in (None, 80, 443) else parts.hostname or ""


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
