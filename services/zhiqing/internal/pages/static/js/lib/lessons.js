// What corrected and lost cases teach: shown before a decision and on the legal pages.

import { h, facts } from "./dom.js";
import { t, codeText } from "./texts.js";
import { dateText } from "./dates.js";
import { field } from "./forms.js";
import { decisionText, groundText } from "./law.js";

const reason = (l) => (l.corrected_ground ? codeText("corrected", l.corrected_ground, l.corrected_ground_label) : l.result_label || l.result);
const titleOf = (l) => l.title || l.note?.title || reason(l);

/** lessonLine says in one line what happened and where */
const lessonLine = (l) => [codeText("proceeding", l.proceeding_kind ?? l.kind), l.result_label || l.result, dateText(l.concluded_on), l.own ? t("lessons.own") : l.office_name || l.office].filter(Boolean).join(" · ");

/** lessonCard is one lesson with what went wrong and what to do instead */
export function lessonCard(l, ...more) {
  const matter = l.decision ?? l;
  return h("article.card.record.lesson", {}, h("h3", {}, titleOf(l), l.same_subject ? [" ", h("span.badge.red", {}, t("lessons.same_subject"))] : null),
    h("p.small.soft", {}, lessonLine(l)),
    facts([[t("act.decision_kind"), `${decisionText(matter.kind)} ${groundText(matter.ground)}`], [t("act.subject"), matter.subject], [t("lessons.wrong"), l.what_went_wrong || l.note?.what_went_wrong || l.lesson],
      [t("lessons.summary"), l.summary || l.note?.summary], [t("lessons.advice"), l.advice || l.note?.advice],
      [t("lessons.seen_by"), l.seen_by?.map((s) => `${s.by.name} ${dateText(s.on)}`).join(t("list.comma"))]]), ...more);
}

/** seenField asks the reader to tick each lesson that must be seen; nothing when none must */
export function seenField(items, pointer) {
  const must = items.filter((l) => l.must_see);
  return must.length ? field({ pointer, label: t("lessons.tick"), hint: t("lessons.tick_hint"), type: "checks", options: must.map((l) => [l.id, titleOf(l), lessonLine(l)]) }) : null;
}
