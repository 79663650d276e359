// The sum of the notes at a hand-over: exact, and none where a number of pieces is none.
import assert from "node:assert/strict";
import test from "node:test";
import { piecesTotal } from "../../app/static/js/cash_count.js";

test("D8: pieces by note add up in whole 分", () => {
  assert.equal(
    piecesTotal([
      ["100", "3"],
      ["0.5", "1"],
      ["0.1", "7"],
      ["20", ""],
    ]),
    30120,
  );
  assert.equal(piecesTotal([]), 0);
  for (const wrong of ["-1", "1.5", "x", "1234567"]) assert.equal(piecesTotal([["1", wrong]]), null);
});
