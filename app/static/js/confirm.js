// Buttons that post, and the dialog that asks before them. A button says what it does by data attributes:
// data-post or data-bulk (url), data-confirm (question), data-tone, data-dialog (the url shows a form that it takes).
// A form asks by data-ask.

import { startForms } from "./form.js";
import { call, flash, post, readHtml, word } from "./net.js";
import { startSelects } from "./select.js";

let answer = null;
let going = false;
let opener = null;

const parts = () => {
  const box = document.getElementById("confirm");
  return {
    box,
    modal: tabler.Modal.getOrCreateInstance(box),
    title: box.querySelector(".modal-title"),
    text: box.querySelector(".modal-body > .confirm-text"),
    fields: box.querySelector(".confirm-fields"),
    submit: box.querySelector("button[type=submit]"),
  };
};

function dress({ title, text, tone }) {
  const it = parts();
  it.title.textContent = title || word("ask");
  it.text.textContent = text || "";
  it.text.hidden = !text;
  it.fields.replaceChildren();
  it.submit.className = `btn ${tone === "danger" ? "btn-danger" : "btn-primary"}`;
  it.submit.disabled = false;
  return it;
}

// Ask in the dialog. Resolves to true, or to null when the person backs out.
export function ask({ text, tone = null }) {
  opener = document.activeElement;
  const { modal } = dress({ text, tone });
  return new Promise((resolve) => {
    answer = resolve;
    modal.show();
  });
}

// Open the form that the server shows at `url`; resolves to false when the person backs out, else the page is left. With
// `stay` in the address the page stays, and it resolves to the sentence of what was done.
export async function openDialog(url, { pairs = [], tone = null } = {}) {
  opener = document.activeElement;
  const address = new URL(url, location.href);
  for (const [name, value] of pairs) address.searchParams.append(name, value);
  let html;
  try {
    html = await readHtml(address);
  } catch (error) {
    flash(error.message);
    return false;
  }
  const { modal } = dress({ tone });
  show(html);
  return new Promise((resolve) => {
    answer = (said) => resolve(said || false);
    modal.show();
  });
}

// Put the form into the dialog: the first time, and again when the server refuses what was typed.
function show(html) {
  const { fields, title } = parts();
  for (const select of fields.querySelectorAll("select")) select.tomselect?.destroy();
  fields.innerHTML = html; // our own server's fragment
  title.textContent = fields.firstElementChild?.dataset.title || title.textContent;
  startSelects(fields);
  startForms(fields);
}

function focusFirst() {
  const { fields, submit } = parts();
  // on a phone the keyboard would jump over what is asked
  if (!matchMedia("(pointer: fine)").matches && !fields.querySelector(".is-invalid")) return;
  const first =
    fields.querySelector(".is-invalid") ||
    fields.querySelector("input:not([type=hidden]):not(.date-native), select, textarea");
  (first?.tomselect?.control_input || first || submit).focus();
}

// Where the dialog was opened from; what was chosen in a menu is hidden again, and the menu's own button has it then.
function focusBack() {
  const { activeElement } = document;
  const menu = opener?.closest(".dropdown-menu");
  // the page may have put it elsewhere when it was told the answer
  if (activeElement === document.body || parts().box.contains(activeElement))
    (menu ? menu.previousElementSibling : opener)?.focus();
  opener = null;
}

async function send(url) {
  const { box, submit } = parts();
  if (going) return;
  going = submit.disabled = true;
  try {
    const response = await call(url, {
      form: new FormData(box.querySelector("form")),
      accept: "text/html, application/json;q=0.9",
    });
    if ((response.headers.get("Content-Type") || "").includes("json")) {
      const said = await response.json();
      if (said.done) {
        answer?.(said.done);
        answer = null;
        parts().modal.hide();
        return;
      }
      if (said.go) {
        answer?.(true);
        answer = null;
        // the same address would only scroll
        if (new URL(said.go, location.href).href === location.href) location.reload();
        else location.assign(said.go);
        return;
      }
      throw new Error(said.error || word("failed"));
    }
    const html = await response.text();
    if (!html.includes("data-dialog-url")) throw new Error(word("failed"));
    show(html);
    focusFirst();
  } catch (error) {
    flash(error.message);
    parts().modal.hide();
  } finally {
    going = submit.disabled = false;
  }
}

function submitted() {
  const { modal, fields } = parts();
  const form = fields.querySelector("[data-dialog-url]:not([data-dialog-end])");
  if (form) {
    send(form.dataset.dialogUrl);
    return;
  }
  const resolve = answer;
  answer = null;
  modal.hide();
  resolve?.(true);
}

async function pressed(button) {
  const { confirm, tone } = button.dataset;
  const bulk = button.dataset.bulk !== undefined;
  const url = button.dataset.post || button.dataset.bulk;
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
  if (button.dataset.dialog !== undefined) {
    await openDialog(url, { pairs, tone });
    return;
  }
  if (confirm && (await ask({ text: [confirm, note].filter(Boolean).join("\n"), tone })) === null) return;
  const blank = button.dataset.blank !== undefined;
  if (button.dataset.post || bulk) {
    if (!blank) button.disabled = true;
    post(url, pairs, { blank });
  } else {
    const go = new URL(button.dataset.go, location.href);
    if (blank) window.open(go, "_blank", "noopener");
    else location.assign(go);
  }
}

// A form with data-ask is sent when the question is answered.
async function asking(event) {
  const form = event.target.closest?.("form[data-ask]");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  if ((await ask({ text: form.dataset.ask })) !== null) form.submit();
}

export function startConfirm() {
  document.addEventListener("submit", asking);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-post], button[data-bulk], button[data-go]");
    if (button) pressed(button);
  });
  // coming back by the browser's own button shows the page as it was left
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("button[data-post], button[data-bulk]"))
      button.disabled = false;
  });
  const box = document.getElementById("confirm");
  if (!box) return;
  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submitted();
  });
  box.addEventListener("shown.bs.modal", focusFirst);
  box.addEventListener("hidden.bs.modal", () => {
    answer?.(null);
    answer = null;
    parts().fields.replaceChildren();
    focusBack();
  });
}
