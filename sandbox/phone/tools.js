// The bar above the phones: the clock one may turn, the two quota pools, the faults one may switch on.
import { api } from "./api.js";
import { time, words } from "./slots.js";

function drawClock(now) {
  for (const one of document.querySelectorAll("[data-now]")) one.textContent = time.whole(now);
  for (const one of document.querySelectorAll("[data-now-short]")) one.textContent = time.short(now);
  const to = document.getElementById("turn-to").elements.to;
  if (document.activeElement !== to) to.value = new Date(+now + 8 * 3600e3).toISOString().slice(0, 16);
}

function drawMeter(meter) {
  for (const box of document.querySelectorAll(".meter [data-pool]")) {
    const used = meter[box.dataset.pool];
    const limit = meter.limits[box.dataset.pool] ?? Number(box.dataset.limit);
    box.querySelector('[data-slot="used"]').textContent = used;
    box.querySelector('[data-slot="limit"]').textContent = limit;
    box.querySelector(".fill").style.width = `${Math.min(100, (100 * used) / limit)}%`;
    box.classList.toggle("high", used > 0.7 * limit);
  }
}

// Switches that were moved, and those of them of which the sandbox has not heard yet.
let moved = 0;
let unheard = 0;

export async function refreshTools() {
  const asked = moved;
  const [clock, meter, faults] = await Promise.all([api.clock(), api.meter(), api.faults()]);
  drawClock(new Date(clock.now));
  drawMeter(meter);
  // What was asked for before a switch was moved would put it back.
  if (asked === moved && !unheard) drawFaults(faults);
}

function drawFaults(faults) {
  const struck = new Map();
  for (const one of faults) struck.set(one.fault, (struck.get(one.fault) ?? 0) + one.struck);
  for (const one of document.querySelectorAll("#faults input")) {
    one.checked = struck.has(one.value);
    one.parentNode.querySelector("[data-struck]").textContent = struck.get(one.value) || "";
  }
}

// A fault as it is chosen: with the options above the list that this one has.
function chosen(input) {
  const takes = ["times", ...input.dataset.takes.split(" ")];
  const narrowed = new FormData(document.getElementById("narrow"));
  const given = [...narrowed].filter(([name, value]) => value && takes.includes(name));
  const fault = { fault: input.value, ...Object.fromEntries(given) };
  return fault.times ? { ...fault, times: Number(fault.times) } : fault;
}

function closeByItself(tools) {
  document.addEventListener("click", (event) => { if (!tools.contains(event.target)) tools.open = false; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tools.open = false; });
}

export function listenTools({ done, fail }) {
  closeByItself(document.getElementById("tools"));
  const attempt = (doing, word) => doing.then(refreshTools).then(() => done(word), (error) => fail(error.message));
  document.getElementById("turns").addEventListener("click", (event) => {
    const seconds = event.target.closest("[data-forward]")?.dataset.forward;
    if (seconds) attempt(api.turn({ forward: Number(seconds) }), words("notices").turned);
  });
  document.getElementById("turn-to").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(api.turn({ to: `${event.target.elements.to.value}:00+08:00` }), words("notices").turned);
  });
  document.getElementById("faults").addEventListener("change", ({ target }) => {
    moved += 1;
    unheard += 1;
    const telling = target.checked ? api.setFault(chosen(target)) : api.clearFault({ fault: target.value });
    attempt(telling.finally(() => { unheard -= 1; }));
  });
  document.getElementById("restart").addEventListener("click", () => attempt(api.restart(), words("notices").restarted));
  document.getElementById("happens").addEventListener("submit", (event) => {
    event.preventDefault();
    const { type, userId } = Object.fromEntries(new FormData(event.target));
    attempt(api.happen({ type, data: { userId: [userId] } }), words("notices").happened);
  });
}
