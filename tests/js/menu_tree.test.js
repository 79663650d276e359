import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { MenuTree } from "../../app/static/js/menu_tree.js";

const own = () => ({ label: "", icon: "", url: "", hidden: false, hidden_for: [] });
const node = (name, kind, module = null, children = []) => ({
  name,
  kind,
  module,
  children,
  own: own(),
  untouched: true,
});

let tree;

beforeEach(() => {
  const money = ["desk", "receipts", "refunds"].map((name) => node(name, "page", "money"));
  tree = new MenuTree({
    entries: [
      node("money", "module", null, money),
      node("work", "module", null, [node("repairs", "page", "work")]),
    ],
    levels: 3,
    order: ["money", "desk", "receipts", "refunds", "work", "repairs"],
  });
});

const names = (parent) => (parent ? tree.find(parent) : tree.top).children.map((child) => child.name);

test("nobody has a say in a menu that nobody has changed", () => assert.deepEqual(tree.saved(), []));

test("a step up changes places, and the list is the office's from then on", () => {
  const receipts = tree.find("receipts");
  tree.move(receipts, ...tree.step(receipts, "up"));
  assert.deepEqual(names("money"), ["receipts", "desk", "refunds"]);
  assert.deepEqual(
    tree.saved().map((one) => one.name),
    ["receipts", "desk", "refunds"],
  );
});

test("a step down passes one neighbour", () => {
  const desk = tree.find("desk");
  tree.move(desk, ...tree.step(desk, "down"));
  assert.deepEqual(names("money"), ["receipts", "desk", "refunds"]);
});

test("there is no step beyond the ends", () => {
  assert.equal(tree.step(tree.find("desk"), "up"), null);
  assert.equal(tree.step(tree.find("refunds"), "down"), null);
  assert.equal(tree.step(tree.find("money"), "out"), null);
  assert.equal(tree.step(tree.find("desk"), "in"), null);
});

test("a module goes into the one above it, and out again behind it", () => {
  const work = tree.find("work");
  tree.move(work, ...tree.step(work, "in"));
  assert.deepEqual(names("money"), ["desk", "receipts", "refunds", "work"]);
  assert.equal(tree.levelOf(tree.find("repairs")), 3);
  tree.move(work, ...tree.step(work, "out"));
  assert.deepEqual(names(), ["money", "work"]);
});

test("a group stands on no last level, a page holds nothing, nothing holds itself", () => {
  const [money, work] = [tree.find("money"), tree.find("work")];
  tree.move(work, money, 0);
  tree.add(node("own", "group"));
  assert.equal(tree.fits(tree.find("own"), work), false);
  assert.equal(tree.fits(tree.find("desk"), tree.find("receipts")), false);
  assert.equal(tree.fits(money, work), false);
});

test("the entries of a group that goes take its place", () => {
  tree.remove(tree.find("money"));
  assert.deepEqual(names(), ["desk", "receipts", "refunds", "work"]);
});

test("an entry that is restored stands behind the one that comes before it by default", () => {
  const receipts = tree.find("receipts");
  tree.move(receipts, tree.find("work"), 0);
  receipts.own.label = "收条";
  tree.restore(receipts);
  assert.deepEqual(names("money"), ["desk", "receipts", "refunds"]);
  assert.equal(receipts.untouched, true);
  assert.equal(receipts.own.label, "");
});

test("what is saved is trimmed, and empty is nothing", () => {
  const link = { ...node("link", "link"), own: { ...own(), label: " 官网 ", url: " https://example.com " } };
  tree.add(link);
  const [saved] = tree.saved().filter((one) => one.name === "link");
  assert.deepEqual(saved, {
    name: "link",
    kind: "link",
    parent: null,
    label: "官网",
    icon: null,
    url: "https://example.com",
    hidden: false,
    hidden_for: [],
  });
});
