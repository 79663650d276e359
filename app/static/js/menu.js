// The left menu and the panel buttons: what is open is remembered on this machine.
const WIDE = matchMedia("(min-width: 992px)");

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // storage may be off; then nothing is remembered
  }
}

const panelOf = (name) => document.getElementById(name === "tree" ? "tree-panel" : name);

function state(button, name) {
  if (WIDE.matches)
    button.setAttribute(
      "aria-expanded",
      String(!document.documentElement.classList.contains(`${name}-closed`)),
    );
  else button.setAttribute("aria-expanded", "false");
}

export function startMenu() {
  for (const button of document.querySelectorAll("[data-panel]")) {
    const name = button.dataset.panel;
    state(button, name);
    button.addEventListener("click", () => {
      if (WIDE.matches) {
        const closed = document.documentElement.classList.toggle(`${name}-closed`);
        // where a page folds a panel by itself, opening it there says nothing of the other pages
        if (document.documentElement.dataset.folded !== name) write(`${name}.closed`, closed ? "1" : "0");
        state(button, name);
        if (!closed) document.dispatchEvent(new CustomEvent("panel:open", { detail: name }));
      } else {
        tabler.Offcanvas.getOrCreateInstance(panelOf(name)).toggle();
        document.dispatchEvent(new CustomEvent("panel:open", { detail: name }));
      }
    });
  }
  const groups = [...document.querySelectorAll(".menu-group")];
  const open = new Set((read("menu.open") || "").split("\n").filter(Boolean));
  for (const group of groups) {
    if (open.has(group.dataset.name)) group.open = true;
    group.addEventListener("toggle", () => {
      const names = groups
        .filter((one) => one.open && !("active" in one.dataset))
        .map((one) => one.dataset.name);
      write("menu.open", names.join("\n"));
    });
  }
  const active = document.querySelector(".menu-item.active");
  if (active && WIDE.matches) active.scrollIntoView({ block: "nearest" });
}
