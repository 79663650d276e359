// 菜单管理: the tree with its lines, moved by dragging, by buttons and by Alt with an arrow; saved whole.
import { ask } from "./confirm.js";
import { icon, panel } from "./menu_panel.js";
import { preview } from "./menu_preview.js";
import { isGroup, isOwn, MenuTree } from "./menu_tree.js";
import { flash, make, readJson } from "./net.js";

const editor = document.querySelector("[data-menu-editor]");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("menu-data");
const words = read("menu-words");
const urls = editor.dataset;
const tree = new MenuTree(data);
const box = editor.querySelector("[data-menu-lines]");
const role = editor.querySelector("[data-menu-role]");
const save = document.querySelector("[data-menu-save]");
const open = new Set();
const start = JSON.stringify(tree.saved());
let edited = null;
let dragged = null;
let made = 0;
let leaving = false;

const changed = () => JSON.stringify(tree.saved()) !== start;
const titleOf = (node) => node.own.label.trim() || node.label || words[node.kind];
const WAYS = { up: "arrow-up", down: "arrow-down", out: "arrow-left", in: "arrow-right" };
const KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };

function badges(node) {
  const found = [];
  const add = (text, tone) => found.push(make("span", { class: `badge bg-${tone}-lt` }, text));
  if (node.kind === "link") add(words.link, "azure");
  if (node.kind === "group") add(words.group, "secondary");
  if (node.own.hidden) add(words.hidden, "red");
  else if (node.own.hidden_for.length)
    add(words.hidden_some.replace("%(count)s", node.own.hidden_for.length), "orange");
  if (!isOwn(node) && node.own.label.trim()) add(words.was.replace("%(label)s", node.label), "secondary");
  return found;
}

function take(node, way) {
  const where = tree.step(node, way);
  if (!where) return;
  tree.move(node, ...where);
  if (way === "in") open.add(where[0].name);
  draw();
  focusOn(node, way);
}

function focusOn(node, way = null) {
  const line = box.querySelector(`[data-name="${CSS.escape(node.name)}"] > .menu-line`);
  const button = way && line?.querySelector(`[data-way="${way}"]:not(:disabled)`);
  (button || line?.querySelector(".menu-title"))?.focus();
  line?.scrollIntoView({ block: "nearest" });
}

function line(node) {
  const caret = isGroup(node)
    ? make(
        "button",
        {
          type: "button",
          class: "btn btn-icon btn-ghost-secondary menu-caret",
          "aria-expanded": String(open.has(node.name)),
          "aria-label": `${words.expand} ${titleOf(node)}`,
        },
        icon(open.has(node.name) ? "chevron-down" : "chevron-right"),
      )
    : make("span", { class: "menu-caret" });
  if (isGroup(node))
    caret.addEventListener("click", () => {
      open.has(node.name) ? open.delete(node.name) : open.add(node.name);
      draw();
      box.querySelector(`[data-name="${CSS.escape(node.name)}"] > .menu-line > .menu-caret`).focus();
    });
  const title = make(
    "button",
    {
      type: "button",
      class: "menu-title",
      disabled: !data.editable,
      "aria-expanded": String(edited === node),
      title: words.edit,
    },
    icon(node.own.icon || node.icon || (node.kind === "link" ? "external-link" : "folder")),
    make("span", {}, titleOf(node)),
    ...badges(node),
  );
  title.addEventListener("click", () => {
    edited = edited === node ? null : node;
    draw();
    focusOn(node);
  });
  title.addEventListener("keydown", (event) => {
    const way = event.altKey && KEYS[event.key];
    if (!way) return;
    event.preventDefault();
    take(node, way);
    focusOn(node);
  });
  const buttons = Object.entries(WAYS).map(([way, name]) => {
    const button = make(
      "button",
      {
        type: "button",
        class: "btn btn-icon btn-ghost-secondary",
        "data-way": way,
        disabled: !tree.step(node, way),
        "aria-label": `${words[way]} ${titleOf(node)}`,
        title: words[way],
      },
      icon(name),
    );
    button.addEventListener("click", () => take(node, way));
    return button;
  });
  const grip = make(
    "span",
    { class: "menu-grip", "aria-hidden": "true", title: words.drag },
    icon("grip-vertical"),
  );
  const parts = data.editable
    ? [grip, caret, title, make("span", { class: "menu-ways" }, ...buttons)]
    : [caret, title];
  const found = make(
    "div",
    { class: `menu-line${node.own.hidden ? " is-hidden" : ""}`, draggable: data.editable ? "true" : "false" },
    ...parts,
  );
  if (data.editable) draggable(found, node);
  return found;
}

// Before, behind, or (in the middle of a group) into.
function aim(event, element, node) {
  const { top, height } = element.getBoundingClientRect();
  const part = (event.clientY - top) / height;
  const parent = tree.parentOf(node);
  const at = parent.children.indexOf(node);
  const into = isGroup(node) && part > 0.25 && part < 0.75;
  if (into) return { how: "into", parent: node, index: node.children.length };
  if (part >= 0.5 && isGroup(node) && open.has(node.name) && node.children.length)
    return { how: "into", parent: node, index: 0 };
  return part < 0.5 ? { how: "before", parent, index: at } : { how: "after", parent, index: at + 1 };
}

