// One message as it hangs in the thread: who, what, and the offer to quote it.
import { clone, element, paintAvatar, words } from "./slots.js";
import { link, markdown, plain } from "./markdown.js";
import { mediaAddress } from "./api.js";

function titled(id, name) {
  const { piece, slot } = clone(id);
  if (name && slot("name")) slot("name").textContent = name;
  return piece;
}

function audio(message) {
  const { piece, slot } = clone("audio");
  slot("seconds").textContent = Math.min(60, 1 + Math.ceil((message.text ?? "").length / 4.5));
  slot("heard").textContent = message.text || slot("heard").dataset.none;
  return piece;
}

function photo(id) {
  if (!id) return clone("one-picture").piece;
  const { piece } = clone("photo");
  piece.src = /^https?:/.test(id) ? id : mediaAddress(id);
  piece.addEventListener("error", () => piece.replaceWith(clone("one-picture").piece));
  return piece;
}

function pictures(message) {
  const { piece } = clone("picture");
  for (const id of message.media ?? [""]) piece.append(photo(id));
  if (!message.text) return piece;
  const box = element("div");
  box.append(piece, plain(message.text));
  return box;
}

function choices(message, say) {
  const box = markdown(message.text ?? "", say);
  const row = element("div", "", message.buttons.length === 2 ? "choices pair" : "choices");
  row.append(...message.buttons.map((one) => link(one.text, one.action, say, "choice")));
  box.append(row);
  return box;
}

function file(message) {
  const { piece, slot } = clone("file");
  slot("name").textContent = message.name || message.text || slot("name").textContent;
  const [id] = message.media ?? [];
  if (id) piece.href = mediaAddress(id);
  return piece;
}

const bare = (message) => ["picture", "image", "sticker"].includes(message.type) || (message.type === "richText" && !message.text);
export function bodyOf(message, say) {
  switch (message.type) {
    case "audio": case "voice": return audio(message);
    case "picture": case "image": return pictures(message);
    case "richText": return message.media?.length ? pictures(message) : plain(message.text);
    case "sticker": case "location": case "forward": case "video": return titled(message.type, message.name);
    case "file": return file(message);
    case "actionCard": return choices(message, say);
    case "link": return markdown(`${message.text}\n[${message.title}](${message.url})`, say);
    case "text": return plain(message.text);
    default: return markdown(message.text || words("previews").unknown, say);
  }
}

export function preview(message) {
  const shown = words("previews");
  const kind = message.type === "richText" ? "picture" : message.type;
  if (message.type === "text" || !shown[kind]) return (message.text || shown.unknown).replace(/[#*>\n]+/g, " ").trim();
  return `${shown[kind]} ${message.text ?? ""}`;
}

export function messageItem(message, { mine, alone, name, say, quote }) {
  const { piece, slot } = clone("message");
  piece.classList.toggle("mine", mine);
  piece.classList.toggle("alone", alone);
  piece.dataset.message = message.id;
  paintAvatar(slot("avatar"), name, message.bot ? "bot" : "person");
  slot("name").textContent = name;
  const bubble = slot("bubble");
  bubble.classList.toggle("bare", bare(message));
  if (message.quoted) {
    const quoted = clone("quoted").piece;
    quoted.textContent = message.quoted;
    bubble.append(quoted);
  }
  bubble.append(bodyOf(message, say));
  bubble.addEventListener("click", (event) => {
    if (!event.target.closest("a, button")) piece.classList.toggle("picked");
  });
  slot("quote").addEventListener("click", () => { piece.classList.remove("picked"); quote(message); });
  return piece;
}
