// Talking to the server: the CSRF header on every write, and one way of saying what went wrong.
export const words = JSON.parse(document.getElementById("words")?.textContent || "{}");

export const word = (name, values = {}) =>
  (words[name] || "").replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");

export const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

// Whether the person is logged in after all, once session.js has asked; nobody is where it is not on the page.
let standing = async () => false;
export const whenSignedOut = (ask) => {
  standing = ask;
};

const isSignedOut = (response) => response.status === 401 || response.headers.has("X-Token-Expired");

// A request of this page; `form` is sent url-encoded, `json` as JSON. Throws Error with a sentence for the person.
export async function call(url, { form, json, signal, accept = "application/json" } = {}) {
  const headers = { "X-Requested-With": "XMLHttpRequest", Accept: accept };
  const options = { headers, signal, credentials: "same-origin" };
  const writes = form !== undefined || json !== undefined;
  if (writes) {
    options.method = "POST";
    headers["X-CSRFToken"] = token();
    if (json !== undefined) {
      headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(json);
    } else {
      options.body = new URLSearchParams(form);
      // a token that the form itself carries would be the old one when the request is sent again
      options.body.delete("csrf_token");
    }
  }
  let response = await fetch(url, options);
  // Refused before anything was looked at: nothing was done, and the same request may be sent again.
  if (writes && isSignedOut(response) && (await standing())) {
    headers["X-CSRFToken"] = token();
    response = await fetch(url, options);
  }
  if (
    response.status === 401 ||
    (response.redirected && /\/login\/?$/.test(new URL(response.url).pathname))
  ) {
    throw Object.assign(new Error(word("signed_out")), { status: 401 });
  }
  return response;
}

export async function readJson(url, options) {
  const response = await call(url, options);
  const data = await response.json().catch(() => null);
  if (!response.ok || data === null) {
    throw Object.assign(new Error(data?.error || word("failed")), { status: response.status, data });
  }
  return data;
}

export async function readHtml(url, options) {
  const response = await call(url, { ...options, accept: "text/html" });
  if (!response.ok) throw Object.assign(new Error(word("failed")), { status: response.status });
  return response.text();
}

// An element with text and attributes; text is never read as HTML.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// A message at the top of the page, as the server's own flashes look.
export function flash(text, tone = "danger") {
  const box = document.getElementById("flashes");
  if (!box) return;
  const close = make("button", {
    type: "button",
    class: "btn-close",
    "data-bs-dismiss": "alert",
    "aria-label": word("clear"),
  });
  const alert = make(
    "div",
    { class: `alert alert-${tone} alert-dismissible`, role: "alert" },
    make("div", { class: "alert-text" }, text),
    close,
  );
  box.replaceChildren(alert);
  alert.scrollIntoView({ block: "nearest" });
}

// Leave for `url` by a real POST, so that the server's redirect and flash are followed.
export function post(url, pairs = [], { blank = false } = {}) {
  const form = make("form", { method: "post", action: url, hidden: true });
  if (blank) form.target = "_blank";
  for (const [name, value] of [["csrf_token", token()], ...pairs])
    form.append(make("input", { type: "hidden", name, value }));
  document.body.append(form);
  // session.js may ask for the password first
  form.addEventListener("submit", () => setTimeout(() => form.remove()), { once: true });
  form.requestSubmit();
}
