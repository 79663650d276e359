// The matrix of rights. A press on a document's name, a column's heading or a module's button ticks all of it, or clears
// it when all is ticked already; arrows go from box to box; the filter hides lines, and what is hidden keeps its ticks.
const tables = [...document.querySelectorAll("table[data-matrix]")];
const filter = document.querySelector("[data-matrix-filter]");
const onlyTicked = document.querySelector("[data-matrix-ticked]");
const counter = document.querySelector("[data-matrix-count]");

const boxesIn = (element) => [...element.querySelectorAll("input[name=rights]:not(:disabled)")];
const shown = (box) => !box.closest("tr").hidden;

function turn(boxes) {
  const its = boxes.filter(shown);
  const on = its.some((box) => !box.checked);
  for (const box of its) box.checked = on;
  for (const row of new Set(its.map((box) => box.closest("tr")))) seeWhatIsWritten(row);
  count();
}

// Nobody writes what they may not see: 新增, 修改 and 删除 tick 查看, which cannot be cleared while one of them is on.
const WRITING = ["add", "edit", "delete"];

function seeWhatIsWritten(row) {
  const box = (verb) => boxesIn(row).find((one) => one.value.endsWith(`.${verb}`));
  const read = box("read");
  if (read && WRITING.some((verb) => box(verb)?.checked)) read.checked = true;
}

function count() {
  let all = 0;
  for (const module of document.querySelectorAll("[data-matrix-module]")) {
    const boxes = [...module.querySelectorAll("input[name=rights]")];
    const ticked = boxes.filter((box) => box.checked).length;
    module.querySelector("[data-matrix-sum]").textContent = `${ticked} / ${boxes.length}`;
    all += ticked;
  }
  counter.textContent = counter.dataset.matrixCount.replace("%(count)s", all);
}

// A line fits by its document, by one of its actions, or by its module.
function narrow() {
  const text = filter.value.trim().toLowerCase();
  let any = false;
  for (const module of document.querySelectorAll("[data-matrix-module]")) {
    const whole = module.querySelector("h2").textContent.toLowerCase().includes(text);
    let some = false;
    for (const row of module.querySelectorAll("tbody tr")) {
      const labels = [...row.querySelectorAll("input[name=rights]")].map((box) =>
        box.getAttribute("aria-label").toLowerCase(),
      );
      const fits = whole || labels.some((label) => label.includes(text));
      row.hidden = !fits || (onlyTicked.checked && !row.querySelector("input[name=rights]:checked"));
      some ||= !row.hidden;
    }
    module.hidden = !some;
    any ||= some;
  }
  document.querySelector("[data-matrix-none]").hidden = any;
}

// Where an arrow leads: the nearest box or heading in that direction that can have the focus.
function neighbour(table, at, key) {
  const rows = [...table.rows].filter((row) => !row.hidden);
  const stops = (row) => [...row.querySelectorAll("button, input[name=rights]:not(:disabled)")];
  const row = at.closest("tr");
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const its = stops(row);
    return its[its.indexOf(at) + (key === "ArrowLeft" ? -1 : 1)];
  }
  const column = at.closest("td, th").cellIndex;
  const step = key === "ArrowUp" ? -1 : 1;
  for (let place = rows.indexOf(row) + step; rows[place]; place += step) {
    const found = stops(rows[place]).find((stop) => stop.closest("td, th").cellIndex === column);
    if (found) return found;
  }
  return null;
}

for (const table of tables) {
  for (const heading of table.querySelectorAll("th[scope]")) {
    if (heading.scope === "col" && heading.cellIndex === 0) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-link p-0";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const cells =
        heading.scope === "row"
          ? [heading.parentElement]
          : [...table.querySelectorAll(`tbody tr > :nth-child(${heading.cellIndex + 1})`)];
      turn(cells.flatMap(boxesIn));
    });
  }
  table.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow") || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = neighbour(table, event.target, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
}
for (const button of document.querySelectorAll("[data-matrix-all]")) {
  button.addEventListener("click", () => turn(boxesIn(button.closest("[data-matrix-module]"))));
}
document.addEventListener("change", (event) => {
  if (event.target.name !== "rights") return;
  seeWhatIsWritten(event.target.closest("tr"));
  count();
});
filter.addEventListener("input", narrow);
filter.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.ctrlKey) event.preventDefault(); // it would send the form
});
onlyTicked.addEventListener("change", narrow);
count();
