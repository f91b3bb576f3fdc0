// The statutory steps as a table: when each can be taken, by whom, and what it asks for.
// What is hidden here would be refused by the service, which decides.

import { h, fill } from "../lib/dom.js";
import { t, choices, pick } from "../lib/texts.js";
import { field, part, repeat } from "../lib/forms.js";
import { law, decisionOf, decisionText, groundText } from "../lib/law.js";
import { ruleText } from "../lib/rules.js";
import { get, query } from "../lib/api.js";
import { lessonCard, seenField } from "../lib/lessons.js";
import { dateText } from "../lib/dates.js";

export const applicantKinds = ["natural_person", "commercial", "research", "public_welfare", "legal_service", "other_org"];
const on = (name, label, more = {}) => ({ pointer: `/${name}`, label: t(label), type: "date", hint: t("act.today_hint"), ...more });
const note = (pointer = "/note", label = "act.note", more = {}) => ({ pointer, label: t(label), type: "textarea", rows: 3, max: 2000, ...more });
const grounds = (list) => list.map((g) => [g, `${g} ${groundText(g)}`]);

// What has been done on the case and is still open.
const openCorrection = (c) => c.corrections?.find((k) => !k.received_on && !k.abandoned_on);
const openFee = (c) => c.fees?.find((f) => f.state === "issued");
const openExtension = (c) => (c.decision ? null : c.extensions?.find((e) => !e.decided_on));
const extended = (c) => { const start = [...(c.corrections ?? []).map((k) => k.received_on), ...(c.fees ?? []).map((f) => f.paid_on), ""].filter((d) => d !== undefined).sort().at(-1); return c.extensions?.some((e) => e.approved && e.notified_on >= start); };
const openAttempt = (c) => { const a = c.decision?.attempts?.at(-1); return a && !a.failed_on ? a : null; };
const withdrawable = (c) => (c.attachments ?? []).filter((f) => !f.withdrawn && (f.purpose === "work" || f.purpose === "arrival" || (f.purpose === "reply" && !c.decision?.made_on)));
const undecided = (c) => c.register_no && !c.decision && c.status !== "closed";
const working = (c) => undecided(c) && !openCorrection(c) && !openFee(c);

/** evidence of receipt that art. 31 asks for on the case's channel */
function evidence(c) {
  const fields = [{ pointer: "/evidence/note", label: t("act.evidence_note"), max: 2000, wide: true }];
  if (c.channel === "registered_mail") fields.unshift({ pointer: "/evidence/signer", label: t("act.signer"), max: 100 }, { pointer: "/evidence/reference", label: t("act.tracking_no"), max: 100 });
  else if (c.channel !== "in_person" && c.channel !== "oral") fields.unshift({ pointer: "/evidence/confirmed_with", label: t("act.confirmed_with"), max: 100 });
  else fields.unshift({ pointer: "/evidence/reference", label: t("act.receipt_ref"), max: 100 });
  return fields;
}

