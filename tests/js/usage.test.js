import assert from "node:assert/strict";
import { test } from "node:test";

import { read, show, unusual, usage } from "../../app/static/js/usage.js";
import { numbers } from "./numbers.js";

// what the server's refusals are called on the page
const WRONG = {
  negative_usage: "below",
  no_rollover: "no_rollover",
  reading_too_long: "too_long",
  too_many_decimals: "decimals",
};

// A row of the page keeps text only.
const row = (dial) => ({ multiplier: "1", loss: "0", ...dial, digits: String(dial.digits) });

for (const { used, ...dial } of numbers.usages) {
  const turned = dial.rollover ? ", rolled over" : "";
  test(`${dial.last} → ${dial.value} × ${dial.multiplier} × (1 + ${dial.loss})${turned} is ${used}`, () => {
    assert.equal(show(usage(row(dial)).used), used);
  });
}

for (const { refusal, ...dial } of numbers.impossible_readings) {
  test(`${dial.last} → ${dial.value} is refused: ${refusal}`, () => {
    assert.deepEqual(usage(row(dial)), { wrong: WRONG[refusal] });
  });
}

for (const one of numbers.unusual) {
  test(`${one.used} after ${one.before.join(" and ") || "nothing"} is ${one.unusual ? "unusual" : "usual"}`, () => {
    assert.equal(unusual(read(one.used), one.before.join(",")), one.unusual);
  });
}

test("what is no number is said to be none", () => {
  for (const text of ["", "abc", "-1", "1e3", "1.2.3"]) {
    assert.deepEqual(usage(row({ last: "0", value: text, digits: 5, rollover: false })), {
      wrong: "not_a_number",
    });
  }
});

test("idle zeros are neither read nor shown", () => {
  assert.equal(read("1.50000000"), 15000n);
  assert.equal(show(15000n), "1.5");
  assert.equal(show(10000n), "1");
});
