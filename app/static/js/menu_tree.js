// The tree that the menu editor changes: plain nodes { name, kind, children, … }; nothing of the page in it.
export const isGroup = (node) => node.kind === "module" || node.kind === "group";
export const isOwn = (node) => node.kind === "group" || node.kind === "link";

export class MenuTree {
  constructor({ entries, levels, order }) {
    this.top = { name: null, kind: "group", children: entries };
    this.levels = levels;
    this.order = order; // registered names in their default order
  }

  *walk(node = this.top) {
    for (const child of node.children) {
      yield child;
      yield* this.walk(child);
    }
  }

  find(name) {
    for (const node of this.walk()) if (node.name === name) return node;
    return null;
  }

  parentOf(node) {
    if (this.top.children.includes(node)) return this.top;
    for (const other of this.walk()) if (other.children.includes(node)) return other;
    return null;
  }

  levelOf(node) {
    let level = 0;
    for (let at = node; at !== this.top && at; at = this.parentOf(at)) level += 1;
    return level;
  }

  holds(node, other) {
    return node === other || node.children.some((child) => this.holds(child, other));
  }

  // Groups stand on all levels but the last.
  fits(node, parent) {
    if (parent !== this.top && !isGroup(parent)) return false;
    if (this.holds(node, parent)) return false;
    const deep = (one, level) =>
      level <= (isGroup(one) ? this.levels - 1 : this.levels) &&
      one.children.every((child) => deep(child, level + 1));
    return deep(node, this.levelOf(parent) + 1);
  }

  // The order of a list that somebody changed is the office's from then on.
  move(node, parent, index) {
    const from = this.parentOf(node);
    if (from) {
      const was = from.children.indexOf(node);
      from.children.splice(was, 1);
      if (from === parent && was < index) index -= 1;
    }
    parent.children.splice(index, 0, node);
    this.touch(parent);
  }

  touch(parent) {
    for (const child of parent.children) child.untouched = false;
  }

  // What a step in a direction would be: [parent, index], or null where there is none.
  step(node, way) {
    const parent = this.parentOf(node);
    const at = parent.children.indexOf(node);
    if (way === "up") return at > 0 ? [parent, at - 1] : null;
    if (way === "down") return at < parent.children.length - 1 ? [parent, at + 2] : null;
    if (way === "in") {
      const above = parent.children[at - 1];
      return above && this.fits(node, above) ? [above, above.children.length] : null;
    }
    if (parent === this.top) return null;
    const over = this.parentOf(parent);
    return this.fits(node, over) ? [over, over.children.indexOf(parent) + 1] : null;
  }

  add(node) {
    this.top.children.push(node);
    this.touch(this.top);
  }

  // A group's entries take its place.
  remove(node) {
    const parent = this.parentOf(node);
    parent.children.splice(parent.children.indexOf(node), 1, ...node.children);
    this.touch(parent);
  }

  // Back to the module, behind the nearest of those that come before it by default.
  restore(node) {
    const home = node.module ? this.find(node.module) : this.top;
    const parent = this.parentOf(node);
    parent.children.splice(parent.children.indexOf(node), 1);
    const rank = (one) => this.order.indexOf(one.name);
    const ours = home.children.filter((one) => one.module === node.module && rank(one) >= 0);
    const before = ours.filter((one) => rank(one) < rank(node)).sort((a, b) => rank(b) - rank(a))[0];
    const after = ours.filter((one) => rank(one) > rank(node)).sort((a, b) => rank(a) - rank(b))[0];
    const index = before
      ? home.children.indexOf(before) + 1
      : after
        ? home.children.indexOf(after)
        : home.children.length;
    home.children.splice(index, 0, node);
    node.own = { label: "", icon: "", url: "", hidden: false, hidden_for: [] };
    node.untouched = true;
  }

  // What is saved: each entry that the office has a say in.
  saved() {
    return [...this.walk()]
      .filter((node) => !node.untouched)
      .map((node) => ({
        name: node.name,
        kind: node.kind,
        parent: this.parentOf(node).name,
        label: node.own.label.trim() || null,
        icon: node.own.icon || null,
        url: node.kind === "link" ? node.own.url.trim() || null : null,
        hidden: node.own.hidden,
        hidden_for: node.own.hidden_for,
      }));
  }
}
