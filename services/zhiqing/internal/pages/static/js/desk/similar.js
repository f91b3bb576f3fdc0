// What was asked before in the same or similar words, and cues of a petition. A hint, never a decision.

import { h } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { link } from "../lib/route.js";
import { dateText } from "../lib/dates.js";

/** the card beside a case; null when there is nothing to tell */
export function similarCard(s) {
  if (!s || (!s.items.length && !s.petition.signal)) return null;
  return h("section.card", { "aria-labelledby": "similar" }, h("h2", { id: "similar" }, t("similar.title")),
    s.signal_text ? h("p", {}, s.signal_text) : null,
    s.items.length ? h("ul", {}, s.items.slice(0, 10).map(line)) : null,
    s.petition.signal ? [h("p", {}, s.petition.text), h("ul", {}, s.petition.cues.map((k) => h("li", {}, `${k.label} (${k.weight})`)))] : null);
}

const line = (k) => h("li", {},
  h("a", { href: link("case", k.case_id) }, k.register_no || dateText(k.received_on)), ` ${dateText(k.received_on)} ${k.verdict_label} ${k.similarity_percent}%`,
  k.same_applicant ? ` ${t("similar.same_applicant")}` : "", k.differs_in.length ? ` (${k.differs_in.map((x) => x.label).join(t("list.comma"))})` : "",
  k.reply ? ` → ${k.reply.kind ?? ""} ${k.reply.row_label ?? ""} ${dateText(k.reply.decided_on)}` : "");
