import assert from "node:assert/strict";
import { test } from "node:test";

import { parse } from "../../app/static/js/cents.js";
import { rounded } from "../../app/static/js/desk_rounding.js";
import { numbers } from "./numbers.js";

for (const { way, total, collected } of numbers.roundings) {
  test(`${total} is collected as ${collected} (${way ?? "nothing let go"})`, () => {
    // beyond what the desk lets anybody type, the figures are still exact
    const cents = (text) => parse(text) ?? Number(text.replace(".", ""));
    assert.equal(rounded(cents(total), way ?? ""), cents(collected));
  });
}

test("nothing is rounded where nothing is paid, or back", () => {
  assert.equal(rounded(0, "half_up_jiao"), 0);
  assert.equal(rounded(-7, "half_up_jiao"), -7);
});
