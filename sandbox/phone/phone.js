// One phone: whose it is, which conversation is open, what has not been read.
import { api } from "./api.js";
import { clone, element, paintAvatar, time, words } from "./slots.js";
import { preview } from "./message.js";
import { cardPreview } from "./card.js";
import { Thread } from "./thread.js";
import { Composer } from "./composer.js";

const BOT = "";

export class Phone {
  constructor({ town, persona, fail, moved }) {
    const { piece, slot } = clone("phone");
    Object.assign(this, { node: piece, slot, town, fail, moved });
    this.open = BOT;
    this.seen = new Map();
    this.items = new Map();
    this.thread = new Thread(slot("thread"));
    this.composer = new Composer(slot("composer"), (what) => this.say(what));
    this.doors = {
      say: (text) => this.say({ text }),
      quote: (message) => this.composer.quote(message),
      tap: (card, button) => this.tap(card, button),
    };
    slot("back").addEventListener("click", () => this.show(null));
    this.fillPersonas(slot("persona"), persona);
    this.become(persona);
  }

  fillPersonas(select, persona) {
    for (const [label, people] of this.town.peopleByPlace()) {
      const group = element("optgroup");
      group.label = label;
      for (const one of people) group.append(new Option(one.label, one.userId, false, one.userId === persona));
      select.append(group);
    }
    select.addEventListener("change", () => { this.become(select.value); this.moved(); });
  }

  become(persona) {
    this.persona = persona;
    this.node.dataset.as = persona;
    this.items.clear();
    this.seen.clear();
    this.thread.clear();
    this.fresh = true;
    this.show(BOT);
    return this.refresh();
  }

  conversations() {
    return [{ id: BOT, name: words("bot").name, kind: "bot" }, ...this.town.groupsOf(this.persona)];
  }

  async refresh() {
    const persona = this.persona;
    const inbox = await api.inbox(persona);
    if (persona !== this.persona) return;
    this.items = this.sort(inbox);
    if (this.fresh) for (const [id, items] of this.items) this.seen.set(id, items.length);
    this.fresh = false;
    this.draw();
  }

  sort({ messages, cards }) {
    const items = new Map(this.conversations().map((one) => [one.id, []]));
    const texts = new Map(messages.map((one) => [one.id, preview(one)]));
    for (const one of cards) texts.set(one.outTrackId, cardPreview(one));
    for (const message of messages) this.place(items, message).push(this.messageItem(message, texts));
    for (const card of cards) {
      this.place(items, card).push({ key: `c${card.outTrackId}`, sign: JSON.stringify(card), at: new Date(card.at), card });
    }
    for (const list of items.values()) list.sort((one, two) => one.at - two.at);
    return items;
  }

  place(items, { group }) {
    const id = group ?? BOT;
    if (!items.has(id)) items.set(id, []);
    return items.get(id);
  }

  messageItem(message, texts) {
    const bot = !this.town.person(message.from);
    const shown = { ...message, bot, quoted: message.quote && (texts.get(message.quote) ?? words("previews").unknown) };
    return {
      key: `m${message.id}`, sign: JSON.stringify(message), at: new Date(message.at), message: shown,
      mine: message.from === this.town.account(this.persona), alone: !message.group,
      name: bot ? words("bot").name : this.town.person(message.from).name,
    };
  }

  draw() {
    const open = this.open === null ? [] : this.items.get(this.open) ?? [];
    if (this.open !== null) this.seen.set(this.open, open.length);
    this.thread.draw(open, this.doors);
    this.drawRows();
    const waiting = this.conversations().reduce((sum, one) => sum + this.unread(one.id), 0);
    this.slot("elsewhere").textContent = waiting;
    this.slot("elsewhere").hidden = !waiting;
  }

  unread(id) {
    return Math.max(0, (this.items.get(id)?.length ?? 0) - (this.seen.get(id) ?? 0));
  }

  drawRows() {
    this.slot("rows").replaceChildren(...this.conversations().map(({ id, name, kind }) => {
      const { piece, slot } = clone("row");
      const last = this.items.get(id)?.at(-1);
      paintAvatar(slot("avatar"), name, kind);
      slot("title").textContent = name;
      slot("last").textContent = last ? (last.card ? cardPreview(last.card) : preview(last.message)) : "";
      slot("at").textContent = last ? time.short(last.at) : "";
      slot("unread").textContent = this.unread(id);
      slot("unread").hidden = !this.unread(id);
      piece.firstElementChild.addEventListener("click", () => this.show(id));
      return piece;
    }));
  }

  show(id) {
    this.open = id;
    this.node.querySelector(".list-view").hidden = id !== null;
    this.node.querySelector(".chat-view").hidden = id === null;
    if (id !== null) {
      this.slot("heading").textContent = this.conversations().find((one) => one.id === id).name;
      this.thread.clear();
      this.composer.enter(id);
    }
    this.draw();
  }

  async say(what) {
    try {
      await api.say({ as: this.persona, group: this.open || null, ...what });
      await this.refresh();
      return true;
    } catch (error) {
      this.fail(words("notices").failed + error.message);
      return false;
    }
  }

  async tap(card, button) {
    try {
      const { ok } = await api.tap({
        as: this.persona, outTrackId: card.outTrackId, action: button.action,
      });
      if (ok) {
        await this.refresh();
        this.askOn(card);
      }
      return ok;
    } catch (error) {
      this.fail(words("notices").refused + error.message);
      return false;
    }
  }

  // A card that keeps its buttons after a tap says in its status what is still wanted: offer the keyboard for it.
  askOn(tapped) {
    const now = [...this.items.values()].flat().find((one) => one.card?.outTrackId === tapped.outTrackId)?.card;
    const same = now && JSON.stringify(now.buttons) === JSON.stringify(tapped.buttons);
    if (same && now.buttons.length && now.params.status) this.composer.ask(now.params.status);
  }
}
