"""A small bot on the unmodified SDK, run as a process: says back what it hears, sends a card, answers its tap."""

import asyncio
import json
import sys

import dingtalk_stream
from dingtalk_stream import AckMessage, CallbackMessage, ChatbotMessage, EventMessage
from dingtalk_stream.card_callback import Card_Callback_Router_Topic, CardCallbackMessage
from dingtalk_stream.card_replier import CardReplier

CLIENT_ID, CLIENT_SECRET = sys.argv[1:3]
BUTTONS = [{"action": "accept", "text": "收下", "style": "blue"}]


class Talk(dingtalk_stream.ChatbotHandler):
    """Uses what the SDK brings: its replies, its cards, its downloads."""

    async def process(self, callback: CallbackMessage) -> tuple[int, str]:
        message = ChatbotMessage.from_dict(callback.data)
        text = message.text.content.strip() if message.text else message.message_type
        match text:
            case "卡片":
                card = {"title": "路灯不亮", "status": "待受理", "buttons": json.dumps(BUTTONS)}
                replier = CardReplier(self.dingtalk_client, message)
                await replier.async_create_and_deliver_card("dinglin-task.schema", card)
            case "按钮":
                self.reply_markdown_button(message, "路灯不亮", [{"text": "收下", "id": "accept", "request": True}])
            case "标题":
                self.reply_markdown("路灯", "**路灯**不亮", message)
            case "picture":
                self.reply_text(self.get_image_download_url(message.image_content.download_code), message)
            case _:
                self.reply_text(f"听到了：{text}", message)
        return AckMessage.STATUS_OK, "OK"


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
