// The table of numbers that the Python tests read too (tests/unit/test_shared_numbers.py).
import { readFileSync } from "node:fs";

export const numbers = JSON.parse(readFileSync(new URL("../data/numbers.json", import.meta.url), "utf-8"));
