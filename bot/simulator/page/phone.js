// The phone: it shows the chat as Titian keeps it, and says what a person says.

import { draw, quoted } from "./bubble.js";
import { Outbox, hello, newID, wait } from "./outbox.js";
import { sheets } from "./sheets.js";

const byID = (id) => document.getElementById(id);
const [chat, lines, intro, typing, down, toast, text] = ["chat", "lines", "intro", "typing", "down", "toast", "text"].map(byID);
const entries = new Map(); // by message id
const elements = new Map();
const thumbs = new Map();
let newest = 0;

const why = {
  413: "Terlalu besar untuk dikirim.",
  403: "Ditolak: buka halaman ini lewat alamat IP atau localhost.",
};
const outbox = new Outbox({
  failed: (item, status) => show({ ...entries.get(item.id), failed: why[status] ?? "Tidak bisa dikirim." }),
  waiting: (now) => state(now ? "menunggu sambungan…" : "daring"),
});

function state(words) {
  if (byID("status").textContent !== words) byID("status").textContent = words;
}

// ── The lines ─────────────────────────────────────────────────────────────

const nearEnd = () => chat.scrollHeight - chat.scrollTop - chat.clientHeight < 48;

function toEnd() {
  chat.scrollTop = chat.scrollHeight;
}

// show puts a line where it belongs. One that is there already stays where it
// was said, even if an answer to an earlier one overtook it.
function show(entry) {
  if (entry.gone) return remove(entry.id);
  const before = elements.get(entry.id);
  const wasNear = nearEnd();
  const element = draw(entry, { press, share: openSheet, look, thumbs, answered: entries.get(entry.reply_to) });
  if (wasNear) element.querySelector("img")?.addEventListener("load", toEnd, { once: true });
  element.dataset.n = entry.n ?? "";
  entries.set(entry.id, entry);
  elements.set(entry.id, element);
  if (before) before.replaceWith(element);
  else lines.insertBefore(element, later(entry.n));
  requote(entry.id);
  intro.hidden = true;
  fold();
  if (!before) arrived(entry, element, wasNear);
  else if (wasNear) toEnd();
  if (entry.taken) relax();
}

// remove takes a line away, and the look at its picture.
function remove(id) {
  if (viewer.open && elements.get(id)?.querySelector("img")?.src === viewer.firstElementChild?.src) viewer.close();
  elements.get(id)?.remove();
  elements.delete(id);
  entries.delete(id);
  requote(id);
  fold();
}

// requote keeps what is quoted as it stands now: what was removed stands nowhere.
function requote(id) {
  for (const entry of entries.values()) {
    const quote = entry.reply_to === id && elements.get(entry.id).querySelector(".quote");
    if (quote) quote.textContent = quoted(entries.get(id));
  }
}

// look shows a picture as large as the screen, and by a second tap as large as it is.
const viewer = byID("viewer");
function look(picture) {
  const large = picture.cloneNode();
  if (!picture.draggable) large.addEventListener("contextmenu", (event) => event.preventDefault());
  large.addEventListener("click", () => viewer.classList.toggle("full"));
  viewer.classList.remove("full");
  viewer.replaceChildren(large, viewer.lastElementChild);
  viewer.showModal();
}

// later is the first of the last lines that were said after a place.
function later(n) {
  let found = null;
  for (let line = lines.lastElementChild; n && Number(line?.dataset.n) > n; line = line.previousElementSibling) found = line;
  return found;
}

// fold leaves open only the choices that are asked for now.
function fold() {
  const asked = [...lines.querySelectorAll(".line.bot")];
  asked.forEach((line, i) => line.classList.toggle("folded", i < asked.length - 1 || line.querySelector(".pressed") !== null));
}

function arrived(entry, element, wasNear) {
  if (entry.from === "bot") typing.hidden = true;
  if (entry.from === "me") think();
  const tall = entry.from === "bot" && element.offsetHeight > chat.clientHeight - 24;
  if (tall && wasNear) element.scrollIntoView({ block: "start" });
  else if (wasNear || entry.from === "me") toEnd();
  down.hidden = nearEnd();
}

