// One card as this person sees it now, with live buttons. What the buttons mean is the bot's affair.
import { clone, element, paintAvatar, words } from "./slots.js";
import { markdown } from "./markdown.js";

const bodies = ["body", "content", "markdown", "text"];

// Blue is what is expected, red is grave, gray is neither; where nothing is said the first is expected.
function lookOf(style, place) {
  if (/red|danger/.test(style ?? "")) return "grave";
  return style === "blue" || (!style && place === 0) ? "first" : "";
}

export function cardItem(card, { tap, say }) {
  const { piece, slot } = clone("card");
  piece.dataset.card = card.outTrackId;
  paintAvatar(slot("avatar"), "", "bot");
  if (card.params.title) slot("title").textContent = card.params.title;
  slot("status").textContent = card.params.status ?? "";
  slot("status").hidden = !card.params.status;
  const body = bodies.map((name) => card.params[name]).find(Boolean);
  if (body) slot("body").append(markdown(body, say));
  const buttons = card.buttons.map((one, place) => {
    const button = element("button", one.text, lookOf(one.style, place));
    button.type = "button";
    button.dataset.action = one.action;
    return button;
  });
  const rest = (on) => buttons.forEach((each) => { each.disabled = on; });
  buttons.forEach((button, place) => button.addEventListener("click", async () => {
    rest(true);
    slot("error").hidden = await tap(card, card.buttons[place]);
    rest(false);
  }));
  slot("buttons").append(...buttons);
  return piece;
}

export const cardPreview = (card) => `${words("previews").card} ${card.params.title ?? ""}`;
