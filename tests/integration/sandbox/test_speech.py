"""What a person says, in every msgtype, as the frame that arrives."""

from typing import Any

import httpx
import pytest


@pytest.fixture
def heard(http, stream):
    """Say something and return the data of the frame."""

    async def say(**words: Any) -> dict[str, Any]:
        async with stream() as bot:
            answer = await http.post("/_sandbox/say", json={"as": "v-0101", **words})
            assert answer.status_code == 200, answer.text
            frame = await bot.frame()
            await bot.ack(frame)
            await bot.is_silent()
            return dict(frame["data"])

    return say


async def refusal(http: httpx.AsyncClient, **words: Any) -> str:
    answer = await http.post("/_sandbox/say", json=words)
    assert answer.status_code >= 400
    return str(answer.json()["error"])


async def test_text_alone_with_the_bot(heard):
    data = await heard(text="路灯不亮")
    assert data["msgtype"] == "text"
    assert data["text"] == {"content": "路灯不亮"}
    assert data["conversationType"] == "1"
    assert data["senderStaffId"] == "v-0101"
    assert data["senderNick"] == "王秀英"
    assert data["robotCode"] == "dinglin-sandbox"
    assert data["sessionWebhookExpiredTime"] == data["createAt"] + 5_400_000
    assert "conversationTitle" not in data


async def test_text_in_a_group_leaves_the_space_of_the_mention(heard):
    data = await heard(group="cidliushu=", text="今儿停水不", mentions=["c-0103"])
    assert data["text"] == {"content": " 今儿停水不"}
    assert (data["conversationType"], data["conversationId"]) == ("2", "cidliushu=")
    assert data["conversationTitle"] == "柳树村村民群"
    assert data["isInAtList"] is True
    assert [user.get("staffId") for user in data["atUsers"]] == [None, "c-0103"]


async def test_a_group_message_without_a_mention_never_arrives(http, stream):
    async with stream() as bot:
        await http.post("/_sandbox/say", json={"as": "v-0102", "group": "cidliushu=", "text": "吃了吗", "at": False})
        assert await bot.is_silent()
    lines = (await http.get("/_sandbox/inbox", params={"as": "v-0103"})).json()["messages"]
    assert [line["text"] for line in lines] == ["吃了吗"]


async def test_one_picture_and_several(heard, api, http):
    one = await heard(pictures=1)
    assert one["msgtype"] == "picture"
    answer = await api("POST", "/v1.0/robot/messageFiles/download", {**one["content"], "robotCode": "dinglin-sandbox"})
    image = await http.get(answer.json()["downloadUrl"])
    assert image.content.startswith(b"\x89PNG")
    several = await heard(pictures=2, text="井盖没了")
    assert several["msgtype"] == "richText"
    rows = several["content"]["richText"]
    assert rows[0] == {"text": "井盖没了"}
    assert [row["type"] for row in rows[1:]] == ["picture", "picture"]
    assert rows[1]["downloadCode"] != rows[2]["downloadCode"]


@pytest.mark.parametrize("recognition", ["俺家大门口那个录灯就不明了", ""])
async def test_a_voice_message_brings_its_recognition(heard, recognition):
    data = await heard(audio={"recognition": recognition, "duration": 2000})
    assert data["msgtype"] == "audio"
    assert data["content"]["recognition"] == recognition
    assert data["content"]["duration"] == 2000
    assert data["content"]["downloadCode"]


async def test_a_file_keeps_its_name_and_its_bytes(heard, api, http):
    data = await heard(file={"name": "通知.txt", "text": "关于停水的通知"})
    assert (data["msgtype"], data["content"]["fileName"]) == ("file", "通知.txt")
    body = {"downloadCode": data["content"]["downloadCode"], "robotCode": "dinglin-sandbox"}
    url = (await api("POST", "/v1.0/robot/messageFiles/download", body)).json()["downloadUrl"]
    assert (await http.get(url)).text == "关于停水的通知"


async def test_an_uploaded_photo_is_said_by_its_media_id(heard, http):
    uploaded = (await http.post("/_sandbox/media", files={"file": ("灯.jpg", b"JPEG", "image/jpeg")})).json()
    data = await heard(pictures=[uploaded["mediaId"]])
    assert data["msgtype"] == "picture"
    stored = await http.get(uploaded["url"])
    assert (stored.content, stored.headers["content-type"]) == (b"JPEG", "image/jpeg")


@pytest.mark.parametrize("what", ["sticker", "location", "forward"])
async def test_what_a_bot_cannot_receive_comes_as_unknown(heard, what):
    data = await heard(**{what: "某某"})
    assert data["msgtype"] == "unknownMsgType"
    assert data["content"]["unknownMsgType"].endswith("暂不支持接收")


