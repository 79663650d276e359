// 收费台: one box, everything owed, one Enter. What is asked of the server: GET find?q=, GET customer/<id>.json, POST pay,
// POST apply (预收抵扣).
import { parse, shown } from "./cents.js";
import { ask, openDialog } from "./confirm.js";
import { DeskBox } from "./desk_box.js";
import { showDrawer } from "./desk_drawer.js";
import { PayForm } from "./desk_form.js";
import { drawCharges, drawHeld, drawPicks, drawReceipts } from "./desk_parts.js";
import { Past } from "./desk_past.js";
import { call, readJson } from "./net.js";
import { printPages } from "./print_frame.js";

const desk = document.getElementById("desk");
const at = (id) => document.getElementById(id);
const box = new DeskBox(at("desk-q"));
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
let next = ""; // what was asked for while a payment was on its way
let asked = {}; // the customer that is open as it was found: {id, room_ids, space_ids}

const ticks = () => [...desk.querySelectorAll("[data-charge] input:checked")];
const own = (what) => `${desk.dataset.customer}${encodeURIComponent(customer.customer.id)}/${what}`;
const money = new PayForm({
  ticked: ticks,
  words,
  cash: desk.dataset.cash,
  until: (asking) => readJson(`${own("advance.json")}?${new URLSearchParams(asking)}`),
});
const drawer = () => showDrawer(at("desk-drawer"), words);
const past = new Past({ box: at("desk-past"), words, done: again, failed: fail });

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
    if (box.pending) return;
    field.focus();
    field.select?.();
  }
}

function close() {
  turn += 1;
  past.close();
  customer = null;
  sent = null;
  unsure = false;
  at("desk-main").hidden = true;
  at("desk-picks").hidden = true;
  fail("");
  told("");
  waiting("");
}

// What is being waited for, said to eyes and ears; "" is the end of it.
function waiting(text) {
  at("desk-busy").hidden = !text;
  at("desk-busy").textContent = text;
  desk.setAttribute("aria-busy", String(Boolean(text)));
}

// `paid`: the receipts of the payment before stay in sight.
async function find(text, { paid = false } = {}) {
  if (busy) {
    next = text;
    return;
  }
  if (unsure) {
    at("desk-take").focus();
    return;
  }
  box.searched();
  close();
  at("desk-done").hidden = !paid;
  if (!text) return;
  const mine = turn;
  waiting(words.finding);
  try {
    const { customers } = await readJson(`${desk.dataset.find}?q=${encodeURIComponent(text)}`);
    if (mine !== turn) return;
    if (!customers.length) {
      fail(words.none);
      box.home({ keep: true });
    } else if (customers.length === 1) {
      await open(customers[0]);
    } else {
      drawPicks(at("desk-picks"), customers, { pick: open, leave: () => box.home({ keep: true }), words });
      box.yieldTo(at("desk-picks").firstElementChild);
    }
  } catch (error) {
    if (mine === turn) fail(error.message);
  } finally {
    if (turn === mine) waiting("");
  }
}

// `found`: a customer as the search gave it. `ticked`: the charges to tick, instead of what was searched.
async function open(found, { ticked = null } = {}) {
  const mine = ++turn;
  asked = found;
  const places = new URLSearchParams([
    ...(found.room_ids || []).map((id) => ["room", id]),
    ...(found.space_ids || []).map((id) => ["space", id]),
  ]);
  waiting(words.finding);
  try {
    const data = await readJson(`${desk.dataset.customer}${encodeURIComponent(found.id)}.json?${places}`);
    if (mine !== turn) return;
    for (const charge of ticked ? data.groups.flatMap((group) => group.charges) : [])
      charge.ticked = ticked.has(charge.id);
    show(data);
  } catch (error) {
    if (mine === turn) fail(error.message);
  } finally {
    if (mine === turn) waiting("");
  }
}

