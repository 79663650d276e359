// The desk's search box. What was typed since the last search is the next customer's: no answer that comes in, and no
// printer that is done, clears it, selects it or takes the keys away from it.

export class DeskBox {
  constructor(input) {
    this.input = input;
    this.pending = false; // text that was not searched yet
    input.addEventListener("input", () => {
      this.pending = input.value !== "";
    });
  }

  get text() {
    return this.input.value.trim();
  }

  // The text is being looked for: from here on it may be replaced.
  searched() {
    this.pending = false;
  }

  // Back to the box for the next customer; `keep`: the text stays, selected.
  home({ keep = false } = {}) {
    if (!this.pending && !keep) this.input.value = "";
    this.input.focus();
    if (!this.pending) this.input.select();
  }

  // The same when nobody asked for it: only if the hands are nowhere else.
  settle() {
    const hands = document.activeElement;
    if (!hands || hands === document.body || hands.matches(".print-frame")) this.home({ keep: true });
  }

  // Move the keys to `element` unless somebody types in the box.
  yieldTo(element) {
    if (!this.pending) element?.focus();
  }
}
