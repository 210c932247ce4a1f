// The outbox sends what a person says, one after the other, and sends it again
// under the same id until Titian has it for good. Words are kept over a reload.

const kept = "titian-outbox";
const patience = 40_000; // longer than the server holds on
const pauses = [400, 800, 1500, 3000, 5000, 8000];

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// newID names a message, so that one that is sent twice counts once.
export function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

// hello makes this browser a contact.
export async function hello() {
  for (let n = 0; ; n++) {
    try {
      const answer = await fetch("hello", { method: "POST" });
      if (answer.ok) return;
      if (answer.status < 500 && answer.status !== 429) throw new TypeError("refused");
    } catch { /* nobody there yet */ }
    await wait(pauses[Math.min(n, pauses.length - 1)]);
  }
}

function request(item) {
  if (item.file) {
    const about = new URLSearchParams({
      id: item.id, name: item.file.name, size: item.file.size, photo: item.photo ? "1" : "", album: item.album ?? "",
    });
    const tooLarge = item.file.size > 20 << 20; // told, not sent
    return ["file?" + about, { headers: { "Content-Type": item.file.type || "application/octet-stream" }, body: tooLarge ? null : item.file }];
  }
  return [item.kind, { headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...item.body, id: item.id }) }];
}

export class Outbox {
  // failed(item, status) is told of what will never be taken, waiting(bool) of an outage.
  constructor({ failed, waiting }) {
    this.failed = failed;
    this.waiting = waiting;
    this.busy = false;
    try {
      this.left = JSON.parse(sessionStorage.getItem(kept)) ?? [];
    } catch {
      this.left = [];
    }
    this.items = [...this.left];
  }

  // restore goes on, once, with what an earlier visit to the page left unsent.
  restore() {
    const left = this.left;
    this.left = [];
    this.run();
    return left;
  }

  push(item) {
    this.items.push(item);
    this.keep();
    this.run();
  }

  keep() {
    try {
      sessionStorage.setItem(kept, JSON.stringify(this.items.filter((item) => !item.file)));
    } catch { /* no room: then a reload forgets */ }
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    while (this.items.length > 0) {
      const status = await this.deliver(this.items[0]);
      if (status !== 200) this.failed(this.items[0], status);
      this.items.shift();
      this.keep();
    }
    this.busy = false;
  }

  async deliver(item) {
    for (let n = 0; ; n++) {
      let status = 0;
      try {
        const [path, options] = request(item);
        status = (await fetch(path, { ...options, method: "POST", signal: AbortSignal.timeout(item.file ? 5 * patience : patience) })).status;
      } catch { /* nobody there, or the answer was lost */ }
      if (status === 401) await hello();
      else if (status !== 0 && status !== 429 && status < 500) {
        this.waiting(false);
        return status;
      }
      this.waiting(n > 0);
      await wait(pauses[Math.min(n, pauses.length - 1)]);
    }
  }
}
