// The matrix of rights: a click on a document's name or on a column's heading ticks the whole line or column; when all
// of it is ticked already, it clears it.
function boxes(table, place) {
  if (place.scope === "row") return [...place.parentElement.querySelectorAll("input[type=checkbox]")];
  return [...table.querySelectorAll(`tbody tr > :nth-child(${place.cellIndex + 1}) input[type=checkbox]`)];
}

for (const table of document.querySelectorAll("table[data-matrix]")) {
  for (const heading of table.querySelectorAll("th[scope]")) {
    if (heading.scope === "col" && heading.cellIndex === 0) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-link p-0 text-reset fw-inherit";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const its = boxes(table, heading);
      const on = its.some((box) => !box.checked);
      for (const box of its) box.checked = on;
    });
  }
}
