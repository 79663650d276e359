// What a meter says was used, as the server counts it (app/billing/rules/metering.py): whole numbers, no float between.

const PLACES = 4n; // of readings and multipliers; the loss has six
const UNIT = 10n ** PLACES;

// "１,234.5" → 12345000n, in units of the last of `places` decimals; null for what is no number, "decimals" for too many.
export function read(text, places = PLACES) {
  const plain = String(text)
    .trim()
    .replace(/[\uff10-\uff19\uff0e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[,\uff0c\s]/g, "");
  const found = /^(\d{1,15})(?:\.(\d*))?$/.exec(plain);
  if (!found) return null;
  const decimals = (found[2] || "").replace(/0+$/, "");
  if (decimals.length > Number(places)) return "decimals";
  return BigInt(found[1]) * 10n ** places + BigInt(decimals.padEnd(Number(places), "0"));
}

// 31500n → "3.15"; without idle zeros.
export function show(units) {
  const digits = String(units).padStart(Number(PLACES) + 1, "0");
  const decimals = digits.slice(-Number(PLACES)).replace(/0+$/, "");
  return digits.slice(0, -Number(PLACES)) + (decimals && `.${decimals}`);
}

// (this − last, and a whole turn where it rolled over) × multiplier × (1 + loss), half up: { used } or { wrong: a word }.
export function usage({ last, value, multiplier, loss, digits, rollover }) {
  const now = read(value);
  if (now === null) return { wrong: "not_a_number" };
  if (now === "decimals") return { wrong: "decimals" };
  const turn = 10n ** BigInt(digits) * UNIT;
  if (now >= turn) return { wrong: "too_long" };
  const before = read(last);
  if (now < before && !rollover) return { wrong: "below" };
  if (now >= before && rollover) return { wrong: "no_rollover" };
  const turned = now - before + (rollover ? turn : 0n);
  const product = turned * read(multiplier) * (10n ** 6n + read(loss, 6n));
  const divisor = 10n ** 10n;
  return { used: (2n * product + divisor) / (2n * divisor) };
}

// Beyond ±50 % of the mean of the two before it ("12,14.5"); never where there are not two.
export function unusual(used, before) {
  const two = before ? before.split(",").map((one) => read(one)) : [];
  if (two.length !== 2) return false;
  const both = two[0] + two[1];
  return !(both <= 4n * used && 4n * used <= 3n * both);
}
