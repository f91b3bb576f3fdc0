// What the legal pages have in common: their tabs.

import { h } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { link } from "../lib/route.js";
import { today } from "../lib/dates.js";

/** tabs marks the part of the legal pages that is open. */
export function tabs(open) {
  const year = today().slice(0, 4);
  return h("nav.tabs", { "aria-label": t("legal.title") }, [["proceedings", link("proceedings")], ["annual", link("annual", year)], ["lessons", link("lessons")]].map(([name, href]) =>
    h("a", { href, "aria-current": name === open ? "page" : null }, t(`legal.${name}`))));
}
