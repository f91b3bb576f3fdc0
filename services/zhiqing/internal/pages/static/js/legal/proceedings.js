// Reviews, lawsuits and complaints: the list, a new one, and one with its steps.

import { h, fill, facts, announce } from "../lib/dom.js";
import { t, codeText, choices, pick } from "../lib/texts.js";
import { get, command, query } from "../lib/api.js";
import { form, field } from "../lib/forms.js";
import { link } from "../lib/route.js";
import { dateText, left } from "../lib/dates.js";
import { clockCard } from "../lib/clocks.js";
import { law, can, decisionText } from "../lib/law.js";
import { tabs } from "./frame.js";

const kinds = ["review", "suit_direct", "suit_after_review", "complaint"];
const kindText = (p) => codeText("proceeding", p.kind, p.kind_label);
const outcomeTone = { upheld: "green", corrected: "red", other: "grey" };
const outcomeBadge = (p) => (p.outcome ? h(`span.badge.${outcomeTone[p.outcome]}`, {}, codeText("outcome", p.outcome, p.outcome_label)) : h("span.badge.blue", {}, t("legal.pending")));
const resultText = (p, code) => {
  const r = (law.results[law.forums[p.kind]] ?? []).find((x) => x.code === code);
  return r ? pick(r, "label") : p.result_label || code;
};

/** listPage lists proceedings, filtered by kind or by what is still open */
export async function listPage(params) {
  const show = params.get("show") ?? "";
  const filter = kinds.includes(show) ? { kind: show } : show === "pending" ? { pending: "true" } : show === "unreported" ? { unreported: "true" } : {};
  const ask = (cursor) => get(query("/v1/proceedings", { ...filter, limit: 50, cursor }));
  const body = h("tbody");
  const more = h("button.button", { type: "button", hidden: true }, t("list.more"));
  const add = (page) => {
    body.append(...page.items.map(row));
    more.hidden = !page.next_cursor;
    more.onclick = async () => add(await ask(page.next_cursor));
  };
  const first = await ask();
  add(first);
  return [
    h("div.head", {}, h("h1", { tabindex: "-1" }, t("legal.title")), can("handle_disputes") ? h("a.button", { href: link("new") }, t("legal.new")) : null),
    tabs("proceedings"),
    h("nav.filters", { "aria-label": t("legal.filter") }, ["", "pending", "unreported", ...kinds].map((s) => h("a", { href: link("proceedings", { show: s }), "aria-current": s === show ? "true" : null },
      s === "" ? t("legal.all") : kinds.includes(s) ? codeText("proceeding", s) : t(`legal.${s}`)))),
    first.items.length ? h("table.grid.queue", {}, h("caption.visually-hidden", {}, t("legal.proceedings")),
      h("thead", {}, h("tr", {}, ["case_no", "kind", "organ", "received", "register_no", "outcome", "due"].map((k) => h("th", { scope: "col" }, t(`legal.col_${k}`))))), body) : h("p.note", {}, t("legal.none")),
    more,
  ];
}

function row(p) {
  const cell = (key, ...content) => h("td", { "data-label": t(`legal.col_${key}`) }, ...content);
  const due = p.next_due;
  return h("tr", {}, h("th", { scope: "row" }, h("a", { href: link("proceedings", p.id) }, p.case_no || t("legal.no_number"))),
    cell("kind", kindText(p)), cell("organ", p.organ_or_court), cell("received", dateText(p.received_on)),
    cell("register_no", p.case_id ? h("a", { href: `/desk#/case/${encodeURIComponent(p.case_id)}` }, p.register_no || t("legal.case")) : "—"), cell("outcome", h("span", {}, outcomeBadge(p))),
    cell("due", due ? h("span", {}, h("span.nowrap", {}, dateText(due)), " ", h(`span.left.${left(due).level}`, {}, left(due).text)) : "—"));
}

