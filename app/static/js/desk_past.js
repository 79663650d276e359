// The customer's latest receipts under what is owed: printed again, voided and reversed without leaving the desk.
import { parse, shown } from "./cents.js";
import { openDialog } from "./confirm.js";
import { make, readJson } from "./net.js";
import { printPages } from "./print_frame.js";

// A button that prints a receipt in a frame of this page.
export function printButton(url, { words, failed }) {
  const button = make("button", { type: "button", class: "btn btn-sm" }, words.print);
  button.addEventListener("click", () => printPages([url]).catch(() => failed(words.printing)));
  return button;
}

export class Past {
  // `done(sentence)` after something was done to a receipt, `failed(sentence)` where nothing could be.
  constructor({ box, words, done, failed }) {
    Object.assign(this, { box, words, done, failed, turn: 0 });
  }

  close() {
    this.turn += 1;
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  // Show the receipts of `url`, or hide them; the keys go to the first button.
  async toggle(url) {
    if (!this.box.hidden) {
      this.close();
      return;
    }
    const mine = ++this.turn;
    try {
      const { receipts } = await readJson(url);
      if (mine !== this.turn) return;
      this.box.replaceChildren(
        make("h3", {}, this.words.past),
        ...(receipts.length
          ? receipts.map((one) => this.#line(one))
          : [make("p", { class: "list-empty" }, this.words.no_past)]),
      );
      this.box.hidden = false;
      this.box.querySelector("button, a")?.focus();
    } catch (error) {
      if (mine === this.turn) this.failed(error.message);
    }
  }

  #line(receipt) {
    const button = ({ label, url, tone }) => {
      const made = make(
        "button",
        { type: "button", class: `btn btn-sm${tone === "danger" ? " btn-outline-danger" : ""}` },
        label,
      );
      made.addEventListener("click", async () => {
        const done = await openDialog(url, { tone });
        if (done) this.done(done);
        else made.focus();
      });
      return made;
    };
    return make(
      "div",
      { class: "desk-line desk-receipt", "data-receipt": receipt.id },
      make("a", { href: receipt.url, target: "_blank", rel: "noopener" }, receipt.number),
      make("span", {}, receipt.day),
      make("span", { class: "text-secondary desk-words" }, [...receipt.tenders, receipt.cashier].join("、")),
      receipt.state ? make("span", { class: "badge" }, receipt.state) : null,
      make("b", { class: "figure" }, shown(parse(receipt.total) ?? 0)),
      receipt.print_url ? printButton(receipt.print_url, this) : null,
      ...receipt.actions.map(button),
    );
  }
}
