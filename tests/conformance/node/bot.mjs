// A small bot on the official Node SDK as it comes, run as a process: says back what it hears, sends a card, answers
// its tap. Only the hosts are others: whatever axios is about to ask DingTalk goes to the sandbox instead.
import axios from "axios";
import { DWClient, EventAck, TOPIC_CARD, TOPIC_ROBOT } from "dingtalk-stream";

const [clientId, clientSecret, sandbox] = process.argv.slice(2);
axios.interceptors.request.use((request) => {
  request.url = request.url.replace(/^https:\/\/o?api\.dingtalk\.com/, sandbox);
  return request;
});
const client = new DWClient({ clientId, clientSecret, ua: "dinglin-conformance" });

async function sendCard(userId) {
  const body = {
    cardTemplateId: "dinglin-task.schema",
    outTrackId: "card-1",
    callbackType: "STREAM",
    cardData: {
      cardParamMap: {
        title: "路灯不亮",
        status: "待受理",
        buttons: JSON.stringify([{ action: "accept", text: "收下", style: "blue" }]),
      },
    },
    openSpaceId: `dtv1.card//IM_ROBOT.${userId}`,
    imRobotOpenDeliverModel: { spaceType: "IM_ROBOT", robotCode: clientId },
    imRobotOpenSpaceModel: { supportForward: false },
  };
  const headers = { "x-acs-dingtalk-access-token": await client.getAccessToken() };
  await axios.post("https://api.dingtalk.com/v1.0/card/instances/createAndDeliver", body, { headers });
}

client.registerCallbackListener(TOPIC_ROBOT, async ({ headers, data }) => {
  const message = JSON.parse(data);
  client.socketCallBackResponse(headers.messageId, null);
  const said = message.text?.content.trim() ?? message.msgtype;
  if (said === "卡片") return sendCard(message.senderStaffId);
  await axios.post(message.sessionWebhook, { msgtype: "text", text: { content: `听到了：${said}` } });
});

client.registerCallbackListener(TOPIC_CARD, ({ headers, data }) => {
  const { content, userId } = JSON.parse(data);
  const { action } = JSON.parse(content).cardPrivateData.params;
  client.socketCallBackResponse(headers.messageId, {
    cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
    cardData: { cardParamMap: { status: `${userId}:${action}`, buttons: "[]" } },
    userPrivateData: { cardParamMap: { mine: "yes" } },
  });
});

client.registerAllEventListener(() => ({ status: EventAck.SUCCESS, message: "OK" }));
client.connect();
