// DingTalk's small markdown as DOM nodes: headings, quotes, lists, bold, italic, links, images. No HTML is ever parsed.
import { clone, element } from "./slots.js";

const inline = /\*\*(.+?)\*\*|\*(.+?)\*|!\[[^\]]*\]\([^)]+\)|\[([^\]]+)\]\(([^)\s]+)\)/g;

// The text that a dtmd link sends for whoever taps it, or null for any other address.
export function spoken(address) {
  if (!address.startsWith("dtmd://dingtalkclient/sendMessage")) return null;
  return new URLSearchParams(address.split("?")[1] ?? "").get("content") ?? "";
}

export function link(label, address, say, className = "inline") {
  const text = spoken(address);
  if (text !== null) {
    const button = element("button", label, className);
    button.type = "button";
    button.addEventListener("click", () => say(text));
    return button;
  }
  if (!/^https?:\/\//.test(address)) return document.createTextNode(label);
  const anchor = element("a", label, className === "inline" ? "" : className);
  Object.assign(anchor, { href: address, target: "_blank", rel: "noreferrer" });
  return anchor;
}

function fill(node, line, say) {
  let from = 0;
  for (const hit of line.matchAll(inline)) {
    node.append(line.slice(from, hit.index));
    if (hit[1]) node.append(element("strong", hit[1]));
    else if (hit[2]) node.append(element("em", hit[2]));
    else if (hit[3]) node.append(link(hit[3], hit[4], say));
    else node.append(clone("one-picture").piece);
    from = hit.index + hit[0].length;
  }
  node.append(line.slice(from));
  return node;
}

const kinds = [
  [/^#{1,6}\s+/, "h4"], [/^>\s?/, "blockquote"], [/^[-*]\s+/, "ul"], [/^\d+\.\s+/, "ol"],
];

export function markdown(text, say) {
  const box = element("div", "", "says");
  for (const line of text.split("\n").map((one) => one.trimEnd())) {
    if (!line) { box.dataset.gap = "1"; continue; }
    const [mark, tag] = kinds.find(([start]) => start.test(line)) ?? [/^/, "p"];
    const rest = line.replace(mark, "");
    const last = box.lastElementChild;
    const joins = last?.localName === tag && !box.dataset.gap && tag !== "h4";
    delete box.dataset.gap;
    if (tag === "ul" || tag === "ol") {
      const list = joins ? last : box.appendChild(element(tag));
      if (!joins && tag === "ol") list.start = parseInt(line, 10);
      list.append(fill(element("li"), rest, say));
    } else if (joins) fill(last, "\n" + rest, say);
    else box.append(fill(element(tag), rest, say));
  }
  return box;
}

// Plain text keeps its line breaks and nothing else.
export function plain(text) {
  const box = element("div", "", "says");
  box.append(element("p", text));
  return box;
}
