// Buttons that post, and the dialog that asks before them. A button says what it does by data attributes:
// data-post or data-bulk (url), data-confirm (question), data-fields ([[name, label, required]…]), data-tone.
import { flash, make, post, word } from "./net.js";

let answer = null;

// Ask in the dialog. Resolves to the pairs of the extra fields, or null when the person backs out.
export function ask({ text, fields = [], tone = null }) {
  const box = document.getElementById("confirm");
  const modal = tabler.Modal.getOrCreateInstance(box);
  box.querySelector(".confirm-text").textContent = text || "";
  box.querySelector(".confirm-text").hidden = !text;
  box.querySelector("button[type=submit]").className = `btn ${tone === "danger" ? "btn-danger" : "btn-primary"}`;
  box.querySelector(".confirm-fields").replaceChildren(...fields.map(extraField));
  return new Promise((resolve) => {
    answer = resolve;
    modal.show();
  });
}

function extraField([name, label, required], index) {
  const id = `confirm-${index}`;
  const input = make("input", { class: "form-control", id, name, maxlength: 200, autocomplete: "off", "data-required": Boolean(required) });
  const title = make("label", { class: "form-label", for: id }, label);
  if (required) title.append(make("span", { class: "star", "aria-hidden": "true" }, "*"));
  return make("div", { class: "mb-2" }, title, input, make("div", { class: "invalid-feedback" }, word("required")));
}

function submitted(box) {
  const inputs = [...box.querySelectorAll(".confirm-fields input")];
  let wrong = null;
  for (const input of inputs) {
    const missing = "required" in input.dataset && !input.value.trim();
    input.classList.toggle("is-invalid", missing);
    if (missing && !wrong) wrong = input;
  }
  if (wrong) {
    wrong.focus();
    return;
  }
  const resolve = answer;
  answer = null;
  tabler.Modal.getOrCreateInstance(box).hide();
  resolve?.(inputs.map((input) => [input.name, input.value.trim()]));
}

async function pressed(button) {
  const { confirm, fields, tone } = button.dataset;
  const bulk = button.dataset.bulk !== undefined;
  let pairs = [];
  let note = "";
  if (bulk) {
    const ticked = [...button.closest("[data-list]").querySelectorAll("[data-tick]:checked")];
    if (!ticked.length) {
      flash(word("no_rows"), "warning");
      return;
    }
    pairs = ticked.map((box) => ["rowid", box.value]);
    note = word("selected", { count: ticked.length });
  }
  if (confirm || fields) {
    const extra = await ask({ text: [confirm, note].filter(Boolean).join("\n"), fields: JSON.parse(fields || "[]"), tone });
    if (extra === null) return;
    pairs.push(...extra);
  }
  const blank = button.dataset.blank !== undefined;
  if (button.dataset.post || bulk) {
    if (!blank) button.disabled = true;
    post(button.dataset.post || button.dataset.bulk, pairs, { blank });
  } else {
    const url = new URL(button.dataset.go, location.href);
    for (const [name, value] of pairs) url.searchParams.append(name, value);
    if (blank) window.open(url, "_blank", "noopener");
    else location.assign(url);
  }
}

export function startConfirm() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-post], button[data-bulk], button[data-go]");
    if (button) pressed(button);
  });
  // coming back by the browser's own button shows the page as it was left
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("button[data-post], button[data-bulk]").forEach((b) => (b.disabled = false));
  });
  const box = document.getElementById("confirm");
  if (!box) return;
  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submitted(box);
  });
  box.addEventListener("shown.bs.modal", () => (box.querySelector(".confirm-fields input") || box.querySelector("button[type=submit]")).focus());
  box.addEventListener("hidden.bs.modal", () => {
    answer?.(null);
    answer = null;
  });
}
