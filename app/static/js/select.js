// Remote selects: <select data-select-url data-depends-on="field …">. The server answers GET url?q=…&field=value with
// {"items": [{"value": "1", "text": "…"}], "more": false}. A change in a field it depends on empties it where the chosen row does not fit any more.
import { readJson, word } from "./net.js";

function options(select) {
  const form = select.form;
  const parents = (select.dataset.dependsOn || "").split(/\s+/).filter(Boolean);
  const url = (text) => {
    const address = new URL(select.dataset.selectUrl, location.href);
    address.searchParams.set("q", text);
    for (const name of parents) {
      const value = form?.elements.namedItem(name)?.value;
      if (value) address.searchParams.set(name, value);
    }
    return address;
  };
  return {
    url,
    valueField: "value",
    labelField: "text",
    searchField: [],
    sortField: [{ field: "$order" }, { field: "$score" }],
    maxItems: select.multiple ? null : 1,
    maxOptions: 200,
    allowEmptyOption: false,
    placeholder: select.dataset.placeholder || word("choose"),
    preload: "focus",
    loadThrottle: 200,
    dropdownParent: "body",
    shouldLoad: () => true,
    // The server has searched already; what it did not find, such as the row chosen before, is no hit.
    score(query) {
      return (one) => (!query || !this.hits || this.hits.has(one.value) ? 1 : 0);
    },
    async load(text, done) {
      try {
        const data = await readJson(url(text));
        const items = (data.items ?? data.results ?? data).map((one) => ({
          value: String(one.value ?? one.id),
          text: one.text,
          note: one.note,
        }));
        const chosen = new Set(this.items);
        for (const value of Object.keys(this.options)) if (!chosen.has(value)) this.removeOption(value, true);
        this.moreThere = Boolean(data.more);
        this.hits = new Set(items.map((one) => one.value));
        this.loadedFor = text.trim();
        done(items);
        if (this.awaited === text.trim()) take(this, items[0]);
      } catch {
        done();
      }
    },
    render: {
      option: (one, safe) =>
        `<div>${safe(one.text)}${one.note ? ` <small class="text-secondary">${safe(one.note)}</small>` : ""}</div>`,
      item: (one, safe) => `<div>${safe(one.text)}</div>`,
      no_results: () => `<div class="no-results">${word("none_found")}</div>`,
      loading: () => `<div class="no-results">${word("loading")}</div>`,
    },
    plugins: {},
  };
}

// Choose the first hit of what was typed: Enter was pressed before the server had answered.
function take(control, hit) {
  control.awaited = null;
  if (!hit) return;
  control.addItem(hit.value);
  control.setTextboxValue("");
  control.close();
}

// Keep the chosen row where it fits the new value of what it depends on; empty the select where it does not.
async function keepIfFitting(control, select) {
  const chosen = control.getValue();
  control.clearOptions((one) => one.value === chosen);
  control.loadedSearches = {};
  control.wrapper.classList.remove("preloaded");
  if (!chosen) return;
  const address = options(select).url("");
  address.searchParams.set("key", chosen);
  try {
    const data = await readJson(address);
    if (control.getValue() === chosen && !data.items.length) control.clear();
  } catch {
    // The server refuses what does not fit when the form is sent.
  }
}

function remote(select) {
  const control = new TomSelect(select, options(select));
  // The label leads to the control from now on; the select behind it is for the form alone.
  select.setAttribute("aria-hidden", "true");
  control.control_input.addEventListener(
    "keydown",
    (event) => {
      const typed = control.control_input.value.trim();
      if (event.key !== "Enter" || !typed || control.loadedFor === typed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      control.awaited = typed;
      control.load(typed);
    },
    { capture: true },
  );
  if (!select.required && !select.multiple) {
    // Backspace or Delete in the closed box empties it; there is no extra button to hit by mistake
    control.control_input.addEventListener("keydown", (event) => {
      if ((event.key === "Backspace" || event.key === "Delete") && !control.control_input.value)
        control.clear();
    });
  }
  control.control_input.setAttribute("aria-invalid", select.getAttribute("aria-invalid") || "false");
  const described = select.getAttribute("aria-describedby");
  if (described) control.control_input.setAttribute("aria-describedby", described);
  for (const name of (select.dataset.dependsOn || "").split(/\s+/).filter(Boolean)) {
    const parent = select.form?.elements.namedItem(name);
    parent?.addEventListener("change", () => keepIfFitting(control, select));
  }
}

export function startSelects(root) {
  for (const select of root.querySelectorAll("select[data-select-url]")) {
    if (!select.tomselect && !select.closest("template")) remote(select);
  }
}
