// One case: what is due and why, what can be done next, the facts and everything that happened.

import { h, fill, facts, announce } from "../lib/dom.js";
import { t, codeText, pick } from "../lib/texts.js";
import { get, command, query, Problem } from "../lib/api.js";
import { form } from "../lib/forms.js";
import { link } from "../lib/route.js";
import { dateText, instantText } from "../lib/dates.js";
import { dueBig, clockCard, explanation } from "../lib/clocks.js";
import { law, can, decisionText, groundText, rowText, decisionOf } from "../lib/law.js";
import { available } from "./actions.js";
import { lessonCard } from "../lib/lessons.js";
import { similarCard } from "./similar.js";
import { feeActions, feeCards } from "./fee.js";
import { alarms, fileCard } from "./files.js";
import { statusBadge } from "./queue.js";

/** what other services know of the case may come a moment later, and may be refused */
const maybe = (promise, otherwise) => promise.catch((p) => { if (p instanceof Problem && p.status !== 401) return otherwise; throw p; });

export async function casePage(id, reload) {
  const at = encodeURIComponent(id);
  const [c, told, notices, proceedings, usage, staff, alike] = await Promise.all([
    get(`/v1/cases/${at}`),
    maybe(get(`/v1/deadlines/${at}`), null),
    maybe(get(query("/v1/fees/notices", { case_id: id })), { items: [] }),
    maybe(get(query("/v1/proceedings", { case_id: id })), { items: [] }),
    maybe(get(query("/v1/fees/usage", { case_id: id })), null),
    maybe(get("/v1/staff?limit=200"), { items: [] }),
    maybe(get(query("/v1/fees/similar", { case_id: id })), null),
  ]);
  // The deadline service hears of a step a moment later; until it agrees, the file's own clocks stand.
  const sheet = told && agrees(told, c.deadlines) ? told : c.deadlines;
  const people = staff.items.filter((s) => s.active && s.roles.some((r) => law.may.handle_cases.includes(r))).map((s) => [s.id, s.name || s.username]);
  const panel = h("div", { id: "action", "aria-live": "polite" });
  const steps = [...available(c, can), ...feeActions(c, notices.items, usage, can)];
  const done = async (text) => { announce(text); await reload(); };
  const button = (a) => h(`button.button${a.more ? ".plain.small" : a.first ? ".primary" : ""}`, { type: "button", "aria-expanded": "false", onclick: (e) => openAction(a, c, people, panel, e.currentTarget, done) }, a.text);
  const main = steps.filter((a) => !a.more), more = steps.filter((a) => a.more);
  return [
    h("p.no-print", {}, h("a", { href: link("queue", "mine") }, t("case.back"))),
    h("div.head", {}, h("h1", { tabindex: "-1" }, c.register_no || c.receipt), statusBadge(c), c.restricted ? h("span.badge.violet", { title: (c.restriction?.staff ?? []).map((p) => p.name).join(t("list.comma")) }, t("case.restricted")) : null, c.waiting_for ? h("span.badge.violet", {}, codeText("waiting", c.waiting_for, c.waiting_for_label)) : null),
    h("p.lead", {}, c.content?.title || (c.content?.description ?? "").slice(0, 80)),
    alarms(c), h("div.columns", {},
      h("div", {},
        h("section.card", { "aria-labelledby": "next" }, dueBlock(c, sheet),
          h("h2.no-print", { id: "next" }, t("case.next")), main.length ? h("div.buttons.steps-now", {}, main.map(button)) : h("p.soft.no-print", {}, t("case.nothing")),
          more.length ? h("details.more", {}, h("summary", {}, t("case.more")), h("div.buttons", {}, more.map(button))) : null, panel),
        sheet.clocks?.length ? h("section", { "aria-labelledby": "clocks" }, h("h2", { id: "clocks" }, t("case.clocks")), sheet.clocks.map((k) => clockCard(k))) : null,
        h("section.card", { "aria-labelledby": "facts" }, h("h2", { id: "facts" }, t("case.facts")), applicantFacts(c), h("h3", {}, t("apply.description")), h("p.text", {}, c.content?.description ?? "")),
        fileCard(c, can("file_cases"), done), similarCard(alike), relations(c), records(c), feeCards(notices.items, usage), proceedingCards(c, proceedings.items)),
      h("aside", { "aria-labelledby": "history" }, h("h2", { id: "history" }, t("case.history")), history(c))),
  ];
}

const agrees = (told, own) => own.clocks.every((k) => told.clocks.some((x) => x.id === k.id && x.due_on === k.due_on && x.met_on === k.met_on && (x.state === "superseded") === (k.state === "superseded")));

