// 清点现金 of a hand-over: pieces by note make the sum, and the sum says what is over or short of the papers.
import { parse, plain, shown } from "./cents.js";

// The sum of [[note in 元, pieces]] in whole 分; null where a number of pieces is none.
export function piecesTotal(lines) {
  let total = 0;
  for (const [note, pieces] of lines) {
    const text = pieces.trim();
    if (text && !/^\d{1,6}$/.test(text)) return null;
    total += parse(note) * Number(text || 0);
  }
  return total;
}

function start(form) {
  const counted = form.elements.namedItem("counted");
  if (!counted) return;
  const notes = [...form.querySelectorAll("[data-note]")];
  const output = form.querySelector("[data-difference]");
  const word = form.querySelector("[data-word]");
  const follow = () => {
    const sum = parse(counted.value);
    const difference = sum === null ? null : sum - parse(form.dataset.cash);
    output.textContent = difference === null ? "—" : shown(Math.abs(difference));
    word.textContent = !difference
      ? word.dataset.word
      : difference > 0
        ? word.dataset.over
        : word.dataset.short;
    form.elements.namedItem("reason").required = Boolean(difference);
  };
  for (const input of notes)
    input.addEventListener("input", () => {
      const total = piecesTotal(notes.map((note) => [note.dataset.note, note.value]));
      if (total !== null) counted.value = notes.some((note) => note.value.trim()) ? plain(total) : "";
      follow();
    });
  counted.addEventListener("input", follow);
  follow();
}

if (typeof document !== "undefined") for (const form of document.querySelectorAll(".count-form")) start(form);