/** the contents that a reply of this kind must have, and its ground, follow its kind */
function decisionFields(c) {
  const replies = law.decisions.filter((d) => !["K13", "K14", "K16"].includes(d.kind) && (d.kind !== "K15" || c.corrections?.length));
  const follow = h("div.fields", { "data-wide": true });
  const warnings = h("div", { "data-wide": true, "aria-live": "polite" });
  const subject = field({ pointer: "/subject", label: t("act.subject"), max: 40, hint: t("act.subject_hint") });
  let asked = 0;
  /** what such decisions have led to before, while the kind, the ground and the subject are being chosen */
  const warn = async () => {
    const of = (name) => kind.parentElement?.querySelector(`[name="/${name}"]`)?.value;
    const turn = ++asked;
    if (!of("kind")) return fill(warnings);
    const found = await get(query(`/v1/cases/${encodeURIComponent(c.id)}/lessons`, { kind: of("kind"), ground: of("ground"), subject: of("subject") })).catch(() => null);
    if (turn !== asked || !found?.items.length) return turn === asked && fill(warnings);
    fill(warnings, h("h4", {}, t("lessons.before", { n: found.items.length })), found.items.map((l) => lessonCard(l)), seenField(found.items, "/lessons_seen"));
  };
  const show = (kind) => {
    const d = decisionOf(kind);
    if (!d) return fill(follow);
    fill(follow,
      h("p.note", { "data-wide": true }, `${ruleText(d.article)}${t("list.stop")}${t(`remedy.${d.remedy}`)}`),
      d.grounds?.length ? field({ pointer: "/ground", label: t("act.ground"), type: "select", required: d.needs_ground, options: grounds(d.grounds), wide: true }) : null,
      d.contents.map((k) => field({ pointer: `/contents/${k.code}`, label: pick(k, "label"), type: "textarea", rows: 3, max: 5000, required: !k.optional && !k.alternatives })),
      d.contents.flatMap((k) => k.alternatives ?? []).map((code) => field({ pointer: `/contents/${code}`, label: t(`content.${code}`), type: "textarea", rows: 3, max: 5000 })),
      kind === "K3p" ? repeat({ pointer: "/withheld", add: t("act.withheld_add"), each: "act.withheld_n", start: 1, fields: [
        { pointer: "/part", label: t("act.withheld_part"), required: true, max: 2000 },
        { pointer: "/ground", label: t("act.ground"), type: "select", required: true, options: grounds(d.grounds) },
        { pointer: "/reason", label: t("act.reason"), max: 2000, wide: true }] }) : null,
      kind === "K2" && c.consultations?.some((k) => k.answer === "object") ? part(t("act.override"), t("act.override_hint"), [
        note("/public_interest/what", "act.override_what", { required: true }), note("/public_interest/why", "act.override_why", { required: true }),
        { pointer: "/public_interest/told_on", label: t("act.override_told"), type: "date", required: true }]) : null);
  };
  const kind = field({ pointer: "/kind", label: t("act.decision_kind"), type: "select", required: true, options: replies.map((d) => [d.kind, decisionText(d.kind)]), wide: true });
  kind.addEventListener("change", (e) => { show(e.target.value); warn(); });
  follow.addEventListener("change", (e) => { if (e.target.name === "/ground") warn(); });
  subject.addEventListener("change", warn);
  return [kind, follow, subject, warnings, on("decided_on", "act.decided_on"), note()];
}

/** one check for every aspect of the review before release */
function reviewFields() {
  const aspects = ["secrecy", "privacy", "trade_secret", "aggregation", "third_party", "form"];
  return [h("p.hint", { "data-wide": true }, t("act.check_hint")), ...aspects.map((aspect, i) => h("div.check-row", { "data-wide": true },
    h("input", { type: "hidden", name: `/checks/${i}/aspect`, value: aspect }),
    field({ pointer: `/checks/${i}/result`, label: t(`aspect.${aspect}`), type: "select", required: true, value: "pass", options: choices("check", ["pass", "concern", "not_applicable"]) }),
    field({ pointer: `/checks/${i}/note`, label: t("act.check_note"), max: 2000 }))),
  note("/conclusion", "act.conclusion"), on("reviewed_on", "act.reviewed_on")];
}

const approve = (yes, no) => ({ pointer: "/approved", label: t("act.verdict"), type: "radio", required: true, value: "true", boolean: true,
  options: [["true", t(yes)], ["false", t(no)]] });

