// What may be said of one entry: name, icon, address, who does not see it. Drawn below its line while it is open.

import { isOwn } from "./menu_tree.js";
import { make, readJson } from "./net.js";

let fields = 0;

function labelled(text, input) {
  fields += 1;
  input.id = `menu-field-${fields}`;
  return make("div", { class: "field" }, make("label", { class: "form-label", for: input.id }, text), input);
}

function tick(text, checked, changed) {
  const box = make("input", { type: "checkbox", class: "form-check-input" });
  box.checked = checked;
  box.addEventListener("change", () => changed(box.checked));
  return make("label", { class: "form-check" }, box, make("span", { class: "form-check-label" }, text));
}

export function icon(name) {
  return make("i", { class: `ti ti-${name}`, "aria-hidden": "true" });
}

// A search box and the icons that fit; typing asks the server, an arrow or Tab goes on to the icons.
function chooser(node, { words, url, changed, close }) {
  const input = make("input", {
    type: "search",
    class: "form-control",
    maxlength: 60,
    autocomplete: "off",
    placeholder: words.icon_search,
    "aria-label": words.icon_search,
  });
  const grid = make("div", { class: "icon-grid", role: "group", "aria-label": words.icon });
  let asked = 0;
  const show = async () => {
    asked += 1;
    const mine = asked;
    let icons = [];
    try {
      ({ icons } = await readJson(`${url}?${new URLSearchParams({ q: input.value })}`));
    } catch (error) {
      if (mine === asked) grid.replaceChildren(error.message);
      return;
    }
    if (mine !== asked) return;
    grid.replaceChildren(
      ...icons.map((name) => {
        const button = make(
          "button",
          {
            type: "button",
            class: `btn btn-icon${name === node.own.icon ? " active" : ""}`,
            "aria-label": name,
            title: name,
          },
          icon(name),
        );
        button.addEventListener("click", () => {
          node.own.icon = name === node.icon ? "" : name;
          changed();
          close();
        });
        return button;
      }),
    );
    if (!icons.length) grid.append(make("span", { class: "text-secondary" }, words.icon_none));
  };
  let waiting = null;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  });
  show();
  return { box: make("div", { class: "icon-chooser field-wide" }, input, grid), input };
}

// `changed()` redraws the line and the preview; `restored()` and `removed()` change the tree.
export function panel(node, { data, words, urls, changed, restored, removed }) {
  const grid = make("div", { class: "field-grid" });
  const touch = () => {
    node.untouched = false;
    changed();
  };

  const label = make("input", {
    class: "form-control",
    maxlength: data.limits.label,
    placeholder: node.label,
    autocomplete: "off",
  });
  label.value = node.own.label;
  label.addEventListener("input", () => {
    node.own.label = label.value;
    touch();
  });
  grid.append(labelled(isOwn(node) ? words.label : words.label_or_default, label));

  if (node.kind === "link") {
    const address = make("input", {
      type: "url",
      class: "form-control",
      maxlength: data.limits.url,
      placeholder: "https://",
      autocomplete: "off",
    });
    address.value = node.own.url;
    address.addEventListener("input", () => {
      node.own.url = address.value;
      touch();
    });
    grid.append(labelled(words.url, address));
  }

  const shown = make("span", { class: "icon-shown" });
  const choose = make(
    "button",
    { type: "button", class: "btn", "aria-expanded": "false" },
    shown,
    make("span", {}, words.icon_choose),
  );
  const draw = () =>
    shown.replaceChildren(
      icon(node.own.icon || node.icon || (node.kind === "link" ? "external-link" : "folder")),
    );
  draw();
  let open = null;
  const close = () => {
    open?.box.remove();
    open = null;
    choose.setAttribute("aria-expanded", "false");
    choose.focus();
  };
  choose.addEventListener("click", () => {
    if (open) return close();
    open = chooser(node, {
      words,
      url: urls.icons,
      close,
      changed: () => {
        touch();
        draw();
      },
    });
    open.box.addEventListener("keydown", (event) => event.key === "Escape" && close());
    choose.closest(".field").after(open.box);
    choose.setAttribute("aria-expanded", "true");
    open.input.focus();
  });
  grid.append(make("div", { class: "field" }, make("div", { class: "form-label" }, words.icon), choose));

  const everybody = tick(words.everybody, node.own.hidden, (on) => {
    node.own.hidden = on;
    touch();
  });
  const roles = data.roles.map((role) =>
    tick(role.name, node.own.hidden_for.includes(role.id), (on) => {
      node.own.hidden_for = node.own.hidden_for.filter((id) => id !== role.id).concat(on ? [role.id] : []);
      touch();
    }),
  );
  grid.append(
    make(
      "fieldset",
      { class: "field-wide" },
      make("legend", { class: "form-label" }, words.hidden_for),
      make("div", { class: "check-grid" }, everybody, ...roles),
      make("p", { class: "form-hint mb-0" }, node.kind === "link" ? words.link_hint : words.hidden_hint),
    ),
  );

  const end = make("div", { class: "btn-list mt-2" });
  if (isOwn(node)) {
    const button = make(
      "button",
      { type: "button", class: "btn btn-outline-danger" },
      icon("trash"),
      make("span", {}, words.remove),
    );
    button.addEventListener("click", removed);
    end.append(button);
  } else {
    const button = make(
      "button",
      { type: "button", class: "btn" },
      icon("restore"),
      make("span", {}, words.restore),
    );
    button.addEventListener("click", restored);
    end.append(button);
  }
  return make("div", { class: "menu-panel" }, grid, end);
}
