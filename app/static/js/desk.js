// 收费台: one box, everything owed, one Enter. What is asked of the server: GET find?q=, GET customer/<id>.json, POST pay.
import { parse, plain, shown } from "./cents.js";
import { drawCharges, drawPicks, drawReceipts } from "./desk_parts.js";
import { Methods } from "./desk_methods.js";
import { call, readJson } from "./net.js";
import { printPages } from "./print_frame.js";

const desk = document.getElementById("desk");
const at = (id) => document.getElementById(id);
const box = at("desk-q");
const words = JSON.parse(at("desk-words").textContent);
const canPay = "canPay" in desk.dataset;

// refusals that say that the page is behind the books
const STALE = new Set(["already_settled", "key_reused"]);

let customer = null; // what the server said of the customer that is open
let key = ""; // one for each body: the same body sent twice is taken once
let sent = null; // the body that was sent last with this key
let unsure = false; // sent, and nothing came back
let busy = false;
let amountGiven = false; // the person wrote an amount; else it follows the ticks
let turn = 0;

const methods = new Methods({ box: at("desk-methods"), template: at("desk-method"), more: at("desk-more"), changed: refresh });

// crypto.randomUUID is missing where the office is served without TLS
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function fail(text) {
  at("desk-error").hidden = !text;
  at("desk-error").textContent = text || "";
}

function problem(text, field = null) {
  at("desk-problem").textContent = text || "";
  for (const input of at("desk-pay").querySelectorAll(".is-invalid")) input.classList.remove("is-invalid");
  if (field) {
    field.classList.add("is-invalid");
    field.focus();
    field.select?.();
  }
}

function close() {
  turn += 1;
  customer = null;
  sent = null;
  unsure = false;
  at("desk-main").hidden = true;
  at("desk-picks").hidden = true;
  fail("");
}

function home({ keep = false } = {}) {
  if (!keep) box.value = "";
  box.focus();
  box.select();
}

async function find(text) {
  close();
  at("desk-done").hidden = true;
  if (!text) return;
  const mine = turn;
  try {
    const { customers } = await readJson(`${desk.dataset.find}?q=${encodeURIComponent(text)}`);
    if (mine !== turn) return;
    if (!customers.length) {
      fail(words.none);
      home({ keep: true });
    } else if (customers.length === 1) {
      await open(customers[0].id);
    } else {
      drawPicks(at("desk-picks"), customers, { pick: open, leave: () => home({ keep: true }) });
    }
  } catch (error) {
    if (mine === turn) fail(error.message);
  }
}

async function open(id) {
  const mine = ++turn;
  try {
    const data = await readJson(`${desk.dataset.customer}${encodeURIComponent(id)}.json`);
    if (mine !== turn) return;
    show(data);
  } catch (error) {
    if (mine === turn) fail(error.message);
  }
}

function show(data) {
  customer = data;
  key = data.idempotency_key || newKey();
  sent = null;
  unsure = false;
  amountGiven = false;
  fail("");
  problem("");
  at("desk-picks").hidden = true;
  at("desk-main").hidden = false;
  at("desk-name").textContent = data.customer.name;
  at("desk-note").textContent = [data.customer.phone_masked, data.customer.community].filter(Boolean).join(" · ");
  const prepaid = parse(data.prepayment || "0.00") || 0;
  at("desk-prepaid").hidden = !prepaid;
  at("desk-prepaid").querySelector("b").textContent = shown(prepaid);
  at("desk-due").textContent = shown(parse(data.total_due) || 0);
  at("desk-tendered").value = "";
  const any = data.groups.some((group) => group.charges.length);
  at("desk-clear").hidden = any;
  const table = desk.querySelector(".desk-table");
  table.hidden = !any;
  drawCharges(table, data.groups, { toggled: () => { amountGiven = false; refresh(); }, onward: () => (canPay ? at("desk-amount") : box).select() });
  methods.reset();
  lock();
  if (!canPay) problem(words.no_right);
  refresh();
  if (any) table.querySelector("[data-charge]").focus();
  else home({ keep: true });
}

const ticks = () => [...desk.querySelectorAll("[data-charge] input:checked")];

// Everything that follows from the ticks and the amounts, written again.
function refresh() {
  if (!customer) return;
  const chosen = ticks();
  const sum = chosen.reduce((total, input) => total + (parse(input.dataset.due) || 0), 0);
  at("desk-ticked").textContent = shown(sum);
  at("desk-count").textContent = words.count.replace("%(count)s", chosen.length);
  const all = [...desk.querySelectorAll("[data-charge] input")];
  at("desk-all").checked = chosen.length > 0 && chosen.length === all.length;
  at("desk-all").indeterminate = chosen.length > 0 && chosen.length < all.length;
  for (const group of desk.querySelectorAll("tbody[data-group]")) {
    const part = [...group.querySelectorAll("input:checked")].reduce((total, input) => total + (parse(input.dataset.due) || 0), 0);
    group.querySelector("[data-group-sum]").textContent = shown(part);
  }
  if (!amountGiven) at("desk-amount").value = plain(sum);
  const amount = parse(at("desk-amount").value);
  methods.fit(amount ?? 0);
  const cash = methods.amountOf(desk.dataset.cash);
  at("desk-cash").hidden = cash === null;
  const tendered = parse(at("desk-tendered").value);
  at("desk-change").textContent = shown(tendered !== null && cash !== null && tendered > cash ? tendered - cash : 0);
}

