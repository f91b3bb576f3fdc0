// The information processing fee of a case: finding of excess, preview, notice, payment, lapse.

import { h, fill, facts } from "../lib/dom.js";
import { t, lang } from "../lib/texts.js";
import { call, Problem } from "../lib/api.js";
import { dateText } from "../lib/dates.js";
import { read } from "../lib/forms.js";
import { ruleText } from "../lib/rules.js";
import { problemBox } from "../lib/problems.js";
import { provisionalBadge } from "../lib/clocks.js";

export const yuan = (n) => (n === undefined || n === null ? "" : t("fee.yuan", { n: n.toLocaleString(lang === "en" ? "en-GB" : "zh-CN") }));
const date = (name, label) => ({ pointer: `/${name}`, label: t(label), type: "date", hint: t("act.today_hint") });
const reason = (pointer, label) => ({ pointer, label: t(label), type: "textarea", rows: 3, max: 2000, required: true });

/** feeActions are the fee commands that can be taken on the case now. */
export function feeActions(c, notices, usage, can) {
  const list = [];
  const add = (id, url, fields, more) => list.push({ id, url, fields, text: t(`act.${id}`), rule: t(`act.${id}_rule`), ...more });
  const open = notices.find((n) => n.state === "issued");
  const finding = usage?.finding;
  if (can("handle_fees") && c.register_no && !c.decision && c.status !== "closed" && !open) {
    const body = (b) => ({ case_id: c.id, ...b });
    if (!finding) add("fee-finding", "/v1/fees/findings", () => [usageNote(usage), reason("/grounds", "act.fee_grounds"), date("found_on", "act.found_on")], { more: true, shape: body });
    add("fee-notice", "/v1/fees/notices", () => noticeFields(c), { more: true, shape: body });
  }
  if (finding?.state === "recorded" && can("approve_cases")) {
    add("fee-approval", `/v1/fees/findings/${encodeURIComponent(finding.id)}/approval`, () => [h("p.note", { "data-wide": true }, finding.grounds),
      { pointer: "/approved", label: t("act.verdict"), type: "radio", boolean: true, required: true, value: "true", options: [["true", t("act.approve")], ["false", t("act.refuse")]] },
      date("decided_on", "act.approved_on"), { pointer: "/note", label: t("act.note"), max: 2000, wide: true }]);
  }
  if (!open) return list;
  const url = (step) => `/v1/fees/notices/${encodeURIComponent(open.id)}/${step}`;
  if (can("handle_fees") && !open.notice_received_on) add("fee-delivery", url("delivery"), () => [date("received_on", "calc.fee_received_on"), { pointer: "/evidence", label: t("act.proof"), max: 2000 }]);
  if (can("collect_fees")) {
    add("fee-payment", url("payment"), () => [date("paid_on", "calc.paid_on"), { pointer: "/amount_yuan", label: t("act.paid_yuan"), type: "int", min: 1, value: String(open.amount_yuan), required: true },
      { pointer: "/receipt_no", label: t("act.fiscal_receipt"), required: true, max: 100 }]);
    add("fee-lapse", url("lapse"), () => [date("lapsed_on", "act.lapsed_on")]);
    add("fee-cancellation", url("cancellation"), () => [date("cancelled_on", "act.cancelled_on"), { pointer: "/waived", label: t("act.waived"), type: "checkbox" }, reason("/reason", "act.reason")], { more: true });
  }
  return list;
}

const usageNote = (u) => (u ? h("p.note", { "data-wide": true }, t("case.usage", { month: u.month, n: u.items, total: yuan(u.month_total_yuan) }), u.signal_text ? ` ${u.signal_text}` : "") : null);

/** the notice, with what each tariff would come to and what stands in the way */
function noticeFields(c) {
  const out = h("div", { "data-wide": true, "aria-live": "polite" });
  const preview = async (event) => {
    const { items, pages } = read(event.currentTarget.form);
    try {
      const { data: p } = await call("POST", "/v1/fees/preview", { body: { case_id: c.id, items, pages } });
      fill(out, h("div.note", {}, facts([[t("case.counted"), `${p.already_counted} + ${p.items}`], [t("fee.per_item"), yuan(p.per_item?.amount_yuan)], [t("fee.per_page"), yuan(p.per_page?.amount_yuan)], [t("calc.reply_due"), dateText(p.reply_due)]]),
        p.obstacles?.length ? h("ul", {}, p.obstacles.map((o) => h("li", {}, o.detail, o.rule ? t("rule.in", { rule: ruleText(o.rule) }) : ""))) : null));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fill(out, problemBox(problem));
    }
  };
  return [
    { pointer: "/method", label: t("fee.method"), type: "radio", required: true, value: "per_item", options: [["per_item", t("fee.per_item")], ["per_page", t("fee.per_page")]] },
    { pointer: "/items", label: t("fee.items"), type: "int", min: 1, hint: t("act.fee_items_hint") }, { pointer: "/pages", label: t("fee.pages"), type: "int", min: 1, hint: t("act.fee_pages_hint") },
    h("p", { "data-wide": true }, h("button.button.small", { type: "button", onclick: preview }, t("act.fee_preview"))), out,
    date("noticed_on", "calc.fee_noticed_on"), { pointer: "/notice_received_on", label: t("calc.fee_received_on"), type: "date", hint: t("act.unknown_hint") },
    { pointer: "/how_to_pay", label: t("act.how_to_pay"), max: 2000, wide: true, hint: t("act.how_to_pay_hint") },
  ];
}

export function feeCards(notices, usage) {
  if (!notices.length && !usage?.signal) return null;
  return h("section", { "aria-labelledby": "fees" }, h("h2", { id: "fees" }, t("case.fees")), usageNote(usage), notices.map((n) => h("article.card.record", {},
    h("h3", {}, yuan(n.amount_yuan), " ", h("span.badge.grey", {}, n.state_label)),
    facts([[t("fee.method"), n.method_label], [t("case.counted"), n.items && `${n.already_counted} + ${n.items}`], [t("calc.fee_noticed_on"), dateText(n.noticed_on)], [t("calc.fee_received_on"), dateText(n.notice_received_on)],
      [t("case.pay_by"), n.pay_by && [dateText(n.pay_by), n.pay_by_provisional ? [" ", provisionalBadge()] : ""]], [t("calc.paid_on"), n.payment && `${dateText(n.payment.paid_on)} ${yuan(n.payment.amount_yuan)}`], [t("act.fiscal_receipt"), n.payment?.receipt_no],
      [t("act.lapsed_on"), dateText(n.lapsed_on)], [t("act.how_to_pay"), n.how_to_pay]]))));
}
