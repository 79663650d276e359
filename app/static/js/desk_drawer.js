// What lies in this cashier's drawer: taken and not handed over, by method.
import { parse, shown } from "./cents.js";
import { readJson } from "./net.js";

// Read the drawer and say it in `box`, whose first element takes the text; an empty drawer is not shown.
export async function showDrawer(box, words) {
  try {
    const drawer = await readJson(box.dataset.url);
    const amount = (text) => shown(parse(text) ?? 0);
    const parts = drawer.tenders.map((one) => `${one.label} ${amount(one.amount)}`);
    box.hidden = !drawer.papers;
    box.firstElementChild.textContent = words.drawer
      .replace("%(tenders)s", parts.join(" · ") || amount(drawer.total))
      .replace("%(total)s", amount(drawer.total))
      .replace("%(today)s", amount(drawer.today))
      .replace("%(papers)s", drawer.papers)
      .replace("%(since)s", drawer.since);
  } catch {
    // the desk takes money without it too
    box.hidden = true;
  }
}
