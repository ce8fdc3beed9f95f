// The control API of the sandbox, one function a door. Nothing here draws.
const root = "/_sandbox/";

async function call(path, options = {}) {
  const answer = await fetch(root + path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.message ?? body.detail ?? answer.statusText);
  return body;
}
const send = (method) => (path, body) =>
  call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
const post = send("POST");

export const api = {
  state: () => call("state"),
  inbox: (as) => call("inbox?as=" + encodeURIComponent(as)),
  say: (words) => post("say", words),
  tap: (tap) => post("tap", tap),
  clock: () => call("clock"),
  turn: (by) => post("clock", by),
  meter: () => call("meter"),
  setFault: (fault) => post("faults", fault),
  faults: () => call("faults"),
  restart: () => post("restart"),
  happen: (event) => post("event", event),
  clearFault: (fault) => send("DELETE")("faults", fault),
};

export const mediaAddress = (id) => root + "media/" + encodeURIComponent(id);

const kinds = ["message", "card", "clock", "todo", "recall"];

// Call `changed` on every event of the sandbox, `lost` and `found` when the line breaks and mends.
export function listen({ changed, lost, found }) {
  const stream = new EventSource(root + "events");
  for (const kind of kinds) stream.addEventListener(kind, changed);
  stream.onopen = found;
  stream.onerror = lost;
  return stream;
}
