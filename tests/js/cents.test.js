import assert from "node:assert/strict";
import { test } from "node:test";

import { parse, plain, shown } from "../../app/static/js/cents.js";
import { numbers } from "./numbers.js";

for (const amount of numbers.amounts) {
  test(`“${amount.typed}” is kept as ${amount.kept} and shown as ${amount.shown}`, () => {
    const cents = parse(amount.typed);
    assert.ok(Number.isSafeInteger(cents));
    assert.equal(plain(cents), amount.kept);
    assert.equal(shown(cents), amount.shown);
    assert.equal(parse(amount.shown), cents);
  });
}

for (const text of numbers.not_amounts) {
  test(`“${text}” is no amount`, () => assert.equal(parse(text), null));
}

test("signs of a Chinese keyboard are read", () => assert.equal(parse("１，２３４．５"), 123450));

test("every amount comes back as it was written", () => {
  for (let cents = -12345; cents <= 12345; cents += 1) assert.equal(parse(plain(cents)), cents);
});
