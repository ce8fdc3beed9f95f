"""Signing in at the console: where the platform asks who it is, and what becomes of the code it sends back.

One way for sandbox and township; only the hosts differ (`DINGLIN_LOGIN_URL`).
"""

import logging

from bot.dingtalk.client import Client
from bot.dingtalk.faults import ChannelFault, Denied, NotSent, Throttled, Unknown
from bot.registration import ACCOUNT
from bot.web.doors import Login
from township.errors import Refused
from township.settings import Settings

log = logging.getLogger(__name__)

NOT_A_MEMBER = "60121"


def login_of(settings: Settings, client: Client) -> Login:
    """Describe the login of the account."""

    async def staff_of(code: str) -> str:
        if not code:
            raise Refused("login_called_off")
        try:
            return (await client.user_by_login(code)).staff_id
        except ChannelFault as fault:
            log.warning("nobody was let in", extra={"action": "login_failed", "code": fault.code})
            raise Refused(_words_for(fault)) from fault

    return Login(ACCOUNT, settings.client_id, f"{settings.login}/oauth2/auth", staff_of)


def _words_for(fault: ChannelFault) -> str:
    if fault.code == NOT_A_MEMBER:
        return "not_a_member"
    if isinstance(fault, Denied):
        return "login_not_permitted"
    return "login_unreachable" if isinstance(fault, NotSent | Throttled | Unknown) else "wrong_login_code"
