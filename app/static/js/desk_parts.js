// What the desk draws: the customers that match, what is owed, the receipts that were made.
import { parse, shown } from "./cents.js";
import { printButton } from "./desk_past.js";
import { make } from "./net.js";

// A list of customers; arrows move, Enter picks, Escape goes back to the box.
export function drawPicks(list, customers, { pick, leave, words }) {
  const holding = ({ role, rooms }) =>
    make(
      "span",
      { class: "desk-holding" },
      make("small", { class: "text-secondary" }, `${role} `),
      rooms.join("、"),
    );
  const owed = (text) => (parse(text) ? `${words.owes} ${shown(parse(text))}` : words.owes_nothing);
  const rows = customers.map((one) =>
    make(
      "button",
      { type: "button", class: "desk-pick", role: "option" },
      make("b", {}, one.name),
      make("span", { class: "desk-pick-rooms" }, ...one.holdings.map(holding)),
      make("span", { class: "desk-pick-due" }, owed(one.due)),
      make("span", {}, one.phone_masked || ""),
      make("span", { class: "text-secondary" }, one.community || ""),
    ),
  );
  rows.forEach((row, index) => {
    row.addEventListener("click", () => pick(customers[index]));
    row.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      if (index + step < 0) leave();
      else rows[Math.min(index + step, rows.length - 1)].focus();
    });
  });
  list.replaceChildren(...rows);
  list.hidden = false;
}

// The days that a charge is for; the year is said once where it is one.
const days = (from, to) => {
  const shown = [from, to && from && to.slice(0, 4) === from.slice(0, 4) ? to.slice(5) : to].filter(Boolean);
  return shown.map((day, place) => make("span", { class: "text-nowrap" }, place ? ` ~ ${day}` : day));
};

function chargeRow(charge, words) {
  const tick = make("input", {
    type: "checkbox",
    class: "form-check-input",
    value: charge.id,
    "data-due": charge.due,
    tabindex: "-1",
    "aria-label": `${charge.fee} ${charge.period}`,
  });
  tick.checked = Boolean(charge.ticked);
  const money = (text) => make("td", { class: "num" }, shown(parse(text) ?? 0));
  const row = make(
    "tr",
    { "data-charge": charge.id, "data-row": true, class: charge.overdue ? "overdue" : null, tabindex: "-1" },
    make("td", { class: "tick" }, tick),
    make("td", { class: "desk-wraps" }, charge.fee),
    make("td", {}, charge.period || ""),
    make("td", { class: "num desk-owe" }, shown(parse(charge.due) ?? 0)),
    money(charge.amount),
    money(charge.paid),
    make("td", { class: "desk-wraps desk-days text-secondary" }, ...days(charge.from, charge.to)),
    make(
      "td",
      { class: "text-secondary" },
      charge.due_date || "",
      charge.overdue ? make("span", { class: "desk-overdue" }, words.overdue) : null,
    ),
  );
  return row;
}

// The room or space above its charges: its tick is all of theirs.
function placeRow(group, words) {
  const tick = make("input", {
    type: "checkbox",
    class: "form-check-input",
    tabindex: "-1",
    "aria-label": words.tick_place.replace("%(place)s", group.payer),
  });
  return make(
    "tr",
    { class: "desk-group", "data-place": true, "data-row": true, tabindex: "-1" },
    make("td", { class: "tick" }, tick),
    make(
      "th",
      { colspan: 2, scope: "rowgroup" },
      make("span", {}, group.payer),
      group.label ? make("small", { class: "text-secondary" }, ` ${group.label}`) : null,
    ),
    make("td", { class: "num", "data-group-sum": true }, "0.00"),
    make("td", { colspan: 4 }),
  );
}

// The charges under their room or space; one row of all takes the Tab key, arrows move, Space ticks, Enter goes on.
export function drawCharges(table, groups, { toggled, onward, words }) {
  for (const body of table.querySelectorAll("tbody")) body.remove();
  for (const group of groups.filter((one) => one.charges.length)) {
    const charges = group.charges.map((charge) => chargeRow(charge, words));
    table.append(make("tbody", { "data-group": true }, placeRow(group, words), ...charges));
  }
  const rows = [...table.querySelectorAll("[data-row]")];
  const mark = (row) => row.classList.toggle("ticked", row.querySelector("input").checked);
  const flip = (row) => {
    if ("place" in row.dataset) {
      const charges = [...row.parentElement.querySelectorAll("[data-charge]")];
      for (const charge of charges)
        charge.querySelector("input").checked = row.querySelector("input").checked;
      charges.forEach(mark);
    }
    toggled();
    rows.forEach(mark);
  };
  const first = table.querySelector("[data-charge]");
  if (first) first.tabIndex = 0;
  rows.forEach((row, index) => {
    mark(row);
    const tick = row.querySelector("input");
    tick.addEventListener("change", () => flip(row));
    row.addEventListener("focus", () => {
      for (const other of rows) other.tabIndex = other === row ? 0 : -1;
    });
    row.addEventListener("click", (event) => {
      if (event.target === tick || tick.disabled) return;
      tick.checked = !tick.checked;
      flip(row);
    });
    row.addEventListener("keydown", (event) => {
      const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        rows[Math.max(0, Math.min(to, rows.length - 1))].focus();
      } else if (event.key === " " && !tick.disabled) {
        event.preventDefault();
        tick.checked = !tick.checked;
        flip(row);
      } else if (event.key === "Enter") {
        event.preventDefault();
        onward();
      }
    });
  });
  document.getElementById("desk-all").onclick = () => setTimeout(() => rows.forEach(mark));
}

// What is held for the customer: 预收 by what it is for, and 押金.
export function drawHeld(box, { held, deposits }) {
  const chip = (label, amount) =>
    make(
      "span",
      { class: "desk-chip" },
      label,
      " ",
      make("b", { class: "figure" }, shown(parse(amount) ?? 0)),
    );
  box.replaceChildren(...[...held, ...deposits].map((one) => chip(one.label, one.balance)));
  box.hidden = !box.children.length;
}

export function drawReceipts(box, receipts, { words, failed }) {
  const parts = (receipt) =>
    [
      ["settled", words.settled],
      ["prepaid", words.prepaid],
      ["deposited", words.deposited],
    ]
      .filter(([name]) => parse(receipt[name] || "0.00"))
      .map(([name, word]) => `${word} ${shown(parse(receipt[name]))}`);
  box.replaceChildren(
    ...receipts.map((receipt) =>
      make(
        "div",
        { class: "desk-line desk-receipt" },
        make(
          "span",
          {},
          `${words.receipt} `,
          receipt.url ? make("a", { href: receipt.url }, receipt.number) : receipt.number,
        ),
        make(
          "span",
          { class: "text-secondary" },
          receipt.prepaid === "0.00" && receipt.deposited === "0.00" ? "" : parts(receipt).join("、"),
        ),
        make("span", { class: "text-secondary desk-words" }, receipt.words || ""),
        make("b", { class: "figure" }, shown(parse(receipt.total) ?? 0)),
        printButton(receipt.print_url, { words, failed }),
      ),
    ),
  );
}
