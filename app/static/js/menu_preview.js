// How the menu will look to the holders of one role, drawn as the frame draws it.

import { icon } from "./menu_panel.js";
import { isGroup } from "./menu_tree.js";
import { make } from "./net.js";

function entry(node, role) {
  if (node.own.hidden || (role && node.own.hidden_for.includes(role.id))) return null;
  const name = make("span", {}, node.own.label.trim() || node.label);
  if (isGroup(node)) {
    const children = node.children.map((child) => entry(child, role)).filter(Boolean);
    if (!children.length) return null;
    return make(
      "details",
      { class: "menu-group", open: true },
      make(
        "summary",
        {},
        icon(node.own.icon || node.icon || "folder"),
        name,
        make("i", { class: "ti ti-chevron-down caret", "aria-hidden": "true" }),
      ),
      make("div", { class: "menu-items" }, ...children),
    );
  }
  if (node.kind === "page" && role && !role.opens.includes(node.name)) return null;
  const out =
    node.kind === "link" ? make("i", { class: "ti ti-arrow-up-right caret", "aria-hidden": "true" }) : null;
  return make("span", { class: "menu-item" }, icon(node.own.icon || node.icon || "external-link"), name, out);
}

export function preview(tree, role, empty) {
  const found = tree.top.children.map((node) => entry(node, role)).filter(Boolean);
  return found.length ? found : [make("p", { class: "list-empty" }, empty)];
}
