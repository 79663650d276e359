// The property tree beside the menu. GET nodes?key=… gives the children of a node (of the top without a key), GET
// nodes?q=… what a search finds: [{"key", "title", "type", "lazy", "path"}]. Choosing a node posts its key to scope.
import { flash, make, readJson, word } from "./net.js";

const ICONS = {
  root: "world",
  company: "building-bank",
  community: "trees",
  building: "building",
  unit: "stairs",
  room: "door",
  lot: "parking",
  loose: "parking",
  space: "car-garage",
  group: "dots",
};
const OPEN = "tree.open";
const MOST = 40;

const remembered = () => {
  try {
    return JSON.parse(localStorage.getItem(OPEN) || "[]");
  } catch {
    return [];
  }
};

function remember(tree) {
  const keys = [];
  tree.visit((node) => {
    if (node.expanded && keys.length < MOST) keys.push(node.key);
  });
  try {
    localStorage.setItem(OPEN, JSON.stringify(keys));
  } catch {
    // storage may be off
  }
}

export async function scope(url, key) {
  try {
    await readJson(url, { form: { key } });
  } catch (error) {
    flash(error.message);
    return;
  }
  // another scope has other pages
  const here = new URL(location.href);
  here.searchParams.delete("page");
  here.hash = "";
  // not reload(): that would send a refused form again, and stay where the old list was scrolled to
  location.replace(here);
}

const nodes = (data, box) =>
  (data.nodes ?? data).map((one) => ({
    key: String(one.key),
    title: one.title,
    tooltip: one.title,
    type: one.type,
    lazy: Boolean(one.lazy),
    icon: `ti ti-${one.icon || ICONS[one.type] || "point"}`,
    classes: String(one.key) === box.dataset.key ? "chosen" : undefined,
  }));

async function script(url) {
  if (window.mar10) return;
  await new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.onload = resolve;
    element.onerror = reject;
    document.head.append(element);
  });
}

const icons = {
  error: "ti ti-alert-triangle",
  loading: "ti ti-loader wb-busy",
  noData: "ti ti-minus",
  expanderExpanded: "ti ti-chevron-down",
  expanderCollapsed: "ti ti-chevron-right",
  expanderLazy: "ti ti-chevron-right",
  folder: "ti ti-folder",
  folderOpen: "ti ti-folder-open",
  folderLazy: "ti ti-folder",
  doc: "ti ti-point",
};

async function show(box) {
  if (box.dataset.started) return;
  box.dataset.started = "1";
  const url = (key) => `${box.dataset.nodes}?key=${encodeURIComponent(key)}`;
  let top;
  try {
    [top] = await Promise.all([readJson(box.dataset.nodes), script(box.dataset.script)]);
  } catch (error) {
    delete box.dataset.started;
    box.replaceChildren(make("p", { class: "tree-failed" }, error.message || word("failed")));
    return;
  }
  if (!nodes(top, box).length) {
    box.replaceChildren(make("p", { class: "tree-failed" }, word("empty_tree")));
    return;
  }
  box.replaceChildren();
  box.classList.add("wunderbaum");
  const tree = new mar10.Wunderbaum({
    element: box,
    source: nodes(top, box),
    iconMap: icons,
    rowHeightPx: 28,
    debugLevel: 0,
    quicksearch: false,
    strings: {
      loadError: word("failed"),
      loading: word("loading"),
      noData: word("none_found"),
      breadcrumbDelimiter: " › ",
      queryResult: "",
      noMatch: word("none_found"),
      matchIndex: "",
    },
    lazyLoad: async (event) => nodes(await readJson(url(event.node.key)), box),
    expand: () => remember(tree),
    click: (event) => {
      if (event.info.region === "expander" || !event.node || event.node.isStatusNode?.()) return undefined;
      // a group is no place: it only opens
      if (event.node.type === "group") {
        event.node.setExpanded(!event.node.expanded);
        return false;
      }
      scope(box.dataset.scope, event.node.key);
      return false;
    },
    keydown: (event) => {
      if (event.event.key === "Enter" && event.node && event.node.type !== "group") {
        scope(box.dataset.scope, event.node.key);
        return false;
      }
      return undefined;
    },
  });
  await tree.ready;
  await reopen(tree, new Set(remembered()));
  const chosen = box.dataset.key && tree.findKey(box.dataset.key);
  if (chosen) {
    chosen.setActive(true, { noEvents: true });
    chosen.scrollIntoView();
  }
}

async function reopen(tree, wanted) {
  let found = true;
  while (found) {
    const closed = [];
    tree.visit((node) => {
      if (wanted.has(node.key) && !node.expanded) closed.push(node);
    });
    found = closed.length > 0;
    for (const node of closed) wanted.delete(node.key);
    await Promise.all(
      closed.map((node) => node.setExpanded(true, { noEvents: true, noAnimation: true }).catch(() => null)),
    );
  }
}

function search(box) {
  const input = document.getElementById("tree-search");
  const list = document.getElementById("tree-found");
  let timer = 0;
  let running = null;
  const close = () => {
    list.hidden = true;
    box.hidden = false;
  };
  const look = async () => {
    running?.abort();
    const text = input.value.trim();
    if (!text) return close();
    running = new AbortController();
    try {
      const data = await readJson(`${box.dataset.nodes}?q=${encodeURIComponent(text)}`, {
        signal: running.signal,
      });
      const found = (data.nodes ?? data).map((one) => {
        const button = make(
          "button",
          { type: "button", role: "option" },
          one.title,
          one.path ? make("small", {}, one.path) : null,
        );
        button.addEventListener("click", () => scope(box.dataset.scope, one.key));
        return button;
      });
      list.replaceChildren(
        ...(found.length ? found : [make("p", { class: "tree-failed" }, word("none_found"))]),
      );
      list.hidden = false;
      box.hidden = true;
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
    return undefined;
  };
  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(look, 200);
  });
  input.addEventListener("compositionend", look);
  const step = (event) => {
    const all = [...list.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") {
      input.value = "";
      close();
      input.focus();
    } else if (event.key === "ArrowDown" && all.length) {
      event.preventDefault();
      all[Math.min(at + 1, all.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (all[at - 1] || input).focus();
    } else if (event.key === "Enter" && event.target === input && all.length === 1) {
      event.preventDefault();
      all[0].click();
    }
  };
  input.addEventListener("keydown", step);
  list.addEventListener("keydown", step);
}

export function startTree() {
  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-scope-key]");
    if (clear) scope(`${document.body.dataset.root}/tree/scope`, clear.dataset.scopeKey);
  });
  const box = document.getElementById("tree");
  if (!box) return;
  search(box);
  // a tree that nobody sees is not asked for
  const visible = () =>
    matchMedia("(min-width: 992px)").matches && !document.documentElement.classList.contains("tree-closed");
  if (visible()) show(box);
  document.addEventListener("panel:open", (event) => event.detail === "tree" && show(box));
}
