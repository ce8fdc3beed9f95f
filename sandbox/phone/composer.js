// The line at the foot of a conversation: type, speak, show, quote. It hands finished words to `send`.
import { preview } from "./message.js";

export class Composer {
  constructor(form, send) {
    this.form = form;
    this.send = send;
    this.quoted = null;
    this.pressed = 0;
    const slot = (name) => form.querySelector(`[data-slot="${name}"]`);
    Object.assign(this, {
      asking: slot("asking"), asked: slot("asked"), quoting: slot("quoting"), quotedText: slot("quoted"), mention: slot("mention"), voice: slot("voice"),
      speakBox: slot("speak"), press: slot("press"), more: slot("more"), shelf: slot("shelf"), button: slot("send"),
    });
    this.text = form.elements.text;
    this.recognition = form.elements.recognition;
    this.file = form.elements.file;
    this.listen(slot("unquote"));
    slot("unask").addEventListener("click", () => this.ask(""));
  }

  listen(unquote) {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.type(); });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.type(); }
    });
    this.text.addEventListener("input", () => {
      this.text.style.height = "auto";
      this.text.style.height = `${this.text.scrollHeight + 2}px`;
    });
    this.recognition.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); this.speak(); }
    });
    this.voice.addEventListener("click", () => this.speaking(this.speakBox.hidden));
    this.press.addEventListener("pointerdown", () => { this.pressed = performance.now(); });
    this.press.addEventListener("click", () => this.speak());
    this.more.addEventListener("click", () => this.open(this.shelf.hidden));
    this.shelf.addEventListener("click", (event) => this.show(event.target.closest("[data-send]")?.dataset.send));
    this.file.addEventListener("change", () => this.attach());
    unquote.addEventListener("click", () => this.quote(null));
  }

  enter(group) {
    this.mention.hidden = !group;
    for (const one of this.shelf.querySelectorAll("[data-alone]")) one.hidden = Boolean(group);
    this.voice.hidden = Boolean(group);
    if (group) this.speaking(false);
    this.quote(null);
    this.ask("");
    this.open(false);
  }

  // Say above the line what the bot waits for, and get ready to type it.
  ask(what) {
    this.asking.hidden = !what;
    this.asked.textContent = what;
    if (what) { this.speaking(false); this.open(false); }
  }

  speaking(on) {
    this.voice.setAttribute("aria-pressed", on);
    this.speakBox.hidden = !on;
    this.text.hidden = this.button.hidden = on;
    (on ? this.recognition : this.text).focus({ preventScroll: true });
  }

  open(on) {
    this.shelf.hidden = !on;
    this.more.setAttribute("aria-expanded", on);
  }

  quote(message) {
    this.quoted = message;
    this.quoting.hidden = !message;
    this.quotedText.textContent = message ? preview(message) : "";
    if (message) this.text.focus();
  }

  // What belongs to these words is put away when they leave, not when the answer comes: by then the
  // hand may have opened the shelf again. Words that did not leave keep their quote and their question.
  async give(words) {
    const quoted = this.quoted, asked = this.asked.textContent;
    const quote = quoted ? { quote: quoted.id } : {};
    const at = this.mention.hidden ? {} : { at: this.form.elements.at.checked };
    this.quote(null);
    this.ask("");
    this.open(false);
    const sent = await this.send({ ...words, ...quote, ...at });
    if (!sent && !this.quoted) this.quote(quoted);
    if (!sent && asked && this.asking.hidden) this.ask(asked);
    return sent;
  }

  async type() {
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.text.style.height = "auto";
    if (!(await this.give({ text }))) this.text.value = text;
  }

  async speak() {
    const held = this.pressed ? Math.round(performance.now() - this.pressed) : 0;
    const recognition = this.recognition.value.trim();
    this.pressed = 0;
    const duration = Math.max(held, 1000 + recognition.length * 220);
    if (await this.give({ audio: { recognition, duration } })) this.recognition.value = "";
  }

  show(what) {
    if (what === "file") this.file.click();
    else if (what === "picture") this.give({ pictures: 1 });
    else if (what === "pictures") this.give({ pictures: 3 });
    else if (what) this.give({ [what]: true });
  }

  async attach() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = "";
    for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
    this.give({ file: { name: file.name, base64: btoa(binary) } });
  }
}
