// 抄表录入: Enter keeps a row and goes down; a row that is refused or lost on the way stays as it was typed.
import { make, readJson } from "./net.js";
import { show, unusual, usage } from "./usage.js";

const sheet = document.getElementById("readings");
const words = JSON.parse(document.getElementById("reading-words")?.textContent || "{}");
const button = document.getElementById("reading-save");
const told = document.getElementById("reading-told");
const count = document.getElementById("reading-count");

const rows = () => [...sheet.querySelectorAll("tr[data-meter]")];
const input = (row) => row.querySelector("td > .form-control");
const box = (row) => row.querySelector("td > .form-check-input");
// typed and unusual wait for a key, failed for another try; wrong ones are not sent
const waiting = () => rows().filter((row) => ["typed", "unusual", "failed"].includes(row.dataset.state));

function mark(row, state, text) {
  row.dataset.state = state;
  row.querySelector("[data-status]").textContent = text;
  input(row).classList.toggle("is-invalid", state === "wrong" || state === "failed");
}

function tally() {
  const left = rows().filter((row) =>
    ["typed", "unusual", "failed", "wrong", "saving"].includes(row.dataset.state),
  ).length;
  const saved = rows().filter((row) => row.dataset.state === "saved").length;
  button.disabled = !waiting().length;
  told.textContent = left ? words.left.replace("{count}", left) : saved ? words.done : "";
  count.textContent = count.dataset.text.replace("{read}", Number(count.dataset.read) + saved);
  return left;
}

// What stands in the row, judged as the server will.
function judge(row) {
  const text = input(row).value;
  const used = row.querySelector("[data-used]");
  delete row.dataset.odd;
  used.textContent = "";
  if (!text.trim()) {
    mark(row, "", "");
    return;
  }
  const found = usage({ ...row.dataset, value: text, rollover: box(row).checked });
  if (found.wrong) {
    mark(row, "wrong", words[found.wrong]);
    return;
  }
  used.textContent = `${show(found.used)} ${row.dataset.unit}`;
  if (unusual(found.used, row.dataset.before)) row.dataset.odd = "";
  mark(row, "typed", words.unsaved);
}

function keep(row, answer) {
  const odd = answer.unusual;
  row.querySelector("[data-used]").textContent = `${answer.used} ${row.dataset.unit}`;
  mark(row, "saved", odd ? words.saved_unusual : words.saved);
  if (odd) row.dataset.odd = "";
  if (sheet.dataset.correct && answer.id) {
    row
      .querySelector("[data-status]")
      .append(" ", make("a", { href: sheet.dataset.correct + answer.id, tabindex: "-1" }, words.correct));
  }
  input(row).value = answer.value;
  input(row).readOnly = true;
  box(row).disabled = true;
}

async function save(some) {
  for (const row of some) mark(row, "saving", words.saving);
  tally();
  const body = {
    community_id: Number(sheet.dataset.community),
    day: sheet.dataset.day,
    rows: some.map((row) => ({
      meter: Number(row.dataset.meter),
      value: input(row).value,
      rollover: box(row).checked,
    })),
  };
  try {
    const { rows: answers } = await readJson(sheet.dataset.save, { json: body });
    for (const answer of answers) {
      const row = some.find((one) => Number(one.dataset.meter) === answer.meter);
      if (answer.error) mark(row, "failed", answer.error);
      else keep(row, answer);
    }
  } catch (error) {
    for (const row of some) mark(row, "failed", error.message || words.failed);
  }
  tally();
}

// Keep the row if it may be kept; an unusual one is asked about once.
function enter(row) {
  if (row.dataset.state === "typed" && "odd" in row.dataset) {
    mark(row, "unusual", words.unusual);
    tally();
    return false;
  }
  if (["typed", "unusual", "failed"].includes(row.dataset.state)) save([row]);
  return row.dataset.state !== "wrong";
}

function go(row, step) {
  const inputs = rows()
    .map(input)
    .filter((one) => one && !one.readOnly);
  const all = rows().map(input).filter(Boolean);
  const place = all.indexOf(input(row));
  const next =
    step > 0
      ? all.slice(place + 1).find((one) => inputs.includes(one))
      : all
          .slice(0, place)
          .reverse()
          .find((one) => inputs.includes(one));
  next?.focus();
  next?.select();
}

function start() {
  sheet.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-meter]");
    if (!row || row.dataset.state === "saving") return;
    judge(row);
    tally();
  });
  sheet.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-meter]");
    if (!row || !event.target.matches("input")) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.shiftKey) go(row, -1);
      else if (enter(row)) go(row, 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(row, event.key === "ArrowDown" ? 1 : -1);
    }
  });
  button.addEventListener("click", async () => {
    button.disabled = true;
    const all = waiting();
    const most = Number(sheet.dataset.most);
    for (let first = 0; first < all.length; first += most) await save(all.slice(first, first + most));
  });
  window.addEventListener("beforeunload", (event) => {
    if (tally()) event.preventDefault();
  });
  input(rows().find((row) => input(row)))?.focus();
}

if (sheet && button && rows().some((row) => input(row))) start();
