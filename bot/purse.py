"""What talking costs: two pools a month, which call draws on which, and what is left unsaid when they run low. Pure.

The standard edition gives 5,000 API calls and 3,000 webhook and stream pushes a month; every message or tap that
reaches us is a push that cannot be refused, and over the limit messages come without their words. The caller counts.
"""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum


class Call(StrEnum):
    """Everything on the wire that costs, or is known to cost nothing."""

    message_in = "message_in"
    tap_in = "tap_in"
    event_in = "event_in"
    tap_answer = "tap_answer"
    webhook_reply = "webhook_reply"
    people_send = "people_send"
    """One call for up to twenty people."""
    group_send = "group_send"
    card_create = "card_create"
    card_update = "card_update"
    upload = "upload"
    download = "download"
    todo_create = "todo_create"
    todo_update = "todo_update"
    read_query = "read_query"
    """Who has read one message in one group."""
    ding = "ding"
    token = "token"
    login = "login"
    directory = "directory"


@dataclass(frozen=True, slots=True)
class Cost:
    """Units drawn from each pool."""

    api: int = 0
    push: int = 0


_FREE, _API, _PUSH = Cost(), Cost(api=1), Cost(push=1)
COSTS: dict[Call, Cost] = {
    Call.message_in: _PUSH,
    Call.tap_in: _PUSH,
    Call.event_in: _FREE,
    Call.tap_answer: _FREE,
    Call.webhook_reply: _PUSH,
    Call.people_send: _API,
    Call.group_send: _API,
    Call.card_create: _API,
    Call.card_update: _API,
    Call.upload: _API,
    Call.download: _API,
    Call.todo_create: _API,
    Call.todo_update: _API,
    Call.read_query: _API,
    Call.ding: _API,
    Call.token: _FREE,
    Call.login: _FREE,
    Call.directory: _FREE,
}


def cost(call: Call, *, webhook_counts: bool = True) -> Cost:
    """Say what a call costs; whether a sessionWebhook reply is a push is not known, so both readings are kept."""
    return _FREE if call is Call.webhook_reply and not webhook_counts else COSTS[call]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an organisation may use in a month; None where nobody counts."""

    api: int | None = 5000
    push: int | None = 3000
    webhook_counts: bool = True


STANDARD = Limits()
"""The free edition."""


class Step(IntEnum):
    """How far the purse has stepped down; each step keeps the restrictions of those before it."""

    full = 0
    spare = 1
    """From 70 %: no confirmations by card, notices merged by case and day, media on request."""
    digest = 2
    """From 85 %: digests only, H5 and telephone offered first."""
    phone = 3
    """From 95 %: groups are asked once to ring, cadres work in the console."""


_STEPS = ((0.95, Step.phone), (0.85, Step.digest), (0.70, Step.spare))
_EARLY_SHARE = 0.5
"""A month that heads over its limit becomes sparing from half its pool on."""
_EARLY_DAY = 7
"""Before this day a forecast says nothing."""


class Purpose(StrEnum):
    """Why something is to be sent."""

    emergency = "emergency"
    unheard = "unheard"
    """The duty phone for somebody whose words were kept back: it may be the emergency."""
    important = "important"
    """Seals, and broadcasts of level 1 and 2."""
    reply = "reply"
    task = "task"
    notice = "notice"
    digest = "digest"
    courtesy = "courtesy"
    """Confirmations by card, repaints nobody waits for, media fetched ahead."""


_KEPT_FOR_EMERGENCIES = 0.10
_KEPT_FOR_IMPORTANT = 0.10
_LAST_STEP = {
    Purpose.reply: Step.phone,
    Purpose.task: Step.digest,
    Purpose.digest: Step.digest,
    Purpose.notice: Step.spare,
    Purpose.courtesy: Step.full,
}
"""The last step at which a purpose is still served."""


class Route(StrEnum):
    """By which pool a reply goes out."""

    webhook = "webhook"
    api = "api"


_LEAD = 0.02
"""Replies go by webhook until pushes are this much of their pool ahead of calls: a question then costs no API call."""


def share(used: int, limit: int | None) -> float:
    """Return the used share of a pool; 0 where nobody counts."""
    if limit is None:
        return 0.0
    return used / limit if limit > 0 else 1.0


def forecast(used: int, day_of_month: int, days_in_month: int = 30) -> float:
    """Return the month's end if the days to come are like those gone by, today counted as whole."""
    return used * days_in_month / max(1, min(day_of_month, days_in_month))


def step(api_used: int, push_used: int, limits: Limits, day_of_month: int, days_in_month: int = 30) -> Step:
    """Say how sparing to be: by the emptier pool, and earlier when the month heads over its limit."""
    worst = max(share(api_used, limits.api), share(push_used, limits.push))
    for threshold, reached in _STEPS:
        if worst >= threshold:
            return reached
    is_early = day_of_month >= _EARLY_DAY and worst >= _EARLY_SHARE
    return Step.spare if is_early and forecast(1, day_of_month, days_in_month) * worst > 1 else Step.full


def may_send(purpose: Purpose, at: Step, api_used: int, limits: Limits, *, api_calls: int = 1) -> bool:
    """Say whether the API pool may be drawn on for this purpose.

    A tenth of the pool is kept for emergencies and a tenth for seals and important broadcasts. Emergencies are always
    tried: a refused call costs less than silence.
    """
    if purpose in (Purpose.emergency, Purpose.unheard):
        return True
    kept = _KEPT_FOR_EMERGENCIES + (0 if purpose is Purpose.important else _KEPT_FOR_IMPORTANT)
    if limits.api is not None and api_used + api_calls > limits.api * (1 - kept):
        return False
    return at <= _LAST_STEP.get(purpose, Step.phone)


def route_reply(api_used: int, push_used: int, limits: Limits, *, webhook_is_open: bool = True) -> Route:
    """Choose the pool with more room for a reply. A webhook that costs nothing, or nobody counts, is always taken."""
    if not webhook_is_open:
        return Route.api
    if not limits.webhook_counts or limits.push is None:
        return Route.webhook
    lead = share(push_used, limits.push) - share(api_used, limits.api)
    return Route.api if lead > _LEAD and may_send(Purpose.reply, Step.full, api_used, limits) else Route.webhook


@dataclass(frozen=True, slots=True)
class Purse:
    """A month's counts against its limits."""

    limits: Limits
    api_used: int = 0
    push_used: int = 0

    def after(self, call: Call, times: int = 1) -> "Purse":
        """Return the purse after `times` calls."""
        price = cost(call, webhook_counts=self.limits.webhook_counts)
        return replace(self, api_used=self.api_used + price.api * times, push_used=self.push_used + price.push * times)

    def step(self, day_of_month: int, days_in_month: int = 30) -> Step:
        return step(self.api_used, self.push_used, self.limits, day_of_month, days_in_month)

    def may_send(self, purpose: Purpose, at: Step, *, api_calls: int = 1) -> bool:
        return may_send(purpose, at, self.api_used, self.limits, api_calls=api_calls)

    def route_reply(self, *, webhook_is_open: bool = True) -> Route:
        return route_reply(self.api_used, self.push_used, self.limits, webhook_is_open=webhook_is_open)