export function newPage(caseID, opened) {
  const role = field({ pointer: "/role", label: t("legal.role"), type: "select", options: choices("party_role", ["respondent", "defendant", "co_defendant", "review_organ", "third_party"]), hint: t("legal.role_hint") });
  return [h("h1", { tabindex: "-1" }, t("legal.new")), h("div.narrow.panel", {}, form({
    submit: t("legal.new"), cancel: () => history.back(),
    fields: [
      { pointer: "/kind", label: t("legal.col_kind"), type: "radio", required: true, options: choices("proceeding", kinds) },
      caseID ? { pointer: "/case_id", label: t("legal.case_id"), value: caseID, required: true, max: 64 } : { pointer: "/register_no", label: t("legal.col_register_no"), hint: t("legal.register_hint"), max: 64 },
      { pointer: "/case_no", label: t("legal.col_case_no"), max: 100 }, { pointer: "/organ_or_court", label: t("legal.col_organ"), required: true, max: 100 },
      { pointer: "/received_on", label: t("legal.received_on"), type: "date", hint: t("act.today_hint") }, role,
      { pointer: "/procedure", label: t("legal.procedure"), type: "select", options: choices("procedure", ["ordinary", "simplified"]), hint: t("legal.procedure_hint") },
      { pointer: "/cause", label: t("legal.cause"), max: 200, wide: true },
    ],
    async onSubmit(body) {
      const p = await command("/v1/proceedings", body);
      announce(t("legal.entered"));
      opened(p.id);
    },
  }))];
}

export async function proceedingPage(id, reload) {
  const p = await get(`/v1/proceedings/${encodeURIComponent(id)}`);
  return [
    h("p.no-print", {}, h("a", { href: link("proceedings") }, t("legal.back"))),
    h("div.head", {}, h("h1", { tabindex: "-1" }, p.case_no || kindText(p)), outcomeBadge(p), p.counted ? null : h("span.badge.grey", {}, t("legal.not_counted"))),
    h("div.columns", {}, h("div", {},
      h("section.card", {}, facts([[t("legal.col_kind"), kindText(p)], [t("legal.role"), codeText("party_role", p.role, p.role_label)], [t("legal.col_organ"), p.organ_or_court], [t("legal.received_on"), dateText(p.received_on)],
        [t("legal.procedure"), p.procedure && codeText("procedure", p.procedure)], [t("legal.cause"), p.cause], [t("legal.col_register_no"), p.case_id && h("a", { href: `/desk#/case/${encodeURIComponent(p.case_id)}` }, p.register_no || t("legal.case"))],
        [t("legal.attacked"), p.decision && `${decisionText(p.decision.kind)} ${p.decision.no ?? ""}`], [t("legal.result"), p.result && resultText(p, p.result)], [t("legal.concluded_on"), dateText(p.concluded_on)],
        [t("legal.effective_on"), dateText(p.effective_on)], [t("legal.order"), p.order && t("legal.order_text", { n: p.order.period_wd, due: dateText(p.order.due_on) })]])),
      can("handle_disputes") ? stepSection(p, reload) : null,
      p.periods?.length ? h("section", {}, h("h2", {}, t("case.clocks")), p.periods.map((k) => clockCard(k))) : null,
      p.report_up?.length ? h("section.card", {}, h("h2", {}, t("legal.report_up")), h("ul", {}, p.report_up.map((r) => h("li", {}, r.label || codeText("trigger", r.trigger), " · ",
        r.reported_on ? t("legal.reported", { date: dateText(r.reported_on) }) : t("legal.report_by", { date: dateText(r.due_on) }))))) : null),
    h("aside", {}, h("h2", {}, t("case.history")), h("ol.timeline", {}, [...(p.steps ?? [])].reverse().map((s) => h("li", {}, h("time", { datetime: s.on }, dateText(s.on)), h("strong", {}, codeText("step", s.step)),
      s.result ? h("span", {}, resultText(p, s.result)) : null, s.document_no ? h("span", {}, s.document_no) : null, s.note ? h("span", {}, s.note) : null)),
    h("li", {}, h("time", { datetime: p.received_on }, dateText(p.received_on)), h("strong", {}, t("legal.received")))),
    p.chain?.length ? [h("h2", {}, t("legal.chain")), h("ol.timeline", {}, p.chain.map((k) => h("li", {}, h("time", { datetime: k.on }, dateText(k.on)), h("strong", {}, t(`chain.${k.event}`)), h("span", {}, [k.no, k.label].filter(Boolean).join(" ")))))] : null)),
  ];
}

