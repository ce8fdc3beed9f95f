// One message as it hangs in the thread: who, what, and the offer to quote it.
import { clone, element, paintAvatar, words } from "./slots.js";
import { link, markdown, plain } from "./markdown.js";

function titled(id, name) {
  const { piece, slot } = clone(id);
  if (name && slot("name")) slot("name").textContent = name;
  return piece;
}

function audio(message) {
  const { piece, slot } = clone("audio");
  slot("seconds").textContent = Math.max(1, Math.round((message.duration ?? 1000) / 1000));
  slot("heard").textContent = message.text || slot("heard").dataset.none;
  return piece;
}

function pictures(message) {
  const { piece } = clone("picture");
  for (let n = 0; n < (message.pictures || 1); n += 1) piece.append(clone("one-picture").piece);
  if (!message.text) return piece;
  const box = element("div");
  box.append(piece, plain(message.text));
  return box;
}

function choices(message, say) {
  const box = markdown(message.text ?? "", say);
  const row = element("div", "", message.buttons.length === 2 ? "choices pair" : "choices");
  row.append(...message.buttons.map((one) => link(one.text, one.url, say, "choice")));
  box.append(row);
  return box;
}

const bare = new Set(["picture", "image", "sticker"]);
export function bodyOf(message, say) {
  if (message.buttons?.length) return choices(message, say);
  switch (message.type) {
    case "audio": case "voice": return audio(message);
    case "picture": case "image": return pictures(message);
    case "richText": return message.pictures ? pictures(message) : plain(message.text);
    case "sticker": case "location": case "forward": case "video": return titled(message.type, message.name);
    case "file": return titled("file", message.name || message.text);
    case "text": return plain(message.text);
    default: return markdown(message.text || words("previews").unknown, say);
  }
}

export function preview(message) {
  const shown = words("previews");
  if (message.type === "text" || !shown[message.type]) return (message.text || shown.unknown).replace(/[#*>\n]+/g, " ").trim();
  return `${shown[message.type]} ${message.text ?? ""}`;
}

export function messageItem(message, { mine, alone, name, say, quote }) {
  const { piece, slot } = clone("message");
  piece.classList.toggle("mine", mine);
  piece.classList.toggle("alone", alone);
  piece.dataset.message = message.id;
  paintAvatar(slot("avatar"), name, message.bot ? "bot" : "person");
  slot("name").textContent = name;
  const bubble = slot("bubble");
  bubble.classList.toggle("bare", bare.has(message.type));
  if (message.quote?.text) {
    const quoted = clone("quoted").piece;
    quoted.textContent = message.quote.text;
    bubble.append(quoted);
  }
  bubble.append(bodyOf(message, say));
  bubble.addEventListener("click", (event) => {
    if (!event.target.closest("a, button")) piece.classList.toggle("picked");
  });
  slot("quote").addEventListener("click", () => { piece.classList.remove("picked"); quote(message); });
  return piece;
}
