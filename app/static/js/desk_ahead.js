// 预收 and 押金 taken in the same payment: a line each, chosen for what and (one for a fee, a deposit) for which room.
import { parse, plain } from "./cents.js";
import { make } from "./net.js";

export class Ahead {
  // `until({fee, room, until})` answers what 预收 until a month comes to; `words` are the page's.
  constructor({ box, templates, changed, until, words }) {
    Object.assign(this, { box, templates, changed, until, words, rooms: [] });
  }

  get lines() {
    return [...this.box.children];
  }

  // `rooms` (id, label) of the customer that is open.
  reset(rooms) {
    this.rooms = rooms;
    this.box.replaceChildren();
  }

  add(kind) {
    const line = this.templates[kind].content.firstElementChild.cloneNode(true);
    const part = (name) => line.querySelector(`[data-part=${name}]`);
    part("room").append(...this.rooms.map((room) => make("option", { value: room.id }, room.label)));
    if (this.rooms.length) part("room").value = this.rooms[0].id;
    line.addEventListener("change", (event) => {
      this.fit(line);
      this.changed();
      if (event.target !== part("amount")) this.count(line);
    });
    part("amount").addEventListener("input", () => {
      if (part("note")) part("note").hidden = true;
      this.changed();
    });
    part("until")?.addEventListener("keydown", async (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      // the amount is looked at before it is paid
      event.preventDefault();
      event.stopPropagation();
      if (await this.count(line)) part("amount").focus();
    });
    part("amount").addEventListener("focus", (event) => event.target.select());
    part("drop").addEventListener("click", () => {
      const next = line.nextElementSibling || line.previousElementSibling;
      line.remove();
      this.changed();
      (next?.querySelector("[data-part=amount]") || document.getElementById("desk-take")).focus();
    });
    this.box.append(line);
    this.fit(line);
    this.changed();
    part("what").focus();
  }

  // Fill the amount by the month that is written; false where there is none or it is refused.
  async count(line) {
    const part = (name) => line.querySelector(`[data-part=${name}]`);
    const text = part("until")?.value.trim();
    if (!text) return false;
    const mine = String(Number(line.dataset.turn || 0) + 1);
    Object.assign(line.dataset, { turn: mine, counting: "" });
    const say = (sentence) => {
      part("note").textContent = sentence;
      part("note").hidden = !sentence;
    };
    say(this.words.counting);
    let done = false;
    try {
      const room = part("room").hidden ? "" : part("room").value;
      const found = await this.until({ fee: part("what").value, room, until: text });
      if (line.dataset.turn !== mine) return false;
      part("amount").value = found.amount;
      const told = Object.entries(found).reduce(
        (sentence, [name, value]) => sentence.replace(`%(${name})s`, value),
        this.words.until,
      );
      say(found.metered ? told + this.words.metered : told);
      done = true;
    } catch (error) {
      if (line.dataset.turn !== mine) return false;
      say(error.message);
    }
    delete line.dataset.counting;
    this.changed();
    return done;
  }

  // A general prepayment belongs to no room.
  fit(line) {
    const room = line.querySelector("[data-part=room]");
    room.hidden =
      !this.rooms.length ||
      (line.dataset.ahead === "advance" && !line.querySelector("[data-part=what]").value);
  }

  get total() {
    return this.lines.reduce(
      (sum, line) => sum + Math.max(0, parse(line.querySelector("[data-part=amount]").value) ?? 0),
      0,
    );
  }

  // [sentence, field] of the first trouble, or null.
  wrong(words) {
    for (const line of this.lines) {
      if ("counting" in line.dataset) return [words.counting, line.querySelector("[data-part=until]")];
      const what = line.querySelector("[data-part=what]");
      if (line.dataset.ahead === "deposit" && !what.value) return [words.item, what];
      const amount = line.querySelector("[data-part=amount]");
      const value = parse(amount.value);
      if (!amount.value.trim()) return [words.missing, amount];
      if (value === null || value <= 0) return [words.amount, amount];
    }
    return null;
  }

  // What the server reads: {advances, deposits}.
  told() {
    const of = (kind, tell) =>
      this.lines
        .filter((line) => line.dataset.ahead === kind)
        .map((line) => {
          const [what, room, amount] = ["what", "room", "amount"].map((name) =>
            line.querySelector(`[data-part=${name}]`),
          );
          return tell(
            what.value,
            room.hidden || !room.value ? null : Number(room.value),
            plain(parse(amount.value)),
          );
        });
    return {
      advances: of("advance", (fee, room_id, amount) => ({
        fee_item_id: fee ? Number(fee) : null,
        room_id,
        amount,
      })),
      deposits: of("deposit", (item, room_id, amount) => ({ item, room_id, amount })),
    };
  }
}
