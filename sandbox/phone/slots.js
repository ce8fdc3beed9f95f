// Clone a <template> and find its named slots: how every piece of the page is made.
export function clone(id) {
  const piece = document.getElementById("t-" + id).content.firstElementChild.cloneNode(true);
  return { piece, slot: (name) => piece.querySelector(`[data-slot="${name}"]`) };
}
export const words = (id) => document.getElementById("t-" + id).content.firstElementChild.dataset;

export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

export function paintAvatar(avatar, name, kind = "person") {
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  avatar.textContent = kind === "bot" ? words("bot").sign : name.slice(kind === "group" ? 0 : -2).slice(0, 2);
  avatar.classList.add(kind === "person" ? `hue-${1 + (sum % 5)}` : kind);
}

const zone = { timeZone: "Asia/Shanghai" };
const hour = new Intl.DateTimeFormat("zh-CN", { ...zone, hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat("zh-CN", { ...zone, month: "long", day: "numeric" });
const whole = new Intl.DateTimeFormat("zh-CN", { ...zone, month: "long", day: "numeric", weekday: "long" });
export const time = {
  short: (at) => hour.format(at),
  long: (at) => `${day.format(at)} ${hour.format(at)}`,
  whole: (at) => `${whole.format(at)} ${hour.format(at)}`,
  sameDay: (one, two) => day.format(one) === day.format(two),
};