let thinking;
// think shows the three dots while an answer is on its way.
function think(after = 350) {
  clearTimeout(thinking);
  thinking = setTimeout(() => {
    const last = [...entries.values()].at(-1);
    if (after > 0 && (last?.from !== "me" || last.failed)) return;
    const wasNear = nearEnd();
    typing.hidden = false;
    if (wasNear) toEnd();
    thinking = setTimeout(() => { typing.hidden = true; }, 8000);
  }, after);
}

// relax hides the dots soon: not every message is answered.
function relax() {
  clearTimeout(thinking);
  thinking = setTimeout(() => { typing.hidden = true; }, 1500);
}

// ── What comes ────────────────────────────────────────────────────────────

function listen() {
  const events = new EventSource("events" + (newest ? "?after=" + newest : ""));
  let opened = false;
  events.addEventListener("entry", (event) => {
    const entry = JSON.parse(event.data);
    newest = Math.max(newest, Number(event.lastEventId));
    show(entry);
  });
  events.addEventListener("ready", () => {
    opened = true;
    for (const item of outbox.restore()) show({ id: item.id, from: "me", kind: item.kind, at: new Date().toISOString(), ...item.looks });
    intro.hidden = entries.size > 0;
    state("daring");
  });
  events.addEventListener("typing", () => think(0));
  events.addEventListener("error", async () => {
    events.close();
    state("menyambung kembali…");
    await wait(opened ? 500 : 2000);
    await hello();
    listen();
  });
}

// ── What is said ──────────────────────────────────────────────────────────

function say(kind, body, looks) {
  const id = newID();
  show({ id, from: "me", kind, at: new Date().toISOString(), ...looks });
  outbox.push({ id, kind, body, looks });
}

function press(question, choice) {
  say("tap", { choice: choice.id, label: choice.label, of: question.id }, { text: choice.label });
  show({ ...question, pressed: choice.id });
  text.focus({ preventScroll: true });
}

async function sendFiles(files, photo) {
  const album = files.length > 1 ? newID() : "";
  for (const file of files) {
    const id = newID();
    if (photo && file.size <= 20 << 20) await thumbnail(id, file);
    show({ id, from: "me", kind: "files", at: new Date().toISOString(), file: { name: file.name, size_bytes: file.size, photo } });
    outbox.push({ id, file, photo, album });
  }
}

// thumbnail draws a photo small, as long as the browser can read it.
async function thumbnail(id, file) {
  try {
    const picture = await createImageBitmap(file, { resizeWidth: 480, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height];
    canvas.getContext("2d").drawImage(picture, 0, 0);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Foto " + file.name);
    picture.close();
    thumbs.set(id, canvas);
  } catch { /* then a card with its name is shown */ }
}

const openSheet = sheets({
  files: sendFiles,
  place: (latitude, longitude) => say("location", { latitude, longitude }, { place: { latitude, longitude } }),
  card: (phone, name, own) => say("contact", { phone, name, own }, { card: { phone, name, own } }),
});

function grow() {
  text.style.height = "auto";
  text.style.height = Math.min(text.scrollHeight, 132) + "px";
  byID("send").classList.toggle("ready", text.value.trim() !== "");
}

byID("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (words === "") return;
  if (new Blob([words]).size > 60_000) {
    toast.textContent = "Pesan itu terlalu panjang.";
    toast.hidden = false;
    setTimeout(() => { toast.hidden = true; }, 4000);
    return;
  }
  say("text", { text: words }, { text: words });
  text.value = "";
  grow();
  text.focus();
});
text.addEventListener("input", grow);
let shifted = false;
text.addEventListener("keydown", (event) => {
  shifted = event.shiftKey;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byID("compose").requestSubmit();
});
// Keyboards on glass say Enter only as what it would insert.
text.addEventListener("beforeinput", (event) => {
  if (event.inputType !== "insertLineBreak" || shifted) return;
  event.preventDefault();
  byID("compose").requestSubmit();
});
text.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  if (files.length === 0) return;
  event.preventDefault();
  sendFiles(files, files.every((file) => file.type.startsWith("image/")));
});
byID("attach").addEventListener("click", () => openSheet());
byID("begin").addEventListener("click", () => {
  say("text", { text: "Halo" }, { text: "Halo" });
  text.focus();
});
down.addEventListener("click", toEnd);
chat.addEventListener("scroll", () => { if (nearEnd()) down.hidden = true; });
new ResizeObserver(() => { if (down.hidden) toEnd(); }).observe(chat);

await hello();
listen();
