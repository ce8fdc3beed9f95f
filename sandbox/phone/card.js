// One card as this person sees it now, with live buttons. What the buttons mean is the bot's affair.
import { clone, element, paintAvatar, words } from "./slots.js";
import { markdown } from "./markdown.js";

const heads = ["title"];
const bodies = ["content", "markdown", "body", "text"];
const grave = /red|danger|warn/;

function rows(card) {
  const list = element("dl");
  for (const row of card.rows ?? []) list.append(element("dt", row.label), element("dd", row.value));
  return list.children.length ? list : "";
}

function inputs(card, values) {
  const box = element("div", "", "card-inputs");
  for (const one of card.inputs ?? []) {
    const field = element("input");
    Object.assign(field, { name: one.name, placeholder: one.label ?? "", value: values[one.name] ?? "" });
    field.setAttribute("aria-label", one.label ?? one.name);
    field.addEventListener("input", () => { values[one.name] = field.value; });
    box.append(field);
  }
  return box.children.length ? box : "";
}

export function cardItem(card, { tap, say }) {
  const { piece, slot } = clone("card");
  const first = (names) => names.map((name) => card.params[name]).find(Boolean);
  const values = {};
  piece.dataset.card = card.outTrackId;
  paintAvatar(slot("avatar"), "", "bot");
  if (first(heads)) slot("title").textContent = first(heads);
  slot("status").textContent = card.params.status ?? "";
  slot("status").hidden = !card.params.status;
  slot("body").append(markdown(first(bodies) ?? "", say), rows(card), inputs(card, values));
  const buttons = card.buttons.map((one, index) => {
    const button = element("button", one.text, grave.test(one.style ?? "") ? "grave" : index ? "" : "first");
    button.type = "button";
    button.dataset.action = one.action;
    button.disabled = one.style === "gray";
    return button;
  });
  buttons.forEach((button, index) => button.addEventListener("click", async () => {
    buttons.forEach((each) => { each.disabled = true; });
    const done = await tap(card, card.buttons[index], values);
    slot("error").hidden = done;
    buttons.forEach((each, at) => { each.disabled = card.buttons[at].style === "gray"; });
  }));
  slot("buttons").append(...buttons);
  return piece;
}

export const cardPreview = (card) => `${words("previews").card} ${card.params.title ?? ""}`;
