// A board: a card dropped on a column does what leads there, as its menu would; the menu is there for keys and touch.
const ways = (card, state) =>
  [...card.querySelectorAll("button[data-to]")].filter((one) => one.dataset.to === state);

function start(board) {
  let dragged = null;
  const mark = (card) => {
    for (const column of board.querySelectorAll("[data-state]")) {
      const own = card?.closest("[data-state]") === column;
      column.classList.toggle(
        "is-open",
        Boolean(card) && !own && ways(card, column.dataset.state).length > 0,
      );
      column.classList.remove("is-over");
    }
  };
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[draggable=true]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.key);
    dragged.classList.add("is-dragged");
    mark(dragged);
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    mark(null);
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest("[data-state].is-open");
    if (!dragged || !column) return;
    event.preventDefault();
    for (const other of board.querySelectorAll(".is-over"))
      if (other !== column) other.classList.remove("is-over");
    column.classList.add("is-over");
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest("[data-state].is-open");
    if (!dragged || !column) return;
    event.preventDefault();
    const card = dragged;
    const found = ways(card, column.dataset.state);
    // one way there: go it; several: the person chooses in the card's menu
    if (found.length === 1) found[0].click();
    else {
      tabler.Dropdown.getOrCreateInstance(card.querySelector(".row-menu")).show();
      found[0].focus();
    }
  });
}

export function startBoards() {
  document.querySelectorAll("[data-board]").forEach(start);
}