async def test_a_quote_brings_the_quoted_message(heard):
    first = await heard(text="桥头井盖又没了")
    data = await heard(text="记 急", quote=first["msgId"])
    assert data["text"]["isReplyMsg"] is True
    quoted = data["text"]["repliedMsg"]
    assert quoted["msgId"] == first["msgId"]
    assert quoted["senderId"] == first["senderId"]
    assert quoted["content"] == {"text": "桥头井盖又没了"}


async def test_a_quoted_card_has_no_content(heard, http, api):
    body = {
        "cardTemplateId": "dinglin-task.schema",
        "outTrackId": "k1",
        "cardData": {"cardParamMap": {"title": "t"}},
        "openSpaceId": "dtv1.card//IM_ROBOT.v-0101",
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": "dinglin-sandbox"},
    }
    await api("POST", "/v1.0/card/instances/createAndDeliver", body)
    data = await heard(text="这个", quote="k1")
    assert data["text"]["repliedMsg"]["msgType"] == "interactiveCard"
    assert "content" not in data["text"]["repliedMsg"]


async def test_an_outsider_has_no_staff_id(heard):
    data = await heard(**{"as": "x-0001", "group": "cidliushu=", "text": "我妈的事"})
    assert "senderStaffId" not in data
    assert "senderCorpId" not in data
    assert "isAdmin" not in data
    assert data["senderId"].startswith("$:LWCP_v1:$")


async def test_two_persons_on_one_phone_are_one_sender(heard):
    husband = await heard(**{"as": "v-0105", "text": "我是老钱"})
    wife = await heard(**{"as": "v-0106", "text": "我是老孟"})
    assert husband["senderStaffId"] == wife["senderStaffId"] == "v-0105"
    assert husband["senderNick"] == wife["senderNick"]


@pytest.mark.parametrize(
    "kind", [{"audio": {"recognition": "x"}}, {"file": {"name": "a.txt"}}, {"video": {"name": "a.mp4"}}]
)
async def test_voice_video_and_files_are_refused_in_groups(http, kind):
    assert await refusal(http, **{"as": "v-0102", "group": "cidliushu=", **kind}) == "not_in_groups"


async def test_who_cannot_speak_is_told_why(http):
    assert await refusal(http, **{"as": "n-0201", "text": "x"}) == "no_account"
    assert await refusal(http, **{"as": "nobody", "text": "x"}) == "no_such_person"
    assert await refusal(http, **{"as": "v-0101", "group": "cidtown=", "text": "x"}) == "not_a_member"
    assert await refusal(http, **{"as": "v-0101", "group": "cidnone=", "text": "x"}) == "no_such_group"
    assert await refusal(http, **{"as": "v-0101"}) == "nothing_said"
    assert await refusal(http, **{"as": "v-0101", "text": "x", "quote": "msg-none"}) == "not_visible"
    assert await refusal(http, **{"as": "v-0101", "pictures": ["@none"]}) == "no_such_media"
    assert await refusal(http, **{"as": "v-0101", "file": {"base64": "***"}}) == "not_base64"
    assert (await http.post("/_sandbox/say", content=b"[]")).json()["error"] == "not_json"


async def test_the_reply_reaches_the_group_or_the_person_and_dies_after_ninety_minutes(heard, http):
    alone = await heard(text="a")
    group = await heard(**{"as": "v-0102", "group": "cidliushu=", "text": "b"})
    body = {"msgtype": "text", "text": {"content": "答"}, "at": {"atUserIds": ["v-0102"]}}
    for data in (alone, group):
        assert (await http.post(data["sessionWebhook"], json=body)).json() == {"errcode": 0, "errmsg": "ok"}
    lines = (await http.get("/_sandbox/inbox", params={"as": "v-0101"})).json()["messages"]
    assert [(line["from"], line["group"]) for line in lines] == [
        ("v-0101", None),
        ("v-0102", "cidliushu="),
        ("bot", None),
        ("bot", "cidliushu="),
    ]
    await http.post("/_sandbox/clock", json={"machine_forward": 5401})
    dead = await http.post(alone["sessionWebhook"], json=body)
    assert (dead.status_code, dead.json()["errcode"], dead.json()["errmsg"]) == (200, 300001, "session 不存在")


async def test_a_forged_session_leads_nowhere(heard, http):
    data = await heard(text="a")
    forged = data["sessionWebhook"].replace("v-0101", "c-0006")
    answer = await http.post(forged, json={"msgtype": "text", "text": {"content": "x"}})
    assert answer.json()["errcode"] == 300001
