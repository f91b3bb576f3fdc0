// Entering an application that came over the counter, by post, fax, e-mail or by word of mouth.

import { h, fill, announce } from "../lib/dom.js";
import { t, choices } from "../lib/texts.js";
import { command } from "../lib/api.js";
import { form } from "../lib/forms.js";
import { applicationFields, adapt } from "../lib/application.js";
import { restore } from "../lib/shell.js";

export function enterPage(opened) {
  const box = h("div.narrow");
  const el = form({
    submit: t("enter.submit"),
    fields: [
      { pointer: "/channel", label: t("case.channel"), type: "select", required: true, value: "in_person", options: choices("channel", ["in_person", "registered_mail", "ordinary_mail", "fax", "email", "oral", "online"]) },
      { pointer: "/arrived_on", label: t("enter.arrived_on"), type: "date", hint: t("act.today_hint") },
      { pointer: "/evidence/note", label: t("enter.evidence"), max: 2000, wide: true, hint: t("enter.evidence_hint") },
      ...applicationFields(),
    ],
    async onSubmit(body) {
      const c = await command("/v1/cases", body);
      fill(box, h("article.receipt.card", {}, h("h1", { tabindex: "-1" }, t("receipt.title")), h("p", {}, t("enter.hand_over")),
        h("dl.slip", {}, [[t("receipt.no"), c.receipt], [t("receipt.code"), c.query_code]].map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, h("strong.code", {}, v))))),
        h("div.buttons.no-print", {}, h("button.button.primary", { type: "button", onclick: () => window.print() }, t("receipt.print")),
          h("button.button", { type: "button", onclick: () => opened(c.id) }, t("enter.open")))));
      box.querySelector("h1").focus();
      announce(t("receipt.announce", { no: c.receipt }));
    },
  });
  el.addEventListener("change", () => adapt(el));
  adapt(el);
  restore(el);
  return fill(box, h("h1", { tabindex: "-1" }, t("desk.enter")), h("p.lead", {}, t("enter.lead")), el);
}
