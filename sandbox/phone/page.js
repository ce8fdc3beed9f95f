// The page: which phones are open (kept in the address), and one ear on the sandbox for all of them.
import { api, listen } from "./api.js";
import { Phone } from "./phone.js";
import { Town } from "./town.js";
import { words } from "./slots.js";
import { listenTools, refreshTools } from "./tools.js";

const shelf = document.getElementById("phones");
const notice = document.getElementById("notice");
const offline = document.getElementById("offline");
const phones = new Set();
let hush = 0;

function tell(text) {
  notice.textContent = text;
  clearTimeout(hush);
  hush = setTimeout(() => { notice.textContent = ""; }, 6000);
}

function remember() {
  const address = new URL(location);
  address.searchParams.delete("as");
  for (const phone of phones) address.searchParams.append("as", phone.persona);
  history.replaceState(null, "", address);
}

function openPhone(town, persona) {
  const phone = new Phone({ town, persona, fail: tell, moved: remember });
  phones.add(phone);
  shelf.append(phone.node);
  phone.slot("close").addEventListener("click", () => { phones.delete(phone); phone.node.remove(); remember(); });
  return phone;
}

// Many events in one breath are one refresh; an event during a refresh is one more.
function together(work) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) { again = true; return; }
    running = true;
    try { await work(); } finally { running = false; }
    if (again) { again = false; await run(); }
  };
}

async function start() {
  const town = new Town(await api.state());
  const asked = new URLSearchParams(location.search).getAll("as").filter((one) => town.person(one));
  const first = asked.length ? asked : [town.firstVillager()];
  for (const persona of first) openPhone(town, persona);
  document.getElementById("open-phone").addEventListener("click", () => {
    const held = new Set([...phones].map((phone) => phone.persona));
    const next = [...town.people.keys()].find((one) => !held.has(one)) ?? town.firstVillager();
    openPhone(town, next).node.scrollIntoView({ inline: "center" });
    remember();
    refreshTools();
  });
  const refresh = together(() => Promise.all([refreshTools(), ...[...phones].map((phone) => phone.refresh())]));
  listenTools({ done: (word) => { if (word) tell(word); refresh(); }, fail: (why) => tell(words("notices").refused + why) });
  listen({
    changed: () => refresh().catch(() => {}),
    lost: () => { offline.hidden = false; },
    found: () => { offline.hidden = true; refresh(); },
  });
  await refreshTools();
  document.documentElement.dataset.ready = "yes";
}

start().catch(() => { offline.hidden = false; });