const date = (name, label) => ({ pointer: `/${name}`, label: t(label), type: "date", hint: t("act.today_hint") });

/** what each step asks for beside its day */
const stepFields = {
  acceptance: () => [{ pointer: "/procedure", label: t("legal.procedure"), type: "select", options: choices("procedure", ["ordinary", "simplified"]) }, { pointer: "/document_no", label: t("legal.document_no"), max: 100 }],
  answer: () => [],
  hearing: () => [{ pointer: "/head_appeared", label: t("legal.head_appeared"), type: "radio", boolean: true, options: [["true", t("yes")], ["false", t("no")]] }],
  result: (p) => {
    const extra = h("div.fields", { "data-wide": true });
    const results = law.results[law.forums[p.kind]] ?? law.results.review;
    const select = field({ pointer: "/result", label: t("legal.result"), type: "select", required: true, wide: true, options: results.map((r) => [r.code, `${pick(r, "label")} — ${codeText("outcome", r.outcome)}`]) });
    select.addEventListener("change", (e) => fill(extra, results.find((r) => r.code === e.target.value)?.outcome === "corrected" ? [
      field({ pointer: "/corrected_ground", label: t("legal.corrected_ground"), type: "select", options: choices("corrected", ["facts", "law", "procedure", "overdue", "inaction", "competence", "inappropriate", "other"]) }),
      field({ pointer: "/order/period_wd", label: t("legal.order_wd"), type: "int", min: 1, max: 250, hint: t("legal.order_hint") }),
      field({ pointer: "/lesson", label: t("legal.lesson"), type: "textarea", max: 2000 })] : null));
    return [select, p.kind.startsWith("suit") ? { pointer: "/form", label: t("legal.form"), type: "select", options: choices("form_of_result", ["judgment", "ruling"]) } : null,
      { pointer: "/document_no", label: t("legal.document_no"), max: 100 }, { pointer: "/served_on", label: t("legal.served_on"), type: "date" }, extra];
  },
  appeal: () => [{ pointer: "/by", label: t("legal.by"), type: "select", options: choices("appellant", ["applicant", "office", "other"]) }, { pointer: "/served_on", label: t("legal.served_on"), type: "date" }],
  effective: () => [],
  rectification: () => [{ pointer: "/decision_no", label: t("legal.decision_no"), max: 100 }],
  "reported-up": () => [{ pointer: "/trigger", label: t("legal.trigger"), type: "select", options: choices("trigger", ["receipt", "result", "appeal", "effective", "rectification", "loss_report"]) }, { pointer: "/receipt_no", label: t("legal.receipt_no"), max: 100 }],
};

function stepSection(p, reload) {
  const panel = h("div");
  const steps = Object.keys(stepFields).filter((s) => s !== "appeal" || p.kind.startsWith("suit"));
  const open = (step) => {
    const title = h("h3", { tabindex: "-1" }, codeText("step", step));
    fill(panel, h("div.action", {}, title, form({
      submit: codeText("step", step), cancel: () => fill(panel),
      fields: [date("on", "legal.on"), ...stepFields[step](p), { pointer: "/note", label: t("act.note"), type: "textarea", rows: 2, max: 1000 }],
      async onSubmit(body) {
        await command(`/v1/proceedings/${encodeURIComponent(p.id)}/steps`, { step, ...body });
        announce(t("case.done", { what: codeText("step", step) }));
        await reload();
      },
    })));
    title.focus();
  };
  return h("section.card.no-print", { "aria-labelledby": "steps" }, h("h2", { id: "steps" }, t("legal.steps")), h("div.buttons.steps-now", {}, steps.map((s) => h("button.button.small", { type: "button", onclick: () => open(s) }, codeText("step", s)))), panel);
}