function dueBlock(c, sheet) {
  const due = sheet.reply_due, provisional = sheet.provisional;
  if (!due) return h("div.due-box", {}, h("p.due-label", {}, t("calc.reply_due")), h("p.due-date", {}, c.status === "submitted" ? t("case.not_running") : t("calc.no_due")));
  const reply = sheet.clocks?.find((k) => k.kind === "reply" && k.due_on === due);
  return [dueBig(t("calc.reply_due"), due, provisional, !["served", "closed"].includes(c.status)),
    reply?.explanation?.length ? h("details.why", {}, h("summary", {}, t("calc.why")), explanation(reply.explanation)) : null];
}

function openAction(a, c, people, panel, opener, done) {
  const close = () => { fill(panel); opener.setAttribute("aria-expanded", "false"); opener.focus(); };
  for (const b of document.querySelectorAll(".steps-now button, .more button")) b.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-expanded", "true");
  const title = h("h3", { tabindex: "-1" }, a.text);
  fill(panel, h("div.action", {}, title, a.rule && a.rule !== "—" ? h("p.small.soft", {}, t("rule.label"), a.rule) : null,
    form({
      fields: a.fields(c, people, a.item), submit: a.text, cancel: close,
      onSubmit: async (body) => {
        const answer = await command(a.url, a.shape ? a.shape(body, c, a.item) : body, a.method ? { method: a.method } : {});
        if (!a.shown) return done(t("case.done", { what: a.text }));
        fill(panel, h("div.action", { role: "status" }, title, a.shown(answer), h("button.button.plain", { type: "button", onclick: () => done("") }, t("act.shown_done"))));
      },
    })));
  title.focus();
}

function applicantFacts(c) {
  const a = c.applicant ?? {};
  return facts([
    [t("case.receipt"), c.receipt], [t("queue.col_assignee"), c.assignee_name || c.assignee],
    [t("apply.name"), a.name], [t("apply.kind"), a.kind_label || codeText("applicant_kind", a.kind)],
    [t("apply.id_number"), a.id_number && `${a.id_type_label || codeText("id_type", a.id_type)} ${a.id_number}`],
    [t("apply.phone"), a.contact?.phone], [t("apply.email"), a.contact?.email], [t("apply.address"), a.contact?.address],
    [t("apply.agent_name"), a.agent?.name], [t("apply.co"), a.co_applicants?.map((k) => k.name).join(t("list.comma"))],
    [t("case.assistance"), a.needs_assistance ? t("yes") : ""],
    [t("case.channel"), c.channel_label || codeText("channel", c.channel)],
    [t("receipt.arrived"), dateText(c.arrived_on)], [t("calc.received_on"), dateText(c.received_on)],
    [t("apply.document_number"), c.content?.document_number],
    [t("apply.format"), c.delivery && (c.delivery.format_label || codeText("format", c.delivery.format))], [t("apply.route"), c.delivery && (c.delivery.route_label || codeText("route", c.delivery.route))],
    [t("case.row"), c.report_row && rowText(c.report_row)],
  ]);
}

/** other cases that this one came from, was split into, or resembles */
function relations(c) {
  const row = (k, why) => h("li", {}, h("span.soft", {}, `${why} `), h("a", { href: link("case", k.id) }, k.register_no || k.receipt || t("legal.case")), " ", k.title || k.excerpt || "", k.status ? [" ", statusBadge(k)] : null);
  const list = [
    c.parent_id && row({ id: c.parent_id }, t("case.parent")), c.merged_into && row({ id: c.merged_into }, t("case.merged_into")),
    ...(c.children ?? []).map((k) => row(k, t("case.child"))), ...(c.merged_from ?? []).map((k) => row(k, t("case.merged_from"))),
    ...(c.links ?? []).map((k) => row({ id: k.to, excerpt: k.note }, k.kind_label)), ...(c.linked_from ?? []).map((k) => row(k, t("case.linked_from"))),
    ...(c.probable_duplicates ?? []).map((k) => row(k, t("case.duplicate"))),
  ].filter(Boolean);
  return list.length ? h("section.card", {}, h("h2", {}, t("case.relations")), h("ul", {}, list)) : null;
}

const record = (title, pairs) => h("article.card.record", {}, h("h3", {}, title), facts(pairs));
const d = dateText;