function show(data) {
  customer = data;
  past.close();
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
    words,
    toggled: follow,
    onward: () => (canPay ? at("desk-amount") : box.input).select(),
  });
  money.reset({ rooms: data.rooms, any });
  lock();
  if (!canPay) problem(words.no_right);
  follow();
  const places = data.groups.filter((group) => group.asked).map((group) => group.payer);
  const clear = data.searched.filter((place) => !places.includes(place));
  if (any && clear.length) told(words.clear.replace("%(places)s", clear.join("、")));
  if (any) box.yieldTo(table.querySelector("[data-charge]"));
  else box.home({ keep: true });
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
    const own = [...group.querySelectorAll("[data-charge] input")];
    const mine = own.filter((input) => input.checked);
    group.querySelector("[data-group-sum]").textContent = shown(sum(mine));
    const whole = group.querySelector("[data-place] input");
    whole.checked = mine.length === own.length;
    whole.indeterminate = mine.length > 0 && mine.length < own.length;
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
    const { applied } = await readJson(desk.dataset.apply, {
      json: { customer_id: customer.customer.id, charge_ids: chosen },
    });
    done = words.applied.replace("%(amount)s", shown(parse(applied)));
  } catch (error) {
    text = error.message;
  }
  busy = false;
  lock();
  await open(asked, { ticked: new Set(chosen) });
  fail(text);
  told(done);
}

// Something was done to the customer's documents: the account is read again.
async function again(sentence) {
  await open(asked);
  told(sentence);
  drawer();
}

// 申请减免 for the ticked charges: an amount for one, a share for several.
async function waive() {
  const { one, many } = at("desk-waive").dataset;
  const chosen = ticks().map((input) => input.value);
  if (!chosen.length) {
    problem(words.nothing);
    return;
  }
  const done =
    chosen.length === 1
      ? await openDialog(`${one}${chosen[0]}?stay=1`)
      : await openDialog(`${many}?stay=1`, { pairs: chosen.map((id) => ["rowid", id]) });
  if (done) await again(done);
  else at("desk-waive").focus();
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
    box.yieldTo(at("desk-take"));
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
    await open(asked);
    fail(text);
    return;
  }
  const field = money.field(data?.field);
  problem(text, field);
  if (!field) box.yieldTo(at("desk-take"));
}

function taken(receipts) {
  const name = customer.customer.name;
  money.tenders.remember();
  close();
  at("desk-done").hidden = false;
  at("desk-paid").textContent = name;
  drawReceipts(at("desk-receipts"), receipts, { words, failed: fail });
  const change = receipts.reduce((total, receipt) => total + (parse(receipt.change || "0.00") || 0), 0);
  at("desk-back").hidden = !change;
  at("desk-back").querySelector("output").textContent = shown(change);
  drawer();
  const following = next;
  next = "";
  box.home();
  const mine = turn;
  printPages(receipts.map((receipt) => receipt.print_url))
    .catch(() => fail(words.printing))
    .finally(() => mine === turn && box.settle());
  if (following) find(following, { paid: true });
}

box.input.form.addEventListener("submit", (event) => {
  event.preventDefault();
  find(box.text);
});
at("desk-pay").addEventListener("submit", (event) => {
  event.preventDefault();
  pay();
});
at("desk-pay").addEventListener("input", () => problem(""));
at("desk-apply").addEventListener("click", apply);
at("desk-show-past")?.addEventListener("click", () => past.toggle(own("receipts.json")));
at("desk-waive")?.addEventListener("click", waive);
at("desk-all").addEventListener("change", (event) => {
  for (const input of desk.querySelectorAll("[data-charge] input")) input.checked = event.target.checked;
  follow();
});
// A method of payment by its digit: where no text is typed, and with Alt from anywhere.
function tenderKey(event) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const typing = event.target.matches("input:not([type=checkbox]), textarea");
  if (!digit || event.ctrlKey || event.metaKey || event.isComposing || (typing && !event.altKey)) return;
  if (!customer || busy || unsure || !canPay || document.querySelector(".modal.show")) return;
  event.preventDefault();
  money.tenders.choose(Number(digit) - 1, event.target);
}
document.addEventListener("keydown", tenderKey);
// The keys of what stands on the page as a button; a dialog has its own.
const KEYS = {
  F2: () => at("desk-add-advance").click(),
  F4: () => at("desk-add-deposit").click(),
  F7: () => at("desk-show-past")?.click(),
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
  const again = unsure ? asked : null;
  close();
  // what became of the payment that got no answer is seen by opening the customer again
  if (again) {
    open(again);
    return;
  }
  if (event.target === box.input) box.searched();
  box.home();
});
drawer();
if (box.text) find(box.text);
else box.input.focus();
