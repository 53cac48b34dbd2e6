import assert from "node:assert/strict";
import { test } from "node:test";

import { gross } from "../src/price.js";

test("tax is added", () => {
  assert.equal(gross(1000, 20), 1200);
});

test("half a cent is rounded up", () => {
  assert.equal(gross(50, 1), 51);
  assert.equal(gross(49, 1), 49);
});

test("what is no price is refused", () => {
  assert.throws(() => gross(10.5, 20), RangeError);
  assert.throws(() => gross(-1, 20), RangeError);
  assert.throws(() => gross(100, 101), RangeError);
});
