// Money in whole 分: text in, text out, no float between.

// "1,234.5" → 123450; full-width digits too; null for what is not an amount. A safe integer holds twelve digits of 元.
export function parse(text) {
  const plain = String(text)
    .trim()
    .replace(/[\uff10-\uff19\uff0e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[,\uff0c\s]/g, "");
  const found = /^(-?)(\d{1,12})(?:\.(\d{0,2}))?$/.exec(plain);
  if (!found) return null;
  const cents = Number(found[2]) * 100 + Number((found[3] || "").padEnd(2, "0"));
  return found[1] ? -cents : cents;
}

// 123450 → "1234.50", as the server reads it.
export function plain(cents) {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

// 123450 → "1,234.50", as a person reads it.
export const shown = (cents) => plain(cents).replace(/\B(?=(\d{3})+\.)/g, ",");
