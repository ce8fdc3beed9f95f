"""The robot API, media, to-dos, directory and login, with their real error bodies."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

ROBOT = "dinglin-sandbox"


def sampled(text: str = "通知", **more: Any) -> dict[str, Any]:
    return {"robotCode": ROBOT, "msgKey": "sampleText", "msgParam": json.dumps({"content": text}), **more}


@pytest.fixture
def topapi(http, token):
    async def call(path: str, **body: Any) -> dict[str, Any]:
        answer = await http.post(f"/topapi/{path}", params={"access_token": token}, json=body)
        assert answer.status_code == 200
        return dict(answer.json())

    return call


async def lines(http: httpx.AsyncClient, persona: str, **query: str) -> list[dict[str, Any]]:
    return list((await http.get("/_sandbox/inbox", params={"as": persona, **query})).json()["messages"])


async def test_a_batch_reaches_the_known_and_names_the_unknown(http, api):
    answer = (await api("POST", "/v1.0/robot/oToMessages/batchSend", sampled(userIds=["v-0101", "nobody"]))).json()
    assert answer["invalidStaffIdList"] == ["nobody"]
    assert [line["text"] for line in await lines(http, "v-0101")] == ["通知"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"userIds": []}, "invalidParameter.userIds.empty"),
        ({"userIds": ["v-0101"] * 21}, "invalidParameter.userIds.overMax"),
        ({"robotCode": ""}, "invalidParameter.robotCode.empty"),
        ({"robotCode": "other"}, "invalidParameter.robotCode.notExsit"),
        ({"msgKey": ""}, "invalidParameter.msgKey.empty"),
        ({"msgKey": "sampleNothing"}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": "not json"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": json.dumps({"content": "x" * 15001})}, "invalidParameter.msgParam.tooLong"),
        ({"msgParam": "{}"}, "invalidParameter.param.invalid"),
    ],
)
async def test_a_wrong_batch_is_refused_with_its_real_code(api, change, code):
    answer = await api("POST", "/v1.0/robot/oToMessages/batchSend", {**sampled(userIds=["v-0101"]), **change})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["requestid"]
    assert answer.json()["message"]


async def test_reading_marks_and_recall_takes_back(http, api):
    sent = (await api("POST", "/v1.0/robot/oToMessages/batchSend", sampled(userIds=["v-0101", "v-0102"]))).json()
    key = sent["processQueryKey"]
    await lines(http, "v-0102", peek="1")
    await lines(http, "v-0101")
    status = (await api("GET", "/v1.0/robot/oToMessages/readStatus", robotCode=ROBOT, processQueryKey=key)).json()
    assert [(row["userId"], row["readStatus"]) for row in status["messageReadInfoList"]] == [
        ("v-0101", "READ"),
        ("v-0102", "UNREAD"),
    ]
    recalled = await api(
        "POST", "/v1.0/robot/otoMessages/batchRecall", {"robotCode": ROBOT, "processQueryKeys": [key, "x"]}
    )
    assert recalled.json() == {"successResult": [key], "failedResult": {"x": "invalid.processQueryKey"}}
    assert await lines(http, "v-0101") == []


async def test_a_group_message_is_read_by_its_members(http, api):
    body = sampled(openConversationId="cidliushu=")
    key = (await api("POST", "/v1.0/robot/groupMessages/send", body)).json()["processQueryKey"]
    await lines(http, "v-0103")
    query = {"robotCode": ROBOT, "openConversationId": "cidliushu=", "processQueryKey": key, "maxResults": 50}
    answer = (await api("POST", "/v1.0/robot/groupMessages/query", query)).json()
    assert (answer["sendStatus"], answer["readUserIds"], answer["hasMore"]) == ("SUCCESS", ["v-0103"], False)
    wrong = await api("POST", "/v1.0/robot/groupMessages/send", sampled(openConversationId="cidnone="))
    assert wrong.json()["code"] == "invalid.openConversationId"


async def test_a_ding_rings(http, api):
    body = {"robotCode": ROBOT, "remindType": 3, "receiverUserIdList": ["c-0103"], "content": "老人倒地"}
    assert (await api("POST", "/v1.0/robot/ding/send", body)).json()["openDingId"]
    (line,) = await lines(http, "c-0103")
    assert (line["type"], line["way"], line["text"]) == ("ding", "phone", "老人倒地")


async def test_without_a_token_or_with_a_dead_one_nothing_goes(http, api):
    missing = await http.post("/v1.0/robot/oToMessages/batchSend", json=sampled(userIds=["v-0101"]))
    assert missing.status_code == 400
    await http.post("/_sandbox/clock", json={"machine_forward": 7201})
    dead = await api("POST", "/v1.0/robot/oToMessages/batchSend", sampled(userIds=["v-0101"]))
    assert (dead.status_code, dead.json()["code"]) == (400, "InvalidAuthentication")


async def test_the_token_stays_the_same_while_it_lives(http, token):
    body = {"appKey": ROBOT, "appSecret": "dinglin-secret"}
    again = (await http.post("/v1.0/oauth2/accessToken", json=body)).json()
    assert again == {"accessToken": token, "expireIn": 7200}
    legacy = (await http.get("/gettoken", params={"appkey": ROBOT, "appsecret": "dinglin-secret"})).json()
    assert (legacy["errcode"], legacy["access_token"]) == (0, token)
    wrong = await http.post("/v1.0/oauth2/accessToken", json={**body, "appSecret": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalidClientIdOrSecret")


async def test_media_go_up_and_come_down_until_their_address_expires(http, api, token):
    upload = await http.post(
        "/media/upload",
        params={"access_token": token, "type": "image"},
        files={"media": ("a.png", b"PNG", "image/png")},
    )
    media_id = upload.json()["media_id"]
    assert (await http.get(f"/_sandbox/media/{media_id}")).content == b"PNG"
    wrong = await http.post(
        "/media/upload", params={"access_token": "x", "type": "image"}, files={"media": ("a", b"x")}
    )
    assert wrong.json()["errcode"] == 40014


async def upload(http, token, content=b"%PDF-1.7", name="居住情况证明.pdf"):
    files = {"media": (name, content, "application/octet-stream")}
    return (await http.post("/media/upload", params={"access_token": token, "type": "file"}, files=files)).json()


async def test_a_file_of_the_bot_hangs_in_the_chat_and_opens_as_what_it_is(http, api, token):
    media_id = (await upload(http, token))["media_id"]
    param = {"mediaId": media_id, "fileName": "居住情况证明.pdf", "fileType": "pdf"}
    body = {"robotCode": ROBOT, "userIds": ["v-0101"], "msgKey": "sampleFile", "msgParam": json.dumps(param)}
    assert (await api("POST", "/v1.0/robot/oToMessages/batchSend", body)).status_code == 200
    shown = (await http.get("/_sandbox/inbox", params={"as": "v-0101"})).json()["messages"][-1]
    assert (shown["type"], shown["name"], shown["media"]) == ("file", "居住情况证明.pdf", [media_id])
    opened = await http.get(f"/_sandbox/media/{media_id}")
    assert (opened.content, opened.headers["content-type"]) == (b"%PDF-1.7", "application/pdf")
    assert opened.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E5%B1%85")


async def test_a_page_that_somebody_uploads_is_downloaded_and_not_shown(http, token):
    media_id = (await upload(http, token, b"<script>", "a.html"))["media_id"]
    opened = await http.get(f"/_sandbox/media/{media_id}")
    assert opened.headers["content-disposition"].startswith("attachment")
    assert opened.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("fault", "code"), [("qps", 90018), ("token_expired", 40014), ("quota_exhausted", 90020)])
async def test_the_faults_strike_uploads_too(http, token, fault, code):
    await http.post("/_sandbox/faults", json={"fault": fault, "times": 1} | ({"pool": "api"} if code == 90020 else {}))
    assert (await upload(http, token))["errcode"] == code


async def test_a_file_over_the_limit_is_refused(http, token):
    assert (await upload(http, token, b"x" * (20 * 1024 * 1024 + 1)))["errcode"] == 40009


async def test_a_download_code_and_its_address_expire(http, api, stream):
    async with stream() as bot:
        await http.post("/_sandbox/say", json={"as": "v-0101", "pictures": 1})
        code = (await bot.frame())["data"]["content"]["downloadCode"]
    body = {"downloadCode": code, "robotCode": ROBOT}
    url = (await api("POST", "/v1.0/robot/messageFiles/download", body)).json()["downloadUrl"]
    await http.post("/_sandbox/clock", json={"machine_forward": 601})
    assert (await http.get(url)).status_code == 403
    await http.post("/_sandbox/windows", json={"token": 100000})
    await http.post("/v1.0/oauth2/accessToken", json={"appKey": ROBOT, "appSecret": "dinglin-secret"})
    await http.post("/_sandbox/clock", json={"machine_forward": 7200})
    late = await api("POST", "/v1.0/robot/messageFiles/download", body)
    assert (late.status_code, late.json()["code"]) == (400, "invalidParameter.robotCode.downloadCode")
    other = await api("POST", "/v1.0/robot/messageFiles/download", {**body, "robotCode": "other"})
    assert other.json()["code"] == "invalidParameter.robotCode.auth"


async def test_a_todo_lives_once_by_its_source(http, api):
    body = {
        "sourceId": "t1",
        "subject": "路灯",
        "executorIds": ["un-c-0101"],
        "detailUrl": {"appUrl": "dingtalk://x", "pcUrl": "dingtalk://x"},
    }
    path = "/v1.0/todo/users/un-c-0101/tasks"
    made = (await api("POST", path, body, operatorId="un-c-0101")).json()
    again = await api("POST", path, body, operatorId="un-c-0101")
    assert (again.status_code, again.json()["message"]) == (400, "task exist")
    assert (await api("PUT", f"{path}/{made['id']}", {"done": True})).json() == {"result": True}
    (shown,) = (await http.get("/_sandbox/inbox", params={"as": "c-0101"})).json()["todos"]
    assert (shown["subject"], shown["isDone"]) == ("路灯", True)
    found = (await api("POST", "/v1.0/todo/users/un-c-0101/org/tasks/query", {"isDone": True})).json()
    assert [row["sourceId"] for row in found["todoCards"]] == ["t1"]
    assert (await api("DELETE", f"{path}/{made['id']}")).json()["result"] is True
    gone = await api("DELETE", f"{path}/{made['id']}")
    assert (gone.status_code, gone.json()["message"]) == (400, "task not exist")
    assert (await api("POST", path, {**body, "detailUrl": None})).status_code == 400


async def test_the_directory_holds_the_members_and_nobody_else(topapi):
    below = (await topapi("v2/department/listsub", dept_id=1))["result"]
    assert "柳树村" in [row["name"] for row in below]
    members: list[str] = []
    for row in below:
        members += (await topapi("user/listid", dept_id=row["dept_id"]))["result"]["userid_list"]
    assert len(members) == len(set(members)) >= 38
    assert not {"x-0001", "n-0201", "v-0106"} & set(members)
    page = (await topapi("v2/user/list", dept_id=101, cursor=0, size=3))["result"]
    assert (page["has_more"], page["next_cursor"], len(page["list"])) == (True, 3, 3)


async def test_a_member_shows_roles_and_department(topapi):
    person = (await topapi("v2/user/get", userid="c-0101"))["result"]
    assert (person["name"], person["unionid"], person["dept_id_list"]) == ("陈文", "un-c-0101", [101])
    assert [role["name"] for role in person["role_list"]] == ["village_clerk"]
    roles = {row["name"]: row["id"] for row in (await topapi("role/list"))["result"]["list"][0]["roles"]}
    held = (await topapi("role/simplelist", role_id=roles["discipline"]))["result"]["list"]
    assert [row["userid"] for row in held] == ["c-0006", "c-0007"]
    clerks = (await topapi("role/simplelist", role_id=roles["village_clerk"]))["result"]["list"]
    assert sorted(row["manageScopes"][0]["dept_id"] for row in clerks) == [101, 102, 103, 104, 105, 106]


async def test_the_directory_refuses_with_errcodes(http, topapi):
    assert (await topapi("v2/user/get", userid="nobody"))["errcode"] == 60121
    assert (await topapi("v2/department/get", dept_id=999))["errcode"] == 60003
    assert (await topapi("v2/user/list", dept_id=101, cursor=0, size=101))["errcode"] == 40035
    assert (await topapi("v2/user/getbymobile", mobile="13800000001"))["result"]["userid"] == "c-0103"
    assert (await topapi("user/getbyunionid", unionid="un-x-0001"))["errcode"] == 60121
    wrong = (await http.post("/topapi/role/list", params={"access_token": "x"})).json()
    assert (wrong["errcode"], wrong["sub_code"]) == (88, "40014")


async def test_a_login_code_names_a_member_once(http, topapi):
    code = (await http.post("/_sandbox/authcode", json={"as": "c-0101"})).json()["code"]
    first = (await topapi("v2/user/getuserinfo", code=code))["result"]
    assert (first["userid"], first["unionid"], first["name"]) == ("c-0101", "un-c-0101", "陈文")
    assert (await topapi("v2/user/getuserinfo", code=code))["errcode"] == 40078


@pytest.mark.parametrize("flaw", [{"client_id": "another"}, {"redirect_uri": "javascript:x"}, {"scope": "mail"}])
async def test_the_login_page_says_what_is_wrong_with_the_question(http, flaw):
    query = {"redirect_uri": "http://127.0.0.1:8000/login", "client_id": ROBOT, "response_type": "code"}
    answer = await http.get("/oauth2/auth", params={**query, "scope": "openid", "as": "c-0101", **flaw})
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert next(iter(flaw)) in answer.text


async def test_a_code_of_the_browser_and_one_of_the_app_are_not_the_same(http, topapi):
    query = {"redirect_uri": "http://127.0.0.1:8000/login", "client_id": ROBOT, "response_type": "code"}
    back = await http.get("/oauth2/auth", params={**query, "scope": "openid", "as": "c-0101"})
    of_browser = parse_qs(urlsplit(back.headers["location"]).query)["authCode"][0]
    assert (await topapi("v2/user/getuserinfo", code=of_browser))["errcode"] == 40078
    of_app = (await http.post("/_sandbox/authcode", json={"as": "c-0101"})).json()["code"]
    body = {"clientId": ROBOT, "clientSecret": "dinglin-secret", "code": of_app, "grantType": "authorization_code"}
    assert (await http.post("/v1.0/oauth2/userAccessToken", json=body)).status_code == 400


async def test_the_login_page_leads_back_with_a_code_that_says_who_it_is(http):
    query = {
        "redirect_uri": "http://127.0.0.1:8000/login",
        "client_id": ROBOT,
        "response_type": "code",
        "scope": "openid",
        "state": "s1",
    }
    page = await http.get("/oauth2/auth", params=query)
    assert "王秀英" in page.text
    back = await http.get("/oauth2/auth", params={**query, "as": "c-0101"})
    assert back.status_code == 302
    answer = parse_qs(urlsplit(back.headers["location"]).query)
    assert answer["state"] == ["s1"]
    body = {
        "clientId": ROBOT,
        "clientSecret": "dinglin-secret",
        "code": answer["authCode"][0],
        "grantType": "authorization_code",
    }
    tokens = (await http.post("/v1.0/oauth2/userAccessToken", json=body)).json()
    me = await http.get("/v1.0/contact/users/me", headers={"x-acs-dingtalk-access-token": tokens["accessToken"]})
    assert (me.json()["unionId"], me.json()["nick"]) == ("un-c-0101", "陈文")
    assert (await http.post("/v1.0/oauth2/userAccessToken", json=body)).status_code == 400


async def test_a_jsapi_ticket_is_given(api):
    assert (await api("POST", "/v1.0/oauth2/jsapiTickets")).json()["jsapiTicket"]


async def test_an_unknown_address_is_answered_as_the_platform_does(http):
    answer = await http.post("/v1.0/robot/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "InvalidAction.NotFound")