function draggable(element, node) {
  element.addEventListener("dragstart", (event) => {
    dragged = node;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", titleOf(node));
    element.classList.add("dragging");
  });
  element.addEventListener("dragend", () => {
    dragged = null;
    element.classList.remove("dragging");
  });
  const clear = () => delete element.dataset.drop;
  element.addEventListener("dragover", (event) => {
    if (!dragged || dragged === node) return;
    const { how, parent } = aim(event, element, node);
    if (!tree.fits(dragged, parent)) return clear();
    event.preventDefault();
    element.dataset.drop = how;
  });
  element.addEventListener("dragleave", clear);
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    clear();
    if (!dragged || dragged === node) return;
    const { parent, index } = aim(event, element, node);
    const moved = dragged;
    dragged = null;
    if (!tree.fits(moved, parent)) return;
    tree.move(moved, parent, index);
    if (parent.name) open.add(parent.name);
    draw();
    focusOn(moved);
  });
}

function lines(nodes) {
  return make(
    "ol",
    { class: "menu-lines" },
    ...nodes.map((node) => {
      const item = make("li", { "data-name": node.name }, line(node));
      if (edited === node)
        item.append(
          panel(node, {
            data,
            words,
            urls,
            changed: () => refresh(node),
            restored: () => restore(node),
            removed: () => remove(node),
          }),
        );
      if (isGroup(node) && open.has(node.name))
        item.append(
          node.children.length ? lines(node.children) : make("p", { class: "menu-none" }, words.group_empty),
        );
      return item;
    }),
  );
}

function draw() {
  box.replaceChildren(lines(tree.top.children));
  look();
}

// While its panel is open only the entry's own line is drawn anew, so that the focus stays where it is.
function refresh(node) {
  const old = box.querySelector(`[data-name="${CSS.escape(node.name)}"] > .menu-line`);
  old.replaceWith(line(node));
  look();
}

function look() {
  const chosen = data.roles.find((one) => String(one.id) === role.value) || null;
  editor.querySelector("[data-menu-preview]").replaceChildren(...preview(tree, chosen, words.nothing));
  if (save) save.disabled = !changed();
}

function restore(node) {
  edited = null;
  tree.restore(node);
  if (node.module) open.add(tree.parentOf(node).name);
  draw();
  focusOn(node);
}

async function remove(node) {
  if ((await ask({ text: words.remove_sure.replace("%(label)s", titleOf(node)), tone: "danger" })) === null)
    return;
  edited = null;
  tree.remove(node);
  draw();
}

function add(kind) {
  made += 1;
  const node = {
    name: `${data.new}${made}`,
    kind,
    module: null,
    label: "",
    icon: "",
    own: { label: "", icon: "", url: "", hidden: false, hidden_for: [] },
    untouched: false,
    children: [],
  };
  tree.add(node);
  edited = node;
  if (kind === "group") open.add(node.name);
  draw();
  focusOn(node);
  box.querySelector(".menu-panel input").focus();
}

// Open what the refusal is about.
function blame(name) {
  const node = name && tree.find(name);
  if (!node) return;
  for (let at = tree.parentOf(node); at !== tree.top; at = tree.parentOf(at)) open.add(at.name);
  edited = node;
  draw();
  box.querySelector(".menu-panel input").focus();
}

async function send(url, body, button) {
  button.disabled = true;
  button.classList.add("btn-loading");
  try {
    const answer = await readJson(url, { json: body });
    leaving = true;
    location.assign(answer.url);
  } catch (error) {
    flash(error.message);
    button.disabled = false;
    blame(error.data?.field);
  } finally {
    button.classList.remove("btn-loading");
  }
}

if (data.editable) {
  save.addEventListener("click", () =>
    send(urls.save, { version: data.version, entries: tree.saved() }, save),
  );
  for (const button of document.querySelectorAll("[data-menu-add]"))
    button.addEventListener("click", () => add(button.dataset.menuAdd));
  const reset = document.querySelector("[data-menu-reset]");
  reset.disabled = start === "[]";
  reset.addEventListener("click", async () => {
    if ((await ask({ text: words.reset_sure, tone: "danger" })) !== null)
      send(urls.reset, { version: data.version }, reset);
  });
}
const every = document.querySelector("[data-menu-expand]");
every.addEventListener("click", () => {
  const groups = [...tree.walk()].filter(isGroup);
  const all = groups.every((node) => open.has(node.name));
  for (const node of groups) all ? open.delete(node.name) : open.add(node.name);
  draw();
});
role.addEventListener("change", look);
window.addEventListener("beforeunload", (event) => {
  if (!leaving && changed()) event.preventDefault();
});
draw();
