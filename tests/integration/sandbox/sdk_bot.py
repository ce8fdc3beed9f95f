"""A small bot on the unmodified SDK, run as a process: says back what it hears, sends a card, answers its tap."""

import asyncio
import json
import sys

import aiohttp
import dingtalk_stream
from dingtalk_stream import AckMessage, CallbackMessage, ChatbotMessage, EventMessage
from dingtalk_stream.card_callback import Card_Callback_Router_Topic, CardCallbackMessage
from dingtalk_stream.utils import DINGTALK_OPENAPI_ENDPOINT

CLIENT_ID, CLIENT_SECRET = sys.argv[1:3]


class Talk(dingtalk_stream.ChatbotHandler):
    async def process(self, callback: CallbackMessage) -> tuple[int, str]:
        message = ChatbotMessage.from_dict(callback.data)
        text = message.text.content.strip() if message.text else message.message_type
        async with aiohttp.ClientSession() as http:
            if text == "卡片":
                await self.card(http, message.sender_staff_id)
            else:
                body = {"msgtype": "text", "text": {"content": f"听到了：{text}"}}
                await (await http.post(message.session_webhook, json=body)).read()
        return AckMessage.STATUS_OK, "OK"

    async def card(self, http: aiohttp.ClientSession, staff_id: str) -> None:
        headers = {"x-acs-dingtalk-access-token": self.dingtalk_client.get_access_token()}
        buttons = json.dumps([{"action": "accept", "text": "收下", "style": "blue"}])
        body = {
            "cardTemplateId": "dinglin-task.schema",
            "outTrackId": "card-1",
            "callbackType": "STREAM",
            "cardData": {"cardParamMap": {"title": "路灯不亮", "status": "待受理", "buttons": buttons}},
            "openSpaceId": f"dtv1.card//IM_ROBOT.{staff_id}",
            "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": CLIENT_ID},
            "imRobotOpenSpaceModel": {"supportForward": False},
        }
        url = DINGTALK_OPENAPI_ENDPOINT + "/v1.0/card/instances/createAndDeliver"
        await (await http.post(url, json=body, headers=headers)).read()


class Tap(dingtalk_stream.CallbackHandler):
    async def process(self, callback: CallbackMessage) -> tuple[int, object]:
        message = CardCallbackMessage.from_dict(callback.data)
        action = message.content["cardPrivateData"]["params"]["action"]
        return AckMessage.STATUS_OK, {
            "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
            "cardData": {"cardParamMap": {"status": f"{message.user_id}:{action}", "buttons": "[]"}},
            "userPrivateData": {"cardParamMap": {"mine": "yes"}},
        }


class Events(dingtalk_stream.EventHandler):
    async def process(self, event: EventMessage) -> tuple[int, str]:
        return AckMessage.STATUS_OK, "OK"


client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential(CLIENT_ID, CLIENT_SECRET))
client.register_callback_handler(ChatbotMessage.TOPIC, Talk())
client.register_callback_handler(Card_Callback_Router_Topic, Tap())
client.register_all_event_handler(Events())
asyncio.run(client.start())
