// The money side of the desk: what is collected of the ticked charges, rounded off, taken in advance, and paid how.
import { parse, plain, shown } from "./cents.js";
import { Ahead } from "./desk_ahead.js";
import { rounded } from "./desk_rounding.js";
import { Tenders } from "./desk_tenders.js";

const at = (id) => document.getElementById(id);

export class PayForm {
  // `ticked()`: the ticked charges' boxes; `words`; `cash`: the way of paying that gives change.
  // `until`: what 预收 until a month comes to.
  constructor({ ticked, words, cash, until }) {
    Object.assign(this, { ticked, words, cash, amountGiven: false });
    const refresh = () => this.refresh();
    this.tenders = new Tenders({
      box: at("desk-tenders"),
      template: at("desk-tender"),
      more: at("desk-more"),
      changed: refresh,
    });
    this.ahead = new Ahead({
      box: at("desk-ahead"),
      templates: { advance: at("desk-advance"), deposit: at("desk-deposit") },
      changed: refresh,
      until,
      words,
    });
    at("desk-add-advance").addEventListener("click", () => this.ahead.add("advance"));
    at("desk-add-deposit").addEventListener("click", () => this.ahead.add("deposit"));
    at("desk-amount").addEventListener("input", () => {
      this.amountGiven = true;
      this.refresh();
    });
    for (const id of ["desk-amount", "desk-tendered"])
      at(id).addEventListener("focus", (event) => event.target.select());
    for (const id of ["desk-tendered", "desk-rounding", "desk-keep"])
      at(id).addEventListener("input", refresh);
    at("desk-pay").addEventListener("keydown", (event) => this.#key(event));
  }

  // Empty for another customer, who has `rooms` to take something in advance for, and owes something or (any) not.
  reset({ rooms, any }) {
    this.amountGiven = false;
    at("desk-tendered").value = "";
    at("desk-rounding").value = "";
    at("desk-keep").checked = false;
    for (const line of ["desk-amount-line", "desk-rounding-line"]) at(line).hidden = !any;
    this.ahead.reset(rooms);
    this.tenders.reset();
  }

  // The next way of rounding off.
  turnRounding() {
    const select = at("desk-rounding");
    select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
    this.refresh();
  }

  // The ticks have changed: the amount follows them again.
  follow() {
    this.amountGiven = false;
    this.refresh();
  }

  get #sum() {
    return this.ticked().reduce((total, input) => total + (parse(input.dataset.due) || 0), 0);
  }

  // What is settled, what of it is collected, what is taken in all, and the cash among it.
  #figures() {
    const settled = this.ticked().length ? (parse(at("desk-amount").value) ?? 0) : 0;
    const collected = rounded(settled, at("desk-rounding").value);
    return { settled, collected, total: collected + this.ahead.total };
  }

  // Everything that follows from the ticks and the amounts, written again.
  refresh() {
    if (!this.amountGiven) at("desk-amount").value = plain(this.#sum);
    const { settled, collected, total } = this.#figures();
    at("desk-rounded").textContent =
      collected === settled ? "" : (collected < settled ? "−" : "+") + shown(Math.abs(settled - collected));
    at("desk-total").textContent = shown(total);
    this.tenders.fit(total);
    const cash = this.tenders.amountOf(this.cash);
    at("desk-cash").hidden = cash === null;
    const tendered = parse(at("desk-tendered").value);
    const change = tendered !== null && cash !== null && tendered > cash ? tendered - cash : 0;
    at("desk-change").textContent = shown(change);
    at("desk-change-word").textContent = at("desk-keep").checked ? this.words.kept : this.words.change;
  }

  // The body of the payment without its customer, or [sentence, field] of the first trouble.
  read() {
    const ticked = this.ticked();
    if (!ticked.length && !this.ahead.lines.length) return [this.words.nothing];
    const amount = ticked.length ? parse(at("desk-amount").value) : 0;
    if (ticked.length && !at("desk-amount").value.trim()) return [this.words.missing, at("desk-amount")];
    if (amount === null || (ticked.length && amount <= 0)) return [this.words.amount, at("desk-amount")];
    const wrong = this.ahead.wrong(this.words) || this.tenders.wrong(this.words);
    if (wrong) return wrong;
    const cash = this.tenders.amountOf(this.cash);
    const text = at("desk-tendered").value.trim();
    const tendered = cash === null || !text ? null : parse(text);
    if (cash !== null && text && tendered === null) return [this.words.amount, at("desk-tendered")];
    if (tendered !== null && tendered < cash) return [this.words.short, at("desk-tendered")];
    return {
      charge_ids: ticked.map((input) => Number(input.value)),
      amount: !ticked.length || amount === this.#sum ? null : plain(amount),
      rounding: (ticked.length && at("desk-rounding").value) || null,
      ...this.ahead.told(),
      tenders: this.tenders.list(),
      tendered: tendered === null ? null : plain(tendered),
      keep_change: at("desk-keep").checked && tendered !== null && tendered > cash,
    };
  }

  // Where a refusal of the server's stands.
  field(name) {
    return (
      {
        amount: at("desk-amount"),
        tendered: at("desk-tendered"),
        rounding: at("desk-rounding"),
        tenders: this.tenders.first(),
      }[name] || null
    );
  }

  // While an answer is awaited nothing may change.
  unlock() {
    this.tenders.fit(this.#figures().total);
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.target.matches("select") && event.key === "Enter") {
      // Enter in a list takes the money like everywhere else in the form
      event.preventDefault();
      at("desk-pay").requestSubmit();
    } else if (!event.target.matches("input")) {
      return;
    } else if (event.key === "+") {
      event.preventDefault();
      at("desk-more").click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const fields = [...at("desk-pay").querySelectorAll("input, select")].filter(
        (one) => one.offsetParent && one.tabIndex >= 0 && one.id !== "desk-rounding",
      );
      fields[fields.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    }
  }
}
