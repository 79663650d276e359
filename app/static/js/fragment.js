// Parts that fetch themselves: cards of the home page, tabs of a show page. Inside a part, links and GET forms marked
// data-reload change the part only; on a page of its own they are ordinary links.
import { startCharts } from "./chart.js";
import { startForms } from "./form.js";
import { startLists } from "./list.js";
import { make, readHtml, word } from "./net.js";
import { startPictures } from "./pictures.js";
import { startSelects } from "./select.js";

const latest = new WeakMap();

export async function load(box, url) {
  const turn = {};
  latest.set(box, turn);
  box.setAttribute("aria-busy", "true");
  try {
    const html = await readHtml(url);
    if (latest.get(box) !== turn) return;
    // a whole page is no part of one: go there instead
    if (/^\s*<!doctype/i.test(html)) {
      location.assign(url);
      return;
    }
    box.innerHTML = html;
    box.dataset.loaded = url;
    startLists(box);
    startSelects(box);
    startForms(box);
    startPictures(box);
    startCharts(box);
    startFragments(box);
  } catch (error) {
    if (latest.get(box) !== turn) return;
    const again = make("button", { type: "button", class: "btn" }, word("retry"));
    again.addEventListener("click", () => load(box, url));
    box.replaceChildren(
      make("div", { class: "list-empty" }, make("p", {}, error.message || word("failed")), again),
    );
  } finally {
    if (latest.get(box) === turn) box.setAttribute("aria-busy", "false");
  }
}

const first = (box) => {
  if (!box.dataset.loaded && !latest.has(box)) load(box, box.dataset.fragment);
};

let listening = false;

function listen() {
  if (listening) return;
  listening = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-reload]");
    const box = link?.closest("[data-fragment]");
    if (!box || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    load(box, link.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const box = form.matches("form[data-reload]") ? form.closest("[data-fragment]") : null;
    if (!box) return;
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    load(box, url.href);
  });
  document.addEventListener("shown.bs.tab", (event) => {
    const pane = document.querySelector(event.target.dataset.bsTarget);
    pane?.querySelectorAll("[data-fragment]").forEach(first);
    if (event.target.closest("[data-tabs]")) history.replaceState(null, "", `#${event.target.id}`);
  });
}

// More than eight tabs: the rest stand behind a button, unless one of them is the one that is open.
function showAll(button) {
  button.setAttribute("aria-expanded", "true");
  button.hidden = true;
  document.getElementById(button.getAttribute("aria-controls")).classList.add("all-tabs");
}

export function startFragments(root) {
  listen();
  const more = root === document ? root.querySelector("[data-more-tabs]") : null;
  more?.addEventListener("click", () => {
    showAll(more);
    document.querySelector(".tab-rest").focus();
  });
  const wanted =
    root === document && location.hash.startsWith("#tab-")
      ? document.getElementById(location.hash.slice(1))
      : null;
  if (wanted?.matches("[data-tabs] [role=tab]") && !wanted.classList.contains("active")) {
    if (wanted.matches(".tab-rest")) showAll(more);
    tabler.Tab.getOrCreateInstance(wanted).show();
  }
  for (const box of root.querySelectorAll("[data-fragment]")) {
    const pane = box.closest(".tab-pane");
    if ("eager" in box.dataset && (!pane || pane.classList.contains("active"))) first(box);
  }
}
