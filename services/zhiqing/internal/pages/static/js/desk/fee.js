// The information processing fee of a case: finding of excess, notice, payment, lapse.

import { h, facts } from "../lib/dom.js";
import { t, lang, codeText } from "../lib/texts.js";
import { dateText } from "../lib/dates.js";

export const yuan = (n) => (n === undefined || n === null ? "" : t("fee.yuan", { n: n.toLocaleString(lang === "en" ? "en-GB" : "zh-CN") }));
const date = (name, label) => ({ pointer: `/${name}`, label: t(label), type: "date", hint: t("act.today_hint") });

/** the fee commands that can be taken on the case now */
export function feeActions(c, notices, can) {
  const list = [];
  const open = notices.find((n) => n.state === "issued");
  if (can("handle_fees") && c.register_no && !c.decision && c.status !== "closed" && !open) {
    list.push({ id: "fee-notice", key: "fee-notice", more: true, url: "/v1/fees/notices", text: t("act.fee-notice"), rule: t("act.fee-notice_rule"),
      fields: () => [
        { pointer: "/method", label: t("fee.method"), type: "radio", required: true, value: "per_item", options: [["per_item", t("fee.per_item")], ["per_page", t("fee.per_page")]] },
        { pointer: "/items", label: t("fee.items"), type: "int", min: 1, hint: t("act.fee_items_hint") }, { pointer: "/pages", label: t("fee.pages"), type: "int", min: 1, hint: t("act.fee_pages_hint") },
        date("noticed_on", "calc.fee_noticed_on"), { pointer: "/notice_received_on", label: t("calc.fee_received_on"), type: "date", hint: t("act.unknown_hint") }],
      shape: (body) => ({ case_id: c.id, ...body }) });
  }
  if (open && can("collect_fees")) {
    const url = `/v1/fees/notices/${encodeURIComponent(open.id ?? open.notice_id)}`;
    list.push({ id: "fee-payment", key: "fee-payment", url: `${url}/payment`, text: t("act.fee-payment"), rule: t("act.fee-payment_rule"),
      fields: () => [date("paid_on", "calc.paid_on"), { pointer: "/paid_yuan", label: t("act.paid_yuan"), type: "int", min: 0, value: String(open.amount_yuan ?? ""), required: true }] });
    list.push({ id: "fee-lapse", key: "fee-lapse", url: `${url}/lapse`, text: t("act.fee-lapse"), rule: t("act.fee-lapse_rule"), fields: () => [date("lapsed_on", "act.lapsed_on")] });
  }
  return list;
}

export function feeCards(notices) {
  if (!notices.length) return null;
  return h("section", { "aria-labelledby": "fees" }, h("h2", { id: "fees" }, t("case.fees")), notices.map((n) => h("article.card.record", {},
    h("h3", {}, yuan(n.amount_yuan), " ", h("span.badge.grey", {}, n.state_label || codeText("notice_state", n.state))),
    facts([[t("fee.method"), t(`fee.${n.method}`)], [t("calc.fee_noticed_on"), dateText(n.noticed_on)], [t("calc.fee_received_on"), dateText(n.notice_received_on)],
      [t("case.pay_by"), dateText(n.pay_by)], [t("calc.paid_on"), dateText(n.paid_on)], [t("act.lapsed_on"), dateText(n.lapsed_on)]]))));
}
