// What went wrong, in plain words with the rule behind it.

import { h } from "./dom.js";
import { t } from "./texts.js";
import { ruleText } from "./rules.js";

/** problemBox shows a Problem; fields that stand at no input are listed. */
export function problemBox(problem, fields = problem.fields) {
  return h("div.note.bad", {},
    h("strong", {}, problem.title),
    problem.detail && problem.detail !== problem.title ? h("p", {}, problem.detail) : null,
    problem.rule ? h("p.small", {}, t("rule.label"), ruleText(problem.rule)) : null,
    fields.length ? h("ul", {}, fields.map((f) => h("li", {}, f.detail || f.code, f.pointer ? h("small.soft", {}, ` ${f.pointer}`) : null))) : null,
    problem.status >= 500 && problem.instance ? h("p.small.soft", {}, t("problem.instance", { id: problem.instance })) : null);
}
