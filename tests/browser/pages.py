"""What must hold on every page: looked at in the browser, by script, at once."""

LOOK = r"""
({latin, old}) => {
  const found = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  // What a browser says of itself is no language.
  const said = [...document.querySelectorAll("[translate=no]")].map((element) => element.innerText);
  const written = said.reduce((text, words) => text.replaceAll(words, ""), document.body.innerText);
  const texts = [document.title, written];
  for (const element of document.querySelectorAll("[placeholder], [title], [aria-label], [alt]"))
    for (const name of ["placeholder", "title", "aria-label", "alt"]) texts.push(element.getAttribute(name) || "");
  const words = new Set(texts.join("\n").match(/[A-Za-z]{2,}/g) || []);
  for (const word of words) if (!latin.includes(word.toLowerCase())) found.push(`Latin word: ${word}`);
  const classes = new Set([...document.querySelectorAll("[class]")].flatMap((element) => [...element.classList]));
  for (const name of classes) if (new RegExp(old).test(name)) found.push(`Bootstrap 3 class: ${name}`);
  for (const entry of performance.getEntriesByType("resource"))
    if (/\/static\/appbuilder\/|jquery|select2/.test(entry.name)) found.push(`file: ${entry.name}`);
  const named = (element) => (element.labels && element.labels.length) || element.getAttribute("aria-label") ||
    element.getAttribute("aria-labelledby") || element.title;
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (seen(field) && !named(field) && !field.closest(".ts-wrapper, .tomselected")) found.push(`no label: ${field.outerHTML.slice(0, 90)}`);
  for (const button of document.querySelectorAll("a[href], button"))
    if (seen(button) && !button.textContent.trim() && !named(button)) found.push(`no name: ${button.outerHTML.slice(0, 90)}`);
  const heads = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(seen).map((h) => Number(h.tagName[1]));
  if (heads.filter((level) => level === 1).length !== 1) found.push(`h1: ${heads}`);
  heads.forEach((level, at) => { if (at && level > heads[at - 1] + 1) found.push(`heading skipped: ${heads}`); });
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) found.push(`id twice: ${id}`);
  return found;
}
"""

SIDEWAYS = """() => {
  const wide = document.scrollingElement.scrollWidth;
  return wide <= innerWidth ? [] : [`sideways at ${innerWidth}: ${wide}`];
}"""

BOOTSTRAP_3 = (
    r"^(glyphicon|panel(-.+)?|btn-default|btn-xs|col-xs-.+|col-(sm|md|lg)-offset-.+|label-default|label-primary|well"
    r"|navbar-(default|inverse|toggle)|img-responsive|input-group-(addon|btn)|help-block|has-error|control-label"
    r"|form-horizontal|pull-(left|right)|hidden-(xs|sm)|visible-(xs|sm)|select2.*|table-condensed)$"
)
