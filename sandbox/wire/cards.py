"""The card API: create, deliver, both at once, update. HTTP 200 can still hide a space that was not reached."""

from secrets import token_hex

from starlette.routing import Route

from sandbox.cards import Card, SpaceType, as_params
from sandbox.encoding import Json
from sandbox.faults import FaultKind
from sandbox.refusals import api
from sandbox.wire.door import Call, api_route
from sandbox.world import World

INSTANCES = "/v1.0/card/instances"
SCHEME = "dtv1.card//"
MODELS = {SpaceType.IM_GROUP: "imGroupOpenDeliverModel", SpaceType.IM_ROBOT: "imRobotOpenDeliverModel"}


def routes(world: World) -> list[Route]:
    """Return the card addresses; each call is paid for."""
    return [
        api_route(world, "POST", "/v1.0/card/instances", create),
        api_route(world, "PUT", "/v1.0/card/instances", update),
        api_route(world, "POST", "/v1.0/card/instances/deliver", deliver),
        api_route(world, "POST", "/v1.0/card/instances/createAndDeliver", create_and_deliver),
    ]


def create(world: World, call: Call) -> Json:
    """Create a card that nobody sees yet."""
    card = _card(world, call)
    world.cards.create(card)
    return {"success": True, "result": card.out_track_id}


def deliver(world: World, call: Call) -> Json:
    """Put an existing card before people."""
    card = world.cards.get(_out_track_id(call))
    if card is None:
        raise api("param.cardNotExist")
    return {"success": True, "result": _deliver(world, call, card, _spaces(call))}


def create_and_deliver(world: World, call: Call) -> Json:
    """Create a card and put it before people in one call."""
    card, spaces = _card(world, call), _spaces(call)
    world.cards.create(card)
    results = _deliver(world, call, card, spaces)
    return {"success": True, "result": {"outTrackId": card.out_track_id, "deliverResults": results}}


def update(world: World, call: Call) -> Json:
    """Change a card; without the options by key the new data replaces all of the old."""
    card = world.cards.get(_out_track_id(call))
    if card is None:
        raise api("param.cardNotExist")
    public, private = call.body.get("cardData"), call.body.get("privateData")
    if not public and not private:
        raise api("param.cardDataAndPrivateDataBothEmpty")
    if world.faults.strikes(FaultKind.content_unsafe, path=INSTANCES):
        raise api("param.contentUnsafe")
    options = call.body.get("cardUpdateOptions") or {}
    if public:
        card.change(as_params(public.get("cardParamMap")), by_key=options.get("updateCardDataByKey") is True)
    for person, params in _private(world, call, private).items():
        card.change_private(person, params, by_key=options.get("updatePrivateDataByKey") is True)
    world.announce(card)
    return {"success": True, "result": True}


def _card(world: World, call: Call) -> Card:
    template = call.text("cardTemplateId")
    out_track_id = _out_track_id(call)
    if not template:
        raise api("param.cardTemplateIdEmpty")
    data = call.body.get("cardData")
    if not isinstance(data, dict) or "cardParamMap" not in data:
        raise api("param.cardPublicDataEmpty")
    if world.faults.strikes(FaultKind.content_unsafe, path=INSTANCES):
        raise api("param.contentUnsafe")
    return Card(
        out_track_id=out_track_id,
        template_id=template,
        callback=call.text("callbackType"),
        public=as_params(data["cardParamMap"]),
        private=_private(world, call, call.body.get("privateData")),
        at=world.business.iso(),
    )


def _out_track_id(call: Call) -> str:
    out_track_id = call.text("outTrackId")
    if not out_track_id:
        raise api("param.outTrackIdEmpty")
    if len(out_track_id) > 100:
        raise api("param.invalid")
    return out_track_id


def _private(world: World, call: Call, value: object) -> dict[str, dict[str, str]]:
    rows = value if isinstance(value, dict) else {}
    return {_account(world, call, user): as_params(data.get("cardParamMap")) for user, data in rows.items()}


def _account(world: World, call: Call, user: str) -> str:
    people = world.town.by_union if call.number("userIdType", 1) == 2 else world.town.by_staff
    if user not in people:
        raise api("param.userIdNotExist")
    return people[user].id


def _spaces(call: Call) -> list[tuple[str, str]]:
    text = call.text("openSpaceId")
    if not text:
        raise api("param.openSpaceIdEmpty")
    if not text.startswith(SCHEME) or len(text) > 1000:
        raise api("param.openSpaceIdInvalid")
    spaces = []
    for part in text.removeprefix(SCHEME).split(";"):
        kind, dot, target = part.partition(".")
        if not dot or kind.upper() not in SpaceType.__members__:
            raise api("param.openSpaceIdInvalid")
        spaces.append((kind.upper(), target))
    for kind, _ in spaces:
        model = MODELS.get(SpaceType(kind))
        if model is not None and not isinstance(call.body.get(model), dict):
            raise api("param.openDeliverModelEmpty")
        if kind == SpaceType.IM_GROUP and not call.body[MODELS[SpaceType.IM_GROUP]].get("robotCode"):
            raise api("param.openDeliverModelError")
    return spaces


def _deliver(world: World, call: Call, card: Card, spaces: list[tuple[str, str]]) -> list[Json]:
    results = []
    for kind, target in spaces:
        result: Json = {
            "spaceType": kind,
            "spaceId": target,
            "success": True,
            "carrierId": token_hex(16),
            "errorMsg": "",
        }
        people = _audience(world, call, kind, target)
        if not people or world.faults.strikes(FaultKind.deliver_failed):
            result |= {"success": False, "errorMsg": "spaceId is illegal"}
            del result["carrierId"]
        else:
            world.cards.show(card, (kind, target), people)
        results.append(result)
    world.announce(card)
    return results


def _audience(world: World, call: Call, kind: str, target: str) -> list[str]:
    match kind:
        case SpaceType.IM_ROBOT:
            person = world.town.by_staff.get(target) or world.town.by_union.get(target)
            return [person.id] if person is not None and person.staff_id is not None else []
        case SpaceType.IM_GROUP:
            group = world.town.groups.get(target)
            model = call.body[MODELS[SpaceType.IM_GROUP]]
            wanted = model.get("recipients") or []
            members = group.members if group is not None else ()
            return [member for member in members if not wanted or world.town.people[member].staff_id in wanted]
    return []