/** The table. path is below /v1/cases/{id}/; group says in which drawer the button stands. */
export const actions = [
  { id: "registration", may: "file_cases", open: (c) => c.status === "submitted",
    fields: (c) => [on("received_on", "act.received_on", { hint: t("act.received_hint"), min: c.arrived_on }), ...evidence(c)] },
  { id: "unreachable", path: () => "registration", may: "file_cases", open: (c) => c.status === "submitted" && !c.unreachable && !["in_person", "oral"].includes(c.channel),
    shape: (body) => ({ ...body, unreachable: true }), fields: () => [on("tried_on", "act.tried_on"), note("/note", "act.tried_note", { required: true })] },
  { id: "duplicates", may: "handle_cases", open: (c) => c.probable_duplicates?.length, each: (c) => c.probable_duplicates.map((k) => ({ ...k, n: k.id })),
    path: () => "duplicates", label: (k) => t("act.duplicate_of", { no: k.register_no || k.receipt }), shape: (body, c, k) => ({ ...body, of: k.id }),
    fields: () => [{ pointer: "/verdict", label: t("act.verdict"), type: "select", required: true, options: choices("duplicate", ["not_duplicate", "merge", "link"]), wide: true },
      note("/reason", "act.reason", { hint: t("act.duplicate_hint") })] },
  { id: "assignment", may: "assign_cases", open: (c) => c.status !== "closed", label: (_, c) => t(c.assignee ? "act.handover" : "act.assignment"),
    fields: (c, staff) => [{ pointer: "/assignee", label: t("act.assignee"), required: true, ...(staff.length ? { type: "select", options: staff } : {}) },
      on("assigned_on", "act.assigned_on"), c.assignee ? note("/reason", "act.handover_reason", { required: true }) : null] },
  { id: "correction-notice", may: "handle_cases", open: working,
    fields: (c) => [{ pointer: "/items", label: t("act.items"), type: "textarea", required: true, list: true, hint: t("act.items_hint") },
      note("/guidance", "act.guidance"), on("noticed_on", "act.noticed_on"), on("delivered_on", "act.delivered_on", { hint: t("act.delivered_hint") }),
      { pointer: "/period_wd", label: t("act.period_wd"), type: "int", min: 1, max: 60, hint: t("act.period_hint") },
      c.corrections?.length ? note("/reason", "act.second_notice", { required: true }) : null] },
  { id: "correction", may: "handle_cases", open: openCorrection,
    fields: (c) => [on("received_on", "act.corrected_on"), note("/description", "act.corrected_description", { max: 5000, hint: t("act.corrected_hint") }),
      { pointer: "/title", label: t("apply.info_title"), max: 300 }, { pointer: "/document_number", label: t("apply.document_number"), max: 100 },
      note("/late_reason", "act.late_reason", { hint: t("act.late_hint", { date: dateText(openCorrection(c).correct_by) }) }), note()] },
  { id: "abandonment", may: "handle_cases", open: openCorrection, fields: () => [on("abandoned_on", "act.abandoned_on"), note()] },
  { id: "consultations", may: "handle_cases", open: working,
    fields: () => [{ pointer: "/kind", label: t("calc.kind"), type: "select", required: true, options: choices("consultation", ["third_party", "joint_agency", "other_agency"]) },
      { pointer: "/consultee", label: t("act.consultee"), required: true, max: 100 }, { pointer: "/consultee_contact", label: t("act.consultee_contact"), max: 300 },
      note("/question", "act.question"), on("sent_on", "calc.sent_on"), { pointer: "/consultee_received_on", label: t("calc.consultee_received_on"), type: "date", hint: t("act.unknown_hint") }] },
  { id: "answer", may: "handle_cases", open: (c) => undecided(c) && c.consultations?.some((k) => !k.answered_on), each: (c) => c.consultations.filter((k) => !k.answered_on),
    path: (k) => `consultations/${k.n}/answer`, label: (k) => t("act.answer_of", { n: k.n, who: k.consultee }),
    fields: (c, staff, k) => [k.consultee_received_on ? null : { pointer: "/consultee_received_on", label: t("calc.consultee_received_on"), type: "date" },
      { pointer: "/answer", label: t("act.answer"), type: "select", options: choices("answer", ["consent", "object", "partial", "no_opinion"]), hint: t("act.answer_hint") },
      { pointer: "/answered_on", label: t("calc.answered_on"), type: "date" }, note("/reasons", "act.reasons"),
      { pointer: "/unreasonable", label: t("act.unreasonable"), type: "checkbox" }] },
  { id: "extension", may: "handle_cases", open: (c) => working(c) && !openExtension(c) && !extended(c),
    fields: () => [{ pointer: "/working_days", label: t("act.working_days"), type: "int", min: 1, max: 20, required: true, value: "20" },
      note("/reason", "act.extension_reason", { required: true }), on("requested_on", "act.requested_on")] },
  { id: "extension-approval", path: () => "extension/approval", may: "approve_cases", open: openExtension,
    fields: () => [approve("act.approve", "act.refuse"), on("approved_on", "act.approved_on"), on("notified_on", "act.notified_on", { hint: t("act.notified_hint") }), note()] },
  { id: "review", may: "review_cases", open: working, fields: reviewFields },
  { id: "decision", may: "handle_cases", open: working, fields: decisionFields },
  { id: "decision-approval", path: () => "decision/approval", may: "approve_cases", open: (c) => !c.decision && c.draft,
    fields: (c) => [...(c.lessons?.items ?? []).map((l) => lessonCard(l)), seenField(c.lessons?.items ?? [], "/lessons_seen"), approve("act.sign", "act.return"), { pointer: "/no", label: t("act.decision_no"), max: 100 }, on("signed_on", "act.signed_on"), note()] },
  { id: "lessons-seen", path: () => "lessons/seen", may: "handle_cases", open: (c) => c.lessons?.to_see > 0,
    fields: (c) => [...c.lessons.items.map((l) => lessonCard(l)), seenField(c.lessons.items, "/lessons")] },
  { id: "service", may: "handle_cases", open: (c) => c.decision && c.status !== "closed",
    fields: (c) => {
      const a = openAttempt(c);
      const result = [{ pointer: "/delivered_on", label: t("act.got_on"), type: "date" }, { pointer: "/signer", label: t("act.signer"), max: 100 },
        { pointer: "/proof", label: t("act.proof"), max: 2000 }, { pointer: "/failed_on", label: t("act.failed_on"), type: "date" }, { pointer: "/fail_reason", label: t("act.fail_reason"), max: 2000 }];
      if (a) return [{ pointer: "/attempt", type: "hidden-int", value: a.n }, h("p.note", { "data-wide": true }, t("act.attempt_result", { n: a.n, date: dateText(a.sent_on) })), ...result];
      return [{ pointer: "/route", label: t("act.service_route"), type: "select", required: true, options: choices("service", ["direct", "entrusted", "mail", "email", "online", "fax"]) },
        on("sent_on", "act.sent_on"), { pointer: "/tracking_no", label: t("act.tracking_no"), max: 100, hint: t("act.mail_hint") }, ...result.slice(0, 3)];
    } },
  { id: "contacts", more: true, may: "handle_cases", open: () => true,
    fields: () => [{ pointer: "/means", label: t("act.means"), type: "select", required: true, options: choices("means", ["phone", "visit", "email", "letter", "message"]) },
      { pointer: "/with", label: t("act.with"), max: 100 }, { pointer: "/inward", label: t("act.inward"), type: "checkbox" }, { pointer: "/reached", label: t("act.reached"), type: "checkbox", value: true },
      note("/summary", "act.summary", { required: true }), on("on", "act.on")] },
  { id: "deliberations", more: true, may: ["handle_cases", "review_cases"], open: (c) => c.register_no && c.status !== "closed",
    fields: () => [{ pointer: "/participants", label: t("act.participants"), type: "textarea", required: true, list: true, rows: 2, hint: t("act.list_hint") },
      note("/question", "act.deliberation_question"), note("/conclusion", "act.conclusion", { required: true }), on("held_on", "act.held_on")] },
  { id: "split", more: true, may: "handle_cases", open: working,
    fields: () => [repeat({ pointer: "/parts", add: t("act.part_add"), each: "act.part_n", start: 2, fields: [
      { pointer: "/title", label: t("apply.info_title"), max: 300 }, { pointer: "/description", label: t("apply.description"), type: "textarea", required: true, max: 5000 }] }),
      { pointer: "/count_only", label: t("act.count_only"), type: "checkbox", hint: t("act.count_only_hint") }, note("/reason", "act.reason"), on("split_on", "act.split_on")] },
  { id: "merge", more: true, may: "handle_cases", open: undecided,
    fields: () => [{ pointer: "/into", label: t("act.into"), required: true, hint: t("act.case_hint") }, note("/reason", "act.reason"), on("merged_on", "act.merged_on")] },
  { id: "links", more: true, may: "handle_cases", open: () => true,
    fields: () => [{ pointer: "/to", label: t("act.link_to"), required: true, hint: t("act.case_hint") },
      { pointer: "/kind", label: t("act.link_kind"), type: "select", required: true, value: "related", options: choices("link", ["related", "same_matter", "earlier"]) }, note()] },
  { id: "withdrawal", more: true, may: "handle_cases", open: (c) => c.status !== "closed" && c.status !== "served",
    fields: () => [on("withdrawn_on", "act.withdrawn_on"), note("/reason", "act.reason")] },
  { id: "reasons-request", more: true, may: "handle_cases", open: (c) => undecided(c) && !c.excess,
    fields: () => [note("/text", "act.reasons_text", { required: true, max: 5000, hint: t("act.reasons_caution") }), on("asked_on", "act.asked_on"),
      { pointer: "/reply_by", label: t("act.reply_by"), type: "date" }] },
  { id: "reasons", may: "handle_cases", open: (c) => undecided(c) && c.excess && !c.excess.given_on && !c.excess.assessed_on,
    fields: () => [note("/reasons", "act.reasons", { required: true, max: 5000 }), on("given_on", "act.given_on")] },
  { id: "reasons-assessment", path: () => "reasons/assessment", may: "handle_cases", open: (c) => undecided(c) && c.excess && !c.excess.assessed_on,
    fields: () => [{ pointer: "/reasonable", label: t("act.reasonable"), type: "checkbox" }, note("/assessment", "act.assessment", { required: true, max: 5000 }),
      { pointer: "/deferred_until", label: t("act.deferred_until"), type: "date", hint: t("act.deferred_hint") }, on("assessed_on", "act.assessed_on")] },
  { id: "applicant-kind", more: true, may: "approve_cases", open: () => true,
    fields: () => [{ pointer: "/kind", label: t("apply.kind"), type: "select", required: true, options: choices("applicant_kind", applicantKinds) }, note("/reason", "act.reason", { required: true })] },
  { id: "query-code", more: true, may: "file_cases", open: () => true,
    fields: (c) => [{ pointer: "/proof", label: t("act.code_proof"), type: "select", required: true, wide: true,
      options: choices("code_proof", ["identity_document", c.applicant?.agent && "agent_authority", "organisation", c.applicant?.contact?.phone && "call_back"].filter(Boolean)) },
    { pointer: "/handed_to", label: t("act.handed_to"), required: true, max: 100 }, on("reissued_on", "act.reissued_on"), note()],
    shown: (answer) => [h("p", {}, t("act.code_once")), h("p.due-date", {}, answer.query_code), h("p.soft", {}, `${t("case.receipt")} ${answer.receipt}`)] },
  { id: "restriction", more: true, method: "PUT", may: "restrict_cases", open: () => true,
    fields: (c, staff) => [{ pointer: "/staff", label: t("act.named"), type: "checks", options: staff, hint: t("act.named_hint") },
      note("/reason", "act.reason", { required: true }), on("restricted_on", "act.restricted_on")], shape: (body) => ({ staff: [], ...body }) },
  { id: "restriction-lift", path: () => "restriction/lift", more: true, may: "restrict_cases", open: (c) => c.restricted,
    fields: () => [note("/reason", "act.reason", { required: true }), on("lifted_on", "act.lifted_on")] },
  { id: "file-withdrawal", more: true, may: "handle_cases", open: (c) => withdrawable(c).length, each: withdrawable, path: (f) => `attachments/${f.n}/withdrawal`,
    label: (f) => t("act.withdraw_file", { name: f.name }), fields: () => [note("/reason", "act.reason", { required: true }), on("withdrawn_on", "act.file_withdrawn_on")] },
  { id: "closure", more: true, may: "handle_cases", open: (c) => c.register_no && c.status !== "closed",
    fields: () => [note("/note", "act.closure_note", { required: true }), on("closed_on", "act.closed_on")] },
  { id: "reopening", more: true, may: "handle_disputes", open: (c) => c.status === "closed" || c.status === "served",
    fields: () => [{ pointer: "/effective_on", label: t("act.effective_on"), type: "date", required: true }, { pointer: "/period_wd", label: t("act.order_wd"), type: "int", min: 1, max: 250, value: "20" },
      { pointer: "/authority", label: t("act.authority"), max: 200 }, { pointer: "/document_no", label: t("act.document_no"), max: 100 }, note("/reason", "act.reason"), on("reopened_on", "act.reopened_on")] },
];