/** every sub-record of the case as a small card, in the order of the law */
function records(c) {
  const cards = [
    ...(c.corrections ?? []).map((k) => record(t("act.correction-notice"), [[t("act.noticed_on"), d(k.noticed_on)], [t("case.correct_by"), d(k.correct_by)],
      [t("act.items"), k.items?.join("\n")], [t("act.guidance"), k.guidance], [t("case.late_notice"), k.late ? t("yes") : ""], [t("act.corrected_on"), d(k.received_on)], [t("act.abandoned_on"), d(k.abandoned_on)]])),
    ...(c.consultations ?? []).map((k) => record(`${k.kind_label || codeText("consultation", k.kind)} ${k.n}`, [[t("act.consultee"), k.consultee], [t("calc.sent_on"), d(k.sent_on)],
      [t("calc.consultee_received_on"), d(k.consultee_received_on)], [t("case.answer_by"), d(k.answer_by)], [t("calc.answered_on"), d(k.answered_on)],
      [t("act.answer"), k.answer && (k.answer_label || codeText("answer", k.answer))], [t("act.reasons"), k.reasons], [t("case.silent_on"), k.silent_on && `${d(k.silent_on)} ${k.silence_label ?? ""}`]])),
    ...(c.extensions ?? []).map((k) => record(t("act.extension"), [[t("act.working_days"), k.working_days], [t("act.extension_reason"), k.reason], [t("act.requested_on"), d(k.requested_on)],
      [t("case.verdict"), k.decided_on ? (k.approved ? t("act.approve") : t("act.refuse")) : t("case.pending")], [t("act.notified_on"), d(k.notified_on)]])),
    ...(c.deliberations ?? []).map((k) => record(t("act.deliberations"), [[t("act.held_on"), d(k.held_on)], [t("act.participants"), k.participants?.join(t("list.comma"))], [t("act.conclusion"), k.conclusion]])),
    ...(c.reviews ?? []).map((k) => record(t("act.review"), [[t("act.reviewed_on"), d(k.reviewed_on)], ...(k.checks ?? []).map((x) => [t(`aspect.${x.aspect}`), `${codeText("check", x.result)} ${x.note ?? ""}`]), [t("act.conclusion"), k.conclusion]])),
    c.draft ? decisionCard(t("case.draft"), c.draft) : null, ...(c.lessons?.items ?? []).map((l) => lessonCard(l)),
    c.decision ? decisionCard(t("case.decision"), c.decision) : null,
    ...(c.contacts ?? []).map((k) => record(t("act.contacts"), [[t("act.on"), d(k.on)], [t("act.means"), codeText("means", k.means)], [t("act.with"), k.with], [t("act.summary"), k.summary]])),
  ].filter(Boolean);
  return cards.length ? h("section", { "aria-labelledby": "records" }, h("h2", { id: "records" }, t("case.records")), cards) : null;
}

function decisionCard(title, x) {
  const contents = decisionOf(x.kind)?.contents ?? [];
  const name = (code) => { const k = contents.find((y) => y.code === code); return k ? pick(k, "label") : t(`content.${code}`); };
  return record(title, [[t("act.decision_kind"), decisionText(x.kind)], [t("act.ground"), groundText(x.ground)], [t("act.decision_no"), x.no], [t("case.row"), rowText(x.row)],
    ...Object.entries(x.contents ?? {}).map(([code, text]) => [name(code), text]), ...(x.withheld ?? []).map((w) => [t("act.withheld_part"), `${w.part}${t("list.comma")}${groundText(w.ground)}`]),
    [t("act.decided_on"), d(x.decided_on)], [t("act.signed_on"), d(x.signed_on)], [t("case.remedy"), x.remedy_text || (x.remedy && t(`remedy.${x.remedy}`))],
    ...(x.attempts ?? []).map((a) => [codeText("service", a.route), [d(a.sent_on), a.delivered_on && `→ ${d(a.delivered_on)}`, a.tracking_no, a.signer, a.failed_on && `${t("act.failed_on")} ${d(a.failed_on)}`].filter(Boolean).join(" ")]),
    [t("case.made_on"), d(x.made_on)], [t("case.served_on"), d(x.served_on)]]);
}

function proceedingCards(c, items) {
  if (!items.length && !c.decision) return null;
  return h("section", { "aria-labelledby": "disputes" }, h("h2", { id: "disputes" }, t("case.disputes")),
    items.map((p) => h("p.card", {}, h("a", { href: `/legal#/proceedings/${encodeURIComponent(p.id)}` }, p.kind_label || codeText("proceeding", p.kind), " ", p.case_no ?? ""), " ", dateText(p.received_on))),
    can("handle_disputes") ? h("p.no-print", {}, h("a.button.small", { href: `/legal#/new?case=${encodeURIComponent(c.id)}` }, t("case.dispute_new"))) : null);
}

/** what the note of a step says, where it is a code */
function noteText({ code, note }) {
  if (code === "drafted") return decisionText(note);
  if (code === "lessons_seen") return t("lessons.count", { n: note });
  if (code === "served" || code === "service_tried") return codeText("service", note);
  if (code === "extension_asked" || code === "extended") return t("clock.wd", { n: note });
  if (code.startsWith("consult")) return t("calc.consultation_n", { n: note });
  return note;
}

function history(c) {
  return h("ol.timeline", {}, [...(c.history ?? [])].reverse().map((s) => h("li", {}, h("time", { datetime: s.on }, dateText(s.on)),
    h("strong", {}, s.label), s.note ? h("span", {}, noteText(s)) : null,
    h("small.soft", {}, [s.by?.name || t(`case.by.${s.by?.kind ?? "system"}`), instantText(s.at)].filter(Boolean).join(" · ")))));
}
