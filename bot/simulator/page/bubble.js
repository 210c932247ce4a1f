// A bubble is one line of the chat. Everything a person or the bot wrote is
// text here, never markup.

const icons = {
  waiting: "M12 7v5l3 2M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  sent: "M5 12.500l4.5 4.500L19 7.5",
  taken: "M2.5 12.500L7 17l9.5-9.500M11.5 16l1 1L22 7.5",
  failed: "M12 7v6m0 3.500v.5M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  contact: "M12 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.6-4 3.4-6 7-6s6.4 2 7 6",
  location: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.300a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.600z",
  file: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  lock: "M7 11h10v9H7zM9 11V8a3 3 0 0 1 6 0v3",
};
const ticks = { waiting: "Menunggu dikirim", sent: "Terkirim, sedang dibaca", taken: "Diterima", failed: "Tidak terkirim" };

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function icon(name, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", icons[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon " + name);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

function clock(at) {
  const time = new Date(at);
  const today = new Date().toDateString() === time.toDateString();
  const hour = { hour: "2-digit", minute: "2-digit", hour12: false };
  return today ? time.toLocaleTimeString("id-ID", hour) : time.toLocaleString("id-ID", { day: "numeric", month: "short", ...hour });
}

export function size(bytes) {
  if (bytes < 1 << 20) return Math.max(1, Math.round(bytes / 1024)) + " KB";
  return (bytes / (1 << 20)).toLocaleString("id-ID", { maximumFractionDigits: 1 }) + " MB";
}

// draw makes the element of a line. press(entry, choice), share(request) and
// look(link, name) are what its buttons do; thumbs holds pictures of this visit by
// message id, answered is the line it answers, if that is there.
export function draw(entry, { press, share, look, thumbs, answered }) {
  if (entry.from === "note") return make("p", "note", "Titian dinyalakan ulang. Percakapan tetap berlanjut; pesan sebelum ini tidak tersimpan di halaman ini.");
  const line = make("div", `line ${entry.from} kind-${entry.kind}`);
  const bubble = make("div", "bubble");
  bubble.append(make("span", "unseen", entry.from === "me" ? "Anda: " : "Titian: "));
  if (answered) bubble.append(make("p", "quote", quoted(answered)));
  if (entry.file && entry.link) bubble.append(enclosed(entry, look));
  else if (entry.file) bubble.append(...attached(entry, thumbs.get(entry.id)));
  if (entry.place) bubble.append(thing("location", "Lokasi", `${entry.place.latitude}, ${entry.place.longitude}`));
  if (entry.card) bubble.append(thing("contact", entry.card.name || (entry.card.own ? "Nomor saya" : "Kontak"), entry.card.phone));
  if (entry.text) bubble.append(make("p", "words", entry.text));
  const foot = make("span", "foot");
  if (entry.protect) foot.append(icon("lock", "Tidak untuk diteruskan atau disimpan"));
  if (entry.edited) foot.append(make("span", "", "diubah"));
  foot.append(make("time", "", clock(entry.at)));
  if (entry.from === "me") {
    const state = entry.failed ? "failed" : entry.taken ? "taken" : entry.n ? "sent" : "waiting";
    foot.append(icon(state, ticks[state]));
  }
  bubble.append(foot);
  line.append(bubble);
  if (entry.failed) line.append(make("p", "why", entry.failed));
  if (entry.from === "bot") line.append(...buttons(entry, press, share));
  return line;
}

function thing(kind, title, detail) {
  const box = make("div", "thing");
  const words = make("div", "about");
  words.append(make("b", "", title), make("span", "", detail));
  box.append(icon(kind), words);
  return box;
}

function attached(entry, thumb) {
  const { name, photo, size_bytes = 0 } = entry.file;
  if (photo && thumb) {
    const frame = make("div", "frame");
    frame.append(thumb);
    return [frame];
  }
  return [thing("file", name || (photo ? "Foto" : "Berkas"), (photo ? "Foto · " : "") + size(size_bytes))];
}

// quoted is a line in a few words; undefined is one that was removed.
export function quoted(entry) {
  if (!entry) return "Pesan dihapus";
  return entry.text || (entry.file?.photo ? "Foto" : entry.file?.name) || "Pesan";
}

// enclosed is a file of the bot's: a picture to look at, or a card to save.
function enclosed(entry, look) {
  const { name, photo, size_bytes = 0 } = entry.file;
  if (!photo) {
    const card = thing("file", name || "Berkas", size(size_bytes));
    const link = make("a", "save");
    link.href = entry.link;
    link.download = name || "berkas";
    link.append(card);
    return link;
  }
  const frame = make("button", "frame");
  frame.type = "button";
  const picture = make("img");
  picture.src = entry.link;
  picture.alt = name ? "Foto " + name : "Foto";
  picture.draggable = !entry.protect;
  if (entry.protect) picture.addEventListener("contextmenu", (event) => event.preventDefault());
  picture.addEventListener("error", () => frame.replaceWith(thing("file", name || "Foto", "Tidak tersedia lagi")));
  frame.append(picture);
  frame.addEventListener("click", () => look(picture));
  return frame;
}

// buttons are the numbered choices, what can be shared, and the small words.
function buttons(entry, press, share) {
  const parts = [];
  const choices = entry.choices ?? [];
  if (choices.length > 0) {
    const list = make("div", "choices");
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "Pilihan jawaban");
    if (choices.length >= 6 && choices.every((c) => c.label.length <= 22)) list.classList.add("two");
    choices.forEach((choice, i) => {
      const button = make("button", "choice");
      button.type = "button";
      button.append(make("span", "number", String(i + 1)), make("span", "", choice.label));
      if (entry.pressed === choice.id) {
        button.classList.add("pressed");
        button.setAttribute("aria-pressed", "true");
      }
      button.addEventListener("click", () => press(entry, choice));
      list.append(button);
    });
    const unfold = make("button", "unfold", `Tampilkan ${choices.length} pilihan`);
    unfold.type = "button";
    unfold.addEventListener("click", () => unfold.parentElement.classList.add("open"));
    parts.push(list, unfold);
  }
  const small = make("div", "shortcuts");
  if (entry.request) {
    const button = make("button", "shortcut request");
    button.type = "button";
    button.append(icon(entry.request), make("span", "", entry.label || (entry.request === "contact" ? "Bagikan nomor" : "Kirim lokasi")));
    button.addEventListener("click", () => share(entry.request));
    small.append(button);
  }
  for (const choice of entry.shortcuts ?? []) {
    const button = make("button", "shortcut", choice.label);
    button.type = "button";
    button.addEventListener("click", () => press(entry, choice));
    small.append(button);
  }
  if (small.childElementCount > 0) parts.push(small);
  return parts;
}
