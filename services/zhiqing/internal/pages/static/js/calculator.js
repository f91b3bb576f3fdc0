// The deadline calculator and the fee calculator. Nothing typed here is stored.

import { $, h, fill, announce, table } from "./lib/dom.js";
import { t, lang, choices } from "./lib/texts.js";
import { call } from "./lib/api.js";
import { form, part, repeat } from "./lib/forms.js";
import { restore } from "./lib/shell.js";
import { today, dateText } from "./lib/dates.js";
import { ruleText } from "./lib/rules.js";
import { explanation, dueBig, clockCard } from "./lib/clocks.js";
import { months } from "./lib/month.js";

const post = async (path, body) => (await call("POST", path, { body })).data;

/* ---- deadlines ---- */

const result = $("deadline-result");

const deadlineForm = form({
  submit: t("calc.go"),
  fields: [
    { pointer: "/received_on", label: t("calc.received_on"), type: "date", required: true, hint: t("calc.received_hint"), value: today() },
    { pointer: "/extension_wd", label: t("calc.extension"), type: "int", min: 1, max: 20, hint: t("calc.extension_hint") },
    part(t("calc.correction"), t("calc.correction_hint"), [
      { pointer: "/correction/noticed_on", label: t("calc.noticed_on"), type: "date", required: true },
      { pointer: "/correction/received_on", label: t("calc.corrected_on"), type: "date", hint: t("calc.open_hint") }]),
    part(t("calc.feepart"), t("calc.feepart_hint"), [
      { pointer: "/fee/noticed_on", label: t("calc.fee_noticed_on"), type: "date", required: true },
      { pointer: "/fee/notice_received_on", label: t("calc.fee_received_on"), type: "date" },
      { pointer: "/fee/paid_on", label: t("calc.paid_on"), type: "date", hint: t("calc.open_hint") }]),
    h("div.part", { "data-wide": true }, h("h2", {}, t("calc.consultations")), h("p.hint", {}, t("calc.consultations_hint")),
      repeat({ pointer: "/consultations", add: t("calc.add_consultation"), each: "calc.consultation_n", fields: [
        { pointer: "/kind", label: t("calc.kind"), type: "select", options: choices("consultation", ["third_party", "joint_agency", "other_agency"]), value: "third_party", required: true },
        { pointer: "/sent_on", label: t("calc.sent_on"), type: "date", required: true },
        { pointer: "/consultee_received_on", label: t("calc.consultee_received_on"), type: "date" },
        { pointer: "/answered_on", label: t("calc.answered_on"), type: "date", hint: t("calc.answered_hint") }] })),
  ],
  async onSubmit(body) {
    // Day by day where there is a reply clock to count; without one the answer stands alone.
    const answer = await post("/v1/deadlines/calculate?days=reply", body).catch((problem) => {
      if (!problem.fields?.some((f) => f.pointer === "days")) throw problem;
      return post("/v1/deadlines/calculate", body);
    });
    showDeadline(answer);
    announce(answer.reply_due ? t("calc.announce", { date: dateText(answer.reply_due) }) : t("calc.no_due"));
    result.scrollIntoView({ block: "start" });
  },
});

function showDeadline(a) {
  const others = (a.clocks ?? []).filter((c) => c.kind !== "reply");
  fill(result,
    a.reply_due ? dueBig(t("calc.reply_due"), a.reply_due, a.provisional) : h("div.due-box", {}, h("p.due-label", {}, t("calc.reply_due")), h("p.due-date", {}, t("calc.no_due"))),
    a.pending_consultation ? h("p.note", {}, t("clock.pending_consultation")) : null,
    (a.findings ?? []).map((f) => h("p.note.warn", {}, f.detail, f.rule ? h("span.rule", {}, ruleText(f.rule)) : null)),
    h("h2", {}, t("calc.why")), explanation(a.explanation), months(a),
    others.length ? [h("h2", {}, t("calc.other_clocks")), others.map((c) => clockCard(c, { live: false }))] : null);
}

fill($("deadline-form"), deadlineForm);

/* ---- fee ---- */

const feeResult = $("fee-result");
const methods = h("div.tabs", { role: "tablist", "aria-label": t("fee.method") });
const feePanel = h("div", { role: "tabpanel", id: "fee-panel" });
const feeFields = {
  per_item: [
    { pointer: "/already_counted", label: t("fee.already"), type: "int", min: 0, hint: t("fee.already_hint"), value: "0", required: true },
    { pointer: "/items", label: t("fee.items"), type: "int", min: 1, hint: t("fee.items_hint"), value: "1", required: true }],
  per_page: [{ pointer: "/pages", label: t("fee.pages"), type: "int", min: 1, hint: t("fee.pages_hint"), required: true }],
};

function showFeeForm(method) {
  for (const tab of methods.children) {
    tab.setAttribute("aria-selected", String(tab.dataset.method === method));
    tab.tabIndex = tab.dataset.method === method ? 0 : -1;
  }
  feePanel.setAttribute("aria-labelledby", `fee-${method}`);
  fill(feeResult, h("p.soft", {}, t("calc.empty")));
  fill(feePanel, form({ fields: feeFields[method], submit: t("calc.go"), onSubmit: async (body) => showFee(await post("/v1/fees/calculate", { method, ...body })) }));
}

for (const method of ["per_item", "per_page"]) {
  methods.append(h("button", { type: "button", role: "tab", id: `fee-${method}`, "data-method": method, "aria-controls": "fee-panel", onclick: () => showFeeForm(method),
    onkeydown: (e) => {
      if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
      const other = method === "per_item" ? "per_page" : "per_item";
      showFeeForm(other);
      $(`fee-${other}`).focus();
    } }, t(`fee.${method}`)));
}

const yuan = (n) => t("fee.yuan", { n: n.toLocaleString(lang === "en" ? "en-GB" : "zh-CN") });

function showFee(q) {
  fill(feeResult,
    h("div.due-box", {}, h("p.due-label", {}, t("fee.amount")), h("p.due-date", {}, yuan(q.amount_yuan))),
    q.lines?.length ? table(t("fee.lines"), [t("fee.tier"), t("fee.price"), t("fee.quantity"), t("fee.sum")], q.lines.map((l) =>
      h("tr", {}, h("th", { scope: "row" }, l.from === l.to ? String(l.from) : `${l.from} – ${l.to}`),
        h("td.num", {}, yuan(l.unit_price_yuan)), h("td.num", {}, String(l.quantity)), h("td.num", {}, yuan(l.amount_yuan)))), "grid.money") : h("p", {}, t("fee.free")),
    q.tariff ? h("p.small.soft", {}, t("rule.label"), ruleText(q.tariff)) : null,
    h("p.small.soft", {}, t("fee.caution")));
  announce(`${t("fee.amount")} ${yuan(q.amount_yuan)}`);
}

fill($("fee-form"), methods, feePanel);
showFeeForm("per_item");
restore(deadlineForm);
if (location.hash) $(location.hash.slice(1))?.scrollIntoView();
