// A form may be left open for longer than a login lasts. Before a form is sent, and when a request of the page is
// refused for want of a login, the person logs in again in a dialog, and what was typed goes on its way.
import { flash, token, whenSignedOut, word } from "./net.js";

const sending = new WeakSet();
let asking = null;

const opened = () => document.querySelector('meta[name="login"]')?.content || "";

async function current() {
  const response = await fetch(`${document.body.dataset.root}/session.json`, { credentials: "same-origin" });
  const told = await response.json().catch(() => null);
  if (!response.ok || !told) throw new Error(told?.error || word("failed"));
  return told;
}

function renew(csrf) {
  document.querySelector('meta[name="csrf-token"]').content = csrf;
  for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = csrf;
}

// Whether the person who opened this page is logged in, now or after the dialog; says why where not.
async function standing() {
  try {
    let now = await current();
    renew(now.csrf);
    if (!now.login) {
      asking ??= logIn().finally(() => (asking = null));
      if (!(await asking)) return false;
      now = await current();
      renew(now.csrf);
    }
    // Every other form would be answered with the page of the new password, and lose what was typed.
    if (now.due && !location.pathname.endsWith("/password")) flash(now.due);
    else if (now.login === opened()) return true;
    else flash(word("other_login", { name: opened() }));
  } catch (error) {
    flash(error.message);
  }
  return false;
}

// Ask for the password; resolves to false when the person backs out.
function logIn() {
  const box = document.getElementById("signed-out");
  const form = box.querySelector("form");
  const wrong = box.querySelector("output");
  const password = form.elements.password;
  wrong.hidden = true;
  password.value = "";
  form.querySelector("[type=button]").onclick = () => box.close();
  box.showModal();
  password.focus();
  return new Promise((resolve) => {
    let letIn = false;
    form.onsubmit = async (event) => {
      event.preventDefault();
      const button = form.querySelector("[type=submit]");
      button.disabled = true;
      try {
        const body = new URLSearchParams({
          username: opened(),
          password: password.value,
          csrf_token: token(),
        });
        const headers = { Accept: "application/json" };
        const response = await fetch(`${document.body.dataset.root}/login/`, {
          method: "POST",
          headers,
          body,
        });
        letIn = response.ok;
        if (!letIn) wrong.textContent = (await response.json().catch(() => null))?.error || word("failed");
      } catch {
        wrong.textContent = word("failed");
      }
      button.disabled = false;
      wrong.hidden = letIn;
      if (letIn) box.close();
      else password.select();
    };
    box.onclose = () => resolve(letIn);
  });
}

async function submitted(event) {
  const form = event.target;
  if (!opened() || form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (form.dataset.standing) {
    delete form.dataset.standing;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (sending.has(form)) return;
  sending.add(form);
  const stands = await standing();
  sending.delete(form);
  if (!stands) return;
  form.dataset.standing = "1";
  form.requestSubmit(event.submitter);
  delete form.dataset.standing;
}

export function startSession() {
  if (!opened()) return;
  whenSignedOut(standing);
  document.addEventListener("submit", submitted, { capture: true });
}
