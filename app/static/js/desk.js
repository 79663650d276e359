// 收费台: one box, everything owed, one Enter. What is asked of the server: GET find?q=, GET customer/<id>.json, POST pay,
// POST apply (预收抵扣).
import { parse, shown } from "./cents.js";
import { ask } from "./confirm.js";
import { PayForm } from "./desk_form.js";
import { drawCharges, drawHeld, drawPicks, drawReceipts } from "./desk_parts.js";
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
let turn = 0;

const ticks = () => [...desk.querySelectorAll("[data-charge] input:checked")];
const money = new PayForm({ ticked: ticks, words, cash: desk.dataset.cash });

// crypto.randomUUID is missing where the office is served without TLS
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

function fail(text) {
  at("desk-error").hidden = !text;
  at("desk-error").textContent = text || "";
}

function told(text) {
  at("desk-told").hidden = !text;
  at("desk-told").textContent = text;
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
  told("");
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

// `ticked`: the charges to tick, instead of this month's and earlier ones.
async function open(id, { ticked = null } = {}) {
  const mine = ++turn;
  try {
    const data = await readJson(`${desk.dataset.customer}${encodeURIComponent(id)}.json`);
    if (mine !== turn) return;
    for (const charge of ticked ? data.groups.flatMap((group) => group.charges) : [])
      charge.ticked = ticked.has(charge.id);
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
  fail("");
  told("");
  problem("");
  at("desk-picks").hidden = true;
  at("desk-main").hidden = false;
  at("desk-name").textContent = data.customer.name;
  at("desk-note").textContent = [data.customer.phone_masked, data.customer.community]
    .filter(Boolean)
    .join(" · ");
  const any = data.groups.some((group) => group.charges.length);
  drawHeld(at("desk-held"), data);
  at("desk-apply").hidden = !any || !parse(data.prepayment);
  at("desk-due").textContent = shown(parse(data.total_due) || 0);
  at("desk-clear").hidden = any;
  const table = desk.querySelector(".desk-table");
  table.hidden = !any;
  drawCharges(table, data.groups, {
    toggled: follow,
    onward: () => (canPay ? at("desk-amount") : box).select(),
  });
  money.reset({ rooms: data.rooms, any });
  lock();
  if (!canPay) problem(words.no_right);
  follow();
  if (any) table.querySelector("[data-charge]").focus();
  else home({ keep: true });
}

// The sums of the ticks, and the amount after them.
function follow() {
  if (!customer) return;
  const chosen = ticks();
  const sum = (boxes) => boxes.reduce((total, input) => total + (parse(input.dataset.due) || 0), 0);
  at("desk-ticked").textContent = shown(sum(chosen));
  at("desk-count").textContent = words.count.replace("%(count)s", chosen.length);
  const all = [...desk.querySelectorAll("[data-charge] input")];
  at("desk-all").checked = chosen.length > 0 && chosen.length === all.length;
  at("desk-all").indeterminate = chosen.length > 0 && chosen.length < all.length;
  for (const group of desk.querySelectorAll("tbody[data-group]")) {
    group.querySelector("[data-group-sum]").textContent = shown(
      sum([...group.querySelectorAll("input:checked")]),
    );
  }
  money.follow();
}

// The body of the payment, or null with the trouble shown beside its field.
function body() {
  const read = money.read();
  if (Array.isArray(read)) {
    problem(...read);
    return null;
  }
  return { customer_id: customer.customer.id, ...read };
}

// While an answer is awaited nothing may change; when none came, only the same body may go again.
function lock() {
  const still = busy || unsure;
  for (const input of at("desk-main").querySelectorAll("input, select, button"))
    if (input.id !== "desk-take") input.disabled = still;
  if (!still) money.unlock();
  at("desk-take").disabled = busy || !canPay;
}

// 预收抵扣: the ticked charges are settled by what is held, and the account is read again.
async function apply() {
  if (busy || unsure || !customer || at("desk-apply").hidden) return;
  const chosen = ticks().map((input) => Number(input.value));
  if (!chosen.length) {
    problem(words.nothing);
    return;
  }
  const was = document.activeElement;
  const id = customer.customer.id;
  if (
    !(await ask({
      text: words.apply
        .replace("%(count)s", chosen.length)
        .replace("%(held)s", shown(parse(customer.prepayment))),
    }))
  ) {
    was.focus();
    return;
  }
  busy = true;
  lock();
  let text = "";
  let done = "";
  try {
    const { applied } = await readJson(desk.dataset.apply, { json: { customer_id: id, charge_ids: chosen } });
    done = words.applied.replace("%(amount)s", shown(parse(applied)));
  } catch (error) {
    text = error.message;
  }
  busy = false;
  lock();
  await open(id, { ticked: new Set(chosen) });
  fail(text);
  told(done);
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
  const field = money.field(data?.field);
  problem(text, field);
  if (!field) at("desk-take").focus();
}

function taken(receipts) {
  close();
  at("desk-done").hidden = false;
  drawReceipts(at("desk-receipts"), receipts, words);
  const change = receipts.reduce((total, receipt) => total + (parse(receipt.change || "0.00") || 0), 0);
  at("desk-back").hidden = !change;
  at("desk-back").querySelector("output").textContent = shown(change);
  home();
  printPages(receipts.map((receipt) => receipt.print_url))
    .catch(() => fail(words.printing))
    .finally(() => {
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
at("desk-pay").addEventListener("input", () => problem(""));
at("desk-apply").addEventListener("click", apply);
at("desk-all").addEventListener("change", (event) => {
  for (const input of desk.querySelectorAll("[data-charge] input")) input.checked = event.target.checked;
  follow();
});
// The keys of what stands on the page as a button; a dialog has its own.
const KEYS = {
  F2: () => at("desk-add-advance").click(),
  F4: () => at("desk-add-deposit").click(),
  F8: apply,
  F9: () => money.turnRounding(),
};
document.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  if (!act || event.altKey || event.ctrlKey || event.metaKey || document.querySelector(".modal.show")) return;
  event.preventDefault();
  if (customer && !busy && !unsure && canPay) act();
});
document.addEventListener("keydown", (event) => {
  if (
    event.key !== "Escape" ||
    busy ||
    document.querySelector(".modal.show, .dropdown-menu.show, .suggestions:not([hidden])")
  )
    return;
  if (event.target.closest(".topbar, .side-tree, .side-menu, .modal")) return;
  event.preventDefault();
  const id = unsure ? customer.customer.id : null;
  close();
  // what became of the payment that got no answer is seen by opening the customer again
  if (id) open(id);
  else home();
});
if (box.value) find(box.value.trim());
else box.focus();