// The body of the payment, or null with the trouble shown beside its field.
function body() {
  const charge_ids = ticks().map((input) => Number(input.value));
  if (!charge_ids.length) {
    problem(words.nothing);
    return null;
  }
  const amount = parse(at("desk-amount").value);
  if (amount === null || amount <= 0) {
    problem(words.amount, at("desk-amount"));
    return null;
  }
  const wrong = methods.wrong(amount, words);
  if (wrong) {
    problem(...wrong);
    return null;
  }
  const cash = methods.amountOf(desk.dataset.cash);
  const text = at("desk-tendered").value.trim();
  const tendered = cash === null || !text ? null : parse(text);
  if (cash !== null && text && tendered === null) {
    problem(words.amount, at("desk-tendered"));
    return null;
  }
  if (tendered !== null && tendered < cash) {
    problem(words.short, at("desk-tendered"));
    return null;
  }
  const sum = ticks().reduce((total, input) => total + (parse(input.dataset.due) || 0), 0);
  return {
    customer_id: customer.customer.id,
    charge_ids,
    amount: amount === sum ? null : plain(amount),
    methods: methods.list(),
    tendered: tendered === null ? null : plain(tendered),
  };
}

// While an answer is awaited nothing may change; when none came, only the same body may go again.
function lock() {
  const still = busy || unsure;
  for (const input of at("desk-main").querySelectorAll("input, select, button")) if (input.id !== "desk-take") input.disabled = still;
  if (!still) methods.fit(parse(at("desk-amount").value) ?? 0);
  at("desk-take").disabled = busy || !canPay;
}

async function pay() {
  if (busy || !customer || !canPay) return;
  const made = unsure ? sent : body();
  if (!made) return;
  if (!unsure && sent && JSON.stringify(sent) !== JSON.stringify(made)) key = newKey();
  sent = made;
  busy = true;
  problem("");
  lock();
  let response = null;
  let data = null;
  let lost = "";
  try {
    response = await call(desk.dataset.pay, { json: { ...made, key } });
    data = await response.json().catch(() => null);
  } catch (error) {
    if (error.status === 401) lost = error.message;
  }
  busy = false;
  // No answer, or one that broke: it may be booked or not. The same body with the same key decides.
  unsure = !lost && (!response || response.status >= 500 || (response.ok && !data?.receipts));
  lock();
  if (unsure || lost) {
    problem(lost || words.unsure);
    at("desk-take").focus();
    return;
  }
  if (!response.ok) {
    await refused(response.status, data);
    return;
  }
  taken(data.receipts);
}

async function refused(status, data) {
  const text = data?.error || words.refused;
  if (status === 409 || STALE.has(data?.code)) {
    // what is owed has changed meanwhile: show it as it is now
    await open(customer.customer.id);
    fail(text);
    return;
  }
  const fields = { amount: at("desk-amount"), tendered: at("desk-tendered"), methods: methods.first() };
  problem(text, fields[data?.field] || null);
  if (!fields[data?.field]) at("desk-take").focus();
}

function taken(receipts) {
  close();
  at("desk-done").hidden = false;
  drawReceipts(at("desk-receipts"), receipts, words);
  const change = receipts.reduce((total, receipt) => total + (parse(receipt.change || "0.00") || 0), 0);
  at("desk-back").hidden = !change;
  at("desk-back").querySelector("output").textContent = shown(change);
  home();
  printPages(receipts.map((receipt) => receipt.print_url)).catch(() => fail(words.printing)).finally(() => {
    if (!customer) home({ keep: true });
  });
}

box.form.addEventListener("submit", (event) => {
  event.preventDefault();
  find(box.value.trim());
});
at("desk-pay").addEventListener("submit", (event) => {
  event.preventDefault();
  pay();
});
at("desk-amount").addEventListener("input", () => {
  amountGiven = true;
  refresh();
});
at("desk-pay").addEventListener("input", () => problem(""));
at("desk-pay").addEventListener("keydown", (event) => {
  if (!event.target.matches("input") || event.isComposing) return;
  if (event.key === "+") {
    event.preventDefault();
    at("desk-more").click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const fields = [...at("desk-pay").querySelectorAll("input, select")].filter((one) => one.offsetParent && one.tabIndex >= 0);
    fields[fields.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  }
});
at("desk-amount").addEventListener("focus", (event) => event.target.select());
at("desk-tendered").addEventListener("focus", (event) => event.target.select());
at("desk-tendered").addEventListener("input", refresh);
at("desk-all").addEventListener("change", (event) => {
  for (const input of desk.querySelectorAll("[data-charge] input")) input.checked = event.target.checked;
  amountGiven = false;
  refresh();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || busy || document.querySelector(".modal.show, .dropdown-menu.show, .suggestions:not([hidden])")) return;
  if (event.target.closest(".topbar, .side-tree, .side-menu")) return;
  event.preventDefault();
  const id = unsure ? customer.customer.id : null;
  close();
  // what became of the payment that got no answer is seen by opening the customer again
  if (id) open(id);
  else home();
});
if (box.value) find(box.value.trim());
else box.focus();