/** suggested is the step that usually comes next. */
function suggested(c) {
  const used = Math.max(0, ...[c.draft, c.decision, ...(c.returned ?? [])].map((d) => d?.review_n ?? 0));
  const order = [["registration", c.status === "submitted"], ["correction", openCorrection(c)], ["extension-approval", openExtension(c)], ["decision-approval", c.draft], ["service", c.decision],
    ["answer", c.consultations?.some((k) => !k.answered_on && !k.silent_on)], ["assignment", !c.assignee], ["decision", c.reviews?.some((r) => r.n > used)], ["review", true]];
  return order.filter(([, now]) => now).map(([id]) => id);
}

/** the case's actions that the signed-in person may take now, one entry per form */
export function available(c, can) {
  const list = [];
  const next = suggested(c).find((id) => actions.some((a) => a.id === id && [a.may].flat().some(can) && a.open(c)));
  for (const a of actions) {
    if (![a.may].flat().some(can) || !a.open(c)) continue;
    for (const item of a.each ? a.each(c) : [undefined]) {
      list.push({ ...a, item, first: a.id === next, key: item ? `${a.id}-${item.n}` : a.id, url: `/v1/cases/${encodeURIComponent(c.id)}/${a.path ? a.path(item) : a.id}`,
        text: a.label ? a.label(item, c) : t(`act.${a.id}`), rule: t(`act.${a.id}_rule`) });
    }
  }
  return list;
}
