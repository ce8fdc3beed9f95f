// The items of one conversation in order of time, redrawn only where something changed.
import { clone, time } from "./slots.js";
import { messageItem } from "./message.js";
import { cardItem } from "./card.js";

const gap = 5 * 60 * 1000;

function stamps(items) {
  const out = [];
  let last = null;
  for (const item of items) {
    if (!last || item.at - last > gap) out.push({ key: `t${+item.at}`, stamp: item.at, sign: String(+item.at) });
    out.push(item);
    last = item.at;
  }
  return out;
}

function stampItem(at) {
  const { piece } = clone("time");
  piece.firstElementChild.textContent = time.long(at);
  return piece;
}

export class Thread {
  constructor(list) {
    this.list = list;
    this.drawn = new Map();
    this.followed = true;
    list.addEventListener("scroll", () => { this.followed = this.atEnd(); });
    new ResizeObserver(() => { if (this.followed) this.toEnd(); }).observe(list);
  }

  atEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.followed = true;
  }

  clear() {
    this.drawn.clear();
    this.followed = true;
    this.list.replaceChildren();
  }

  draw(items, doors) {
    const { followed } = this;
    const next = new Map();
    for (const item of stamps(items)) {
      const old = this.drawn.get(item.key);
      next.set(item.key, old?.sign === item.sign ? old : { sign: item.sign, node: this.make(item, doors) });
    }
    [...next.values()].forEach(({ node }, place) => {
      if (this.list.children[place] !== node) this.list.insertBefore(node, this.list.children[place] ?? null);
    });
    while (this.list.children.length > next.size) this.list.lastElementChild.remove();
    const grew = next.size !== this.drawn.size;
    this.drawn = next;
    if (grew && (followed || items.at(-1)?.mine)) this.toEnd();
  }

  make(item, doors) {
    if (item.stamp) return stampItem(item.stamp);
    if (item.card) return cardItem(item.card, doors);
    return messageItem(item.message, { ...doors, mine: item.mine, alone: item.alone, name: item.name });
  }
}
