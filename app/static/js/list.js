// Lists: ticking rows, the filter panel, keys (/ to search, j and k to move, Enter to open).
import { make, word } from "./net.js";
import { startSelects } from "./select.js";

function bulk(list) {
  const bar = list.querySelector("[data-bulk-bar]");
  const all = list.querySelector("[data-tick-all]");
  if (!bar || !all) return;
  const boxes = [...list.querySelectorAll("[data-tick]")];
  const count = bar.querySelector("[data-bulk-count]");
  let last = null;
  const show = () => {
    const ticked = boxes.filter((box) => box.checked);
    bar.hidden = !ticked.length;
    count.textContent = word("selected", { count: ticked.length });
    all.checked = ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
    for (const box of boxes) box.closest("tr").classList.toggle("ticked", box.checked);
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  boxes.forEach((box, index) => {
    box.addEventListener("click", (event) => {
      // Shift ticks the rows between
      if (event.shiftKey && last !== null) {
        const [from, to] = [Math.min(last, index), Math.max(last, index)];
        for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
      }
      last = index;
      show();
    });
  });
  bar.querySelector("[data-untick]").addEventListener("click", () => {
    for (const box of boxes) box.checked = false;
    show();
  });
  show();
}

// a date is typed as it is shown; the browser's own field would speak the browser's language
const WRITTEN = { date: "2026-03-31", moment: "2026-03-31", datetime: "2026-03-31", period: "2026-03" };
const FIGURES = ["number", "money", "integer"];
const read = (list, name) => JSON.parse(list.querySelector(`script[data-${name}]`).textContent);
const option = ([value, text]) => make("option", { value }, text);

function input(field) {
  if (field.choices.length) return make("select", { class: "form-select" }, ...field.choices.map(option));
  if (field.url)
    return make("select", { class: "form-select", "data-select-url": field.url }, option(["", ""]));
  return make("input", { class: "form-control", maxlength: 100 });
}

// A line of the filter panel: the template's, filled with what the field may be asked.
function filterRow(list, name) {
  const field = read(list, "filter-fields")[name];
  const row = list.querySelector("template[data-filter]").content.firstElementChild.cloneNode(true);
  row.dataset.filterName = name;
  row.querySelector(".filter-label").textContent = field.label;
  row.querySelector("[data-operator]").append(...read(list, "filter-kinds")[field.kind].map(option));
  const one = input(field);
  one.dataset.label = "";
  row.querySelector('[data-for="one"]').append(one);
  for (const part of row.querySelectorAll("[data-label]"))
    part.setAttribute("aria-label", `${field.label} ${part.dataset.label}`.trim());
  for (const box of row.querySelectorAll("input")) {
    box.placeholder = WRITTEN[field.kind] ?? "";
    if (FIGURES.includes(field.kind)) box.inputMode = "decimal";
  }
  return row;
}

function choose(row) {
  const operator = row.querySelector("[data-operator]").value;
  const wanted = operator === "between" || operator === "none" ? operator : "one";
  for (const part of row.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== wanted;
}

// The value as the URL says it: low..high for a range.
function value(row) {
  const part = row.querySelector("[data-for]:not([hidden])");
  const inputs = [...part.querySelectorAll("input:not(.ts-wrapper input), select")].map((input) =>
    input.value.trim(),
  );
  if (part.dataset.for === "between") return inputs.some(Boolean) ? inputs.join("..") : "";
  return inputs[0] ?? "";
}

function filters(list) {
  const form = list.querySelector("[data-filters]");
  if (!form) return;
  const rows = form.querySelector(".filter-rows");
  const closed = () => {
    form.hidden = !rows.childElementCount;
  };
  for (const button of list.querySelectorAll("[data-add-filter]")) {
    button.addEventListener("click", () => {
      const row = filterRow(list, button.dataset.addFilter);
      rows.append(row);
      closed();
      startSelects(row);
      choose(row);
      const operator = row.querySelector("[data-operator]");
      operator.addEventListener("change", () => choose(row));
      row.querySelector("[data-remove-filter]").addEventListener("click", () => {
        row.remove();
        closed();
      });
      const first = row.querySelector('[data-for="one"] :is(input, select)');
      setTimeout(() => (first.tomselect ?? first).focus());
    });
  }
  form.querySelector("[data-close-filters]").addEventListener("click", () => {
    rows.replaceChildren();
    closed();
  });
  form.addEventListener("formdata", (event) => {
    for (const row of rows.children) {
      const text = value(row);
      if (text)
        event.formData.append(
          `f.${row.dataset.filterName}.${row.querySelector("[data-operator]").value}`,
          text,
        );
    }
  });
}

function rowsOf(list) {
  list.querySelector(".list-table.opens tbody")?.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label, .dropdown-menu") || String(getSelection())) return;
    const link = event.target.closest("tr").querySelector(".row-link");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else location.assign(link.href);
  });
}

// One menu for all rows stands in the page; a row gets its copy when its button is first reached.
function menus(list) {
  const template = list.querySelector("template[data-row-menu]");
  if (!template) return;
  const fill = (text, key) => text.replaceAll("{key}", key);
  const ready = (event) => {
    const button = event.target.closest(".row-menu");
    if (!button || button.nextElementSibling) return;
    const menu = template.content.firstElementChild.cloneNode(true);
    const { key } = button.closest("tr").dataset;
    for (const item of menu.querySelectorAll("[href]"))
      item.setAttribute("href", fill(item.getAttribute("href"), key));
    for (const item of menu.querySelectorAll("[data-post]")) item.dataset.post = fill(item.dataset.post, key);
    for (const item of menu.querySelectorAll("[data-go]")) item.dataset.go = fill(item.dataset.go, key);
    button.after(menu);
    button.dataset.bsPopperConfig = '{"strategy":"fixed"}';
    button.dataset.bsToggle = "dropdown";
    if (event.type === "click") tabler.Dropdown.getOrCreateInstance(button).show();
  };
  for (const kind of ["pointerdown", "focusin", "click"]) list.addEventListener(kind, ready);
}

function keys() {
  let at = -1;
  document.addEventListener("keydown", (event) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.target.closest("input, select, textarea, [contenteditable], .modal, .wunderbaum")
    )
      return;
    const list = document.querySelector("[data-list]");
    if (!list) return;
    const rows = [...list.querySelectorAll("tbody tr")];
    if (event.key === "/") {
      event.preventDefault();
      list.querySelector("[data-quick]")?.select();
    } else if (event.key === "j" || event.key === "k") {
      at = Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)));
      for (const [index, row] of rows.entries()) row.classList.toggle("at", index === at);
      rows[at]?.scrollIntoView({ block: "nearest" });
      rows[at]?.querySelector("td a")?.focus();
    } else if (event.key === "x" && rows[at]) {
      rows[at].querySelector("[data-tick]")?.click();
    }
  });
}

let listening = false;

export function startLists(root = document) {
  for (const list of root.querySelectorAll("[data-list]")) {
    bulk(list);
    filters(list);
    rowsOf(list);
    menus(list);
  }
  if (!listening) {
    listening = true;
    keys();
  }
}
