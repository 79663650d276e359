// Forms: no second submit, a question before leaving what was changed, files by dragging, Ctrl+Enter.
import { word } from "./net.js";
import { startSignatures } from "./signature.js";

let guarded = false;

function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("[type=submit], button:not([type])");
    // disabled after the browser has read the form, so that the button's own value still goes along
    setTimeout(() => {
      if (button) {
        button.disabled = true;
        button.classList.add("btn-loading");
      }
    });
  });
}

// What the form holds, as one string; two equal strings mean that nothing was changed.
function picture(form) {
  return [...new FormData(form)]
    .map(([name, value]) => `${name}=${value instanceof File ? value.name : value}`)
    .join("&");
}

function guard(form) {
  const start = "changed" in form.dataset ? null : picture(form);
  let leaving = false;
  form.addEventListener("submit", () => (leaving = true));
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && form.isConnected && picture(form) !== start) event.preventDefault();
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    delete form.dataset.sent;
    form.querySelectorAll(".btn-loading").forEach((button) => {
      button.disabled = false;
      button.classList.remove("btn-loading");
    });
  });
}

function files(zone) {
  const input = zone.querySelector("input[type=file]");
  const text = zone.querySelector(".dropzone-text");
  const show = () => {
    const names = [...input.files].map((file) => file.name);
    text.textContent = names.length ? names.join(", ") : text.dataset.empty || word("file_none");
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, () => zone.classList.add("over"));
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  show();
}

function firstWrong(form) {
  const wrong = form.querySelector(".is-invalid");
  if (!wrong) return;
  const pane = wrong.closest(".tab-pane");
  if (pane && !pane.classList.contains("active")) {
    const tab = document.querySelector(`[data-bs-target="#${pane.id}"]`);
    tab && tabler.Tab.getOrCreateInstance(tab).show();
  }
  const select = wrong.tomselect || wrong.closest(".ts-wrapper")?.previousElementSibling?.tomselect;
  if (select) focusClosed(select);
  else (wrong.querySelector?.("input") || wrong).focus();
}

// Focus a remote select without its list, which would open over the message; a key or a click opens it.
function focusClosed(select) {
  select.ignoreFocus = true;
  select.control_input.focus();
  select.ignoreFocus = false;
  select.control_input.addEventListener("keydown", () => select.onFocus(), { once: true, capture: true });
}

// A list of choices would drop open over the form: only what is typed gets the focus by itself.
function firstEmpty(form) {
  const first = form.querySelector(":is(input, select, textarea):not([type=hidden])");
  return first?.matches("input:not([type=file], [type=checkbox]), textarea") && !first.closest(".ts-wrapper")
    ? first
    : null;
}

// The button beside a date opens the browser's calendar; what is chosen there is written as 2026-03-31.
function pick(button) {
  const group = button.closest(".date-group");
  const [typed, native] = [
    group.querySelector("input:not(.date-native)"),
    group.querySelector(".date-native"),
  ];
  native.addEventListener("change", () => {
    typed.value = native.value.replace("T", " ");
    typed.dispatchEvent(new Event("input", { bubbles: true }));
    typed.dispatchEvent(new Event("change", { bubbles: true }));
    typed.focus();
  });
  button.addEventListener("click", () => {
    native.value = native.type === "datetime-local" ? typed.value.trim().replace(/ +/, "T") : typed.value;
    native.showPicker?.();
  });
}

export function startForms(root) {
  root.querySelectorAll("[data-pick-date]").forEach(pick);
  startSignatures(root);
  root.querySelectorAll("form[data-once]").forEach(once);
  root.querySelectorAll("form[data-guard]").forEach(guard);
  root.querySelectorAll(".dropzone").forEach(files);
  root.querySelectorAll("form.doc-form").forEach((form) => {
    if (form.querySelector(".is-invalid")) firstWrong(form);
    // who has clicked into a field while the page was still loading stays there
    else if (
      root === document &&
      document.activeElement === document.body &&
      matchMedia("(pointer: fine)").matches
    )
      firstEmpty(form)?.focus();
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit(form.querySelector("[type=submit]"));
      }
    });
  });
  if (guarded) return;
  guarded = true;
  document.addEventListener("click", (event) => {
    const back = event.target.closest("[data-back]");
    if (back && history.length > 1) {
      event.preventDefault();
      history.back();
    }
  });
  // a wheel over a focused number must scroll the page, not the amount
  document.addEventListener(
    "wheel",
    (event) => {
      if (event.target.type === "number" && event.target === document.activeElement) event.target.blur();
    },
    { passive: true },
  );
}
