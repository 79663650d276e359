// The tenders: the first line takes what the others leave, so that the lines always make up the amount.
import { parse, plain } from "./cents.js";

const LAST = "desk.tender"; // of this browser: a desk that takes mostly 微信 begins with it

const remembered = () => {
  try {
    return localStorage.getItem(LAST);
  } catch {
    return null; // storage may be off
  }
};

export class Tenders {
  constructor({ box, template, more, changed }) {
    Object.assign(this, { box, template, changed, button: more });
    more.addEventListener("click", () => this.add({ focus: true }));
  }

  get lines() {
    return [...this.box.children];
  }

  reset() {
    this.box.replaceChildren();
    this.add({ focus: false });
    const last = [...this.first().options].findIndex((option) => option.value === remembered());
    if (last >= 0) this.choose(last);
  }

  // The next payment at this desk begins with the method of this one.
  remember() {
    try {
      localStorage.setItem(LAST, this.first().value);
    } catch {
      // storage may be off
    }
  }

  // The method at `place` for the line where `near` is, else the first; a line that has it already takes the old one.
  choose(place, near = null) {
    const line = this.lines.find((each) => each.contains(near)) || this.lines[0];
    const select = line.querySelector("select");
    const value = select.options[place]?.value;
    if (!value || value === select.value) return;
    const other = this.lines.find((each) => each !== line && each.querySelector("select").value === value);
    if (other) other.querySelector("select").value = select.value;
    select.value = value;
    this.changed();
  }

  first() {
    return this.lines[0].querySelector("select");
  }

  add({ focus }) {
    const line = this.template.content.firstElementChild.cloneNode(true);
    const [select, input, drop] = line.children;
    const used = new Set(this.lines.map((one) => one.querySelector("select").value));
    const free = [...select.options].find((option) => !used.has(option.value));
    if (!free) return;
    select.value = free.value;
    this.box.append(line);
    select.addEventListener("change", this.changed);
    input.addEventListener("input", this.changed);
    input.addEventListener("focus", () => input.select());
    drop.addEventListener("click", () => {
      line.remove();
      this.changed();
      this.first().focus();
    });
    this.changed();
    if (focus) select.focus();
  }

  // Give the first line what the others leave of `amount`; each way stands once.
  fit(amount) {
    const lines = this.lines;
    if (!lines.length) return;
    const others = lines.slice(1).reduce((total, line) => total + (parse(line.children[1].value) ?? 0), 0);
    const used = lines.map((line) => line.querySelector("select").value);
    lines.forEach((line, index) => {
      const [select, input, drop] = line.children;
      input.readOnly = index === 0;
      input.tabIndex = index === 0 ? -1 : 0;
      input.hidden = lines.length === 1;
      drop.hidden = index === 0;
      for (const option of select.options)
        option.disabled = option.value !== select.value && used.includes(option.value);
    });
    lines[0].children[1].value = plain(amount - others);
    this.button.hidden = lines.length >= lines[0].querySelector("select").options.length;
  }

  // What stands beside a way of paying; null when it is not used.
  amountOf(tender) {
    const line = this.lines.find((one) => one.querySelector("select").value === tender);
    return line ? (parse(line.children[1].value) ?? 0) : null;
  }

  // [sentence, field] of the first trouble, or null.
  wrong(words) {
    const lines = this.lines;
    for (const line of lines.slice(1)) {
      const value = parse(line.children[1].value);
      if (value === null || value <= 0) return [words.zero, line.children[1]];
    }
    const left = parse(lines[0].children[1].value);
    if (left === null || left < 0) return [words.tenders, lines.at(-1).children[1]];
    if (left === 0) return [words.zero, lines.at(-1).children[1]];
    return null;
  }

  list() {
    return this.lines.map((line) => ({
      tender: line.querySelector("select").value,
      amount: plain(parse(line.children[1].value)),
    }));
  }
}
