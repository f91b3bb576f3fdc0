// Following an application with its receipt number and query code, and what the applicant
// may do: correct, give reasons, withdraw.

import { $, h, fill, facts, announce } from "./lib/dom.js";
import { t, lang, pick } from "./lib/texts.js";
import { call, get, command } from "./lib/api.js";
import { form } from "./lib/forms.js";
import { attachmentList, chosen, fetchButton, filesField, upload } from "./lib/files.js";
import { restore } from "./lib/shell.js";
import { dateText, left } from "./lib/dates.js";
import { dueBig, explanation } from "./lib/clocks.js";
import { decisionOf, groundText } from "./lib/law.js";

const app = $("app");
const slot = "zq.track"; // the two codes stay in this tab, so that a reload need not ask again

const url = (who, more = "") => `/v1/applications/${encodeURIComponent(who.receipt)}${more}`;
const headers = (who) => ({ "X-Query-Code": who.code, ...(who.pass ? { "X-Verification": who.pass } : {}) });

const ask = form({
  submit: t("track.submit"),
  fields: [
    { pointer: "/receipt", label: t("receipt.no"), required: true, max: 40 },
    { pointer: "/code", label: t("receipt.code"), required: true, max: 60 },
  ],
  async onSubmit(who) {
    await open(who);
    app.querySelector("h2")?.focus();
  },
});

async function open(who) {
  let a;
  try {
    a = await get(url(who), { headers: headers(who) });
  } catch (problem) {
    if (problem.code !== "verification_required") throw problem;
    return verify(who);
  }
  sessionStorage.setItem(slot, JSON.stringify(who));
  ask.closest("details").open = false;
  show(a, who);
}

/** the office asks for a code that it sends to the telephone or the mailbox of the applicant */
function verify(who) {
  ask.closest("details").open = false;
  const told = h("p.note", { role: "status" });
  const send = form({ submit: t("track.verify_send"), fields: [], async onSubmit() {
    const { data } = await call("POST", url(who, "/verification"), { headers: headers(who) });
    told.textContent = t("track.verify_sent", { channel: data.channel_label, to: data.sent_to });
    confirm.hidden = false;
    confirm.querySelector("input").focus();
  } });
  const confirm = form({
    submit: t("track.verify_confirm"), fields: [{ pointer: "/code", label: t("track.verify_code"), required: true, max: 20, auto: "one-time-code" }],
    async onSubmit(body) {
      const { data } = await call("POST", url(who, "/verification/confirmation"), { body, headers: headers(who) });
      await open({ ...who, pass: data.verification });
      app.querySelector("h2")?.focus();
    },
  });
  confirm.hidden = true;
  fill(app, h("section.card.asked", {}, h("h2", { tabindex: "-1" }, t("track.verify")), h("p", {}, t("track.verify_text")), send, told, confirm));
}

function show(a, who) {
  const ended = a.status === "closed" || a.status === "served";
  fill(app, h("article.card", {},
    h("h2", { tabindex: "-1" }, a.content?.title || t("track.yours"), " ", h("span.badge.blue", {}, a.status_label)),
    h("p.lead", {}, a.status_text),
    a.reply_due ? [dueBig(t("calc.reply_due"), a.reply_due, a.provisional, !ended), a.explanation?.length ? h("details.why", { open: !ended }, h("summary", {}, t("calc.why")), explanation(a.explanation)) : null] : null,
    facts([[t("receipt.no"), a.receipt], [t("queue.col_no"), a.register_no], [t("apply.office"), a.office_name || a.office], [t("receipt.arrived"), dateText(a.arrived_on)],
      [t("calc.received_on"), dateText(a.received_on)], [t("track.ended"), a.ending && `${dateText(a.ending.on)} ${a.ending.label}`]]),
    h("details", {}, h("summary", {}, t("apply.description")), h("p.text", {}, a.content?.description ?? ""))),
  (a.asked ?? []).map((x) => askedCard(x, a, who)),
  a.reply ? replyCard(a.reply) : null,
  documents(a, who, !ended && a.status !== "decided"),
  a.parts?.length ? h("section.card", {}, h("h2", {}, t("track.parts")), h("ul", {}, a.parts.map((p) => h("li", {}, p.title, " ",
    h("button.button.small", { type: "button", onclick: () => open({ receipt: p.receipt, code: p.query_code }) }, p.receipt))))) : null,
  a.notices?.length ? h("section.card", {}, h("h2", {}, t("track.history")), h("ol.timeline", {}, [...a.notices].reverse().map((n) => h("li", {}, h("time", { datetime: n.on }, dateText(n.on)), h("strong", {}, n.label), n.text ? h("span", {}, n.text) : null)))) : null,
  ended ? null : withdrawal(who),
  h("div.buttons.no-print", {}, h("button.button", { type: "button", onclick: () => window.print() }, t("track.print")),
    h("button.button.plain", { type: "button", onclick: forget }, t("track.forget"))));
}

function forget() {
  sessionStorage.removeItem(slot);
  fill(app);
  ask.reset();
  ask.closest("details").open = true;
  ask.querySelector("input").focus();
}

/** what the office asks of the applicant, until when, and the form to do it */
function askedCard(x, a, who) {
  const act = (fields, path, label) => form({ submit: label, fields: [...fields, filesField({ purpose: x.kind, label: t("apply.file") })], onSubmit: async (body, el) => {
    const files = chosen(el);
    if (files.length) await upload(url(who, "/attachments"), {}, files, { headers: headers(who) });
    for (const box of el.querySelectorAll("[data-purpose]")) box.chosen.length = 0; // they are there, whatever becomes of the rest
    show(await command(url(who, path), body, { headers: headers(who) }), who);
    announce(t("track.done"));
    app.querySelector("h2").focus();
  } });
  const forms = {
    correction: () => act([
      { pointer: "/description", label: t("track.corrected"), type: "textarea", rows: 6, required: true, max: 5000, value: a.content?.description ?? "" },
      { pointer: "/title", label: t("apply.info_title"), max: 300, value: a.content?.title ?? "" },
      { pointer: "/document_number", label: t("apply.document_number"), max: 100, value: a.content?.document_number ?? "" },
      { pointer: "/note", label: t("track.note"), max: 2000, wide: true }], "/correction", t("track.send_correction")),
    reasons: () => act([{ pointer: "/reasons", label: t("track.reasons"), type: "textarea", rows: 5, required: true, max: 5000 }], "/reasons", t("track.send_reasons")),
  };
  return h("section.card.asked", {}, h("h2", {}, t(`track.asked.${x.kind}`)),
    x.until ? h("p", {}, t("track.until"), " ", h("strong", {}, dateText(x.until)), " ", h(`span.left.${left(x.until).level}`, {}, left(x.until).text)) : null,
    x.amount_yuan ? h("p.due-date", {}, t("fee.yuan", { n: x.amount_yuan.toLocaleString(lang) })) : null,
    x.text ? h("p.text", {}, x.text) : null, x.items?.length ? h("ol", {}, x.items.map((i) => h("li", {}, i))) : null,
    x.kind === "payment" ? h("p", {}, t("track.pay_how")) : null, forms[x.kind]?.() ?? null);
}

/** the letters and files of the application, and the form to send more */
function documents(a, who, open) {
  const letters = h("ul.files");
  const body = h("div", {}, letters, a.attachments?.length ? attachmentList(a.attachments, url(who, "/attachments"), { headers: headers(who) }) : null);
  const none = h("p.soft", {}, t("track.no_documents"));
  if (!a.attachments?.length) body.append(none);
  get(url(who, "/letters"), { headers: headers(who) }).then(({ items }) => {
    if (items.length) none.remove();
    fill(letters, items.map((l) => h("li", {}, h("span.file-name", {}, l.label), h("span.soft.small", {}, dateText(l.on)),
      fetchButton(t("track.letter_docx"), l.docx, `${l.label}.docx`, { headers: headers(who) }), fetchButton(t("track.letter_html"), l.html, `${l.label}.html`, { headers: headers(who) }))));
  }).catch(() => {});
  const more = form({
    submit: t("track.send_files"), fields: [filesField({ label: t("apply.file") }), { pointer: "/note", label: t("track.note"), max: 2000, wide: true }],
    async onSubmit(values, el) {
      const files = chosen(el);
      if (!files.length) return el.querySelector("input[type=file]").focus();
      await upload(url(who, "/attachments"), { note: values.note }, files, { headers: headers(who) });
      show(await get(url(who), { headers: headers(who) }), who);
      announce(t("track.done"));
      app.querySelector("h2").focus();
    },
  });
  return h("section.card", {}, h("h2", {}, t("track.documents")), body,
    open ? h("details.no-print", {}, h("summary", {}, t("track.more_files")), more) : null);
}

function replyCard(r) {
  const contents = decisionOf(r.kind)?.contents ?? [];
  const name = (code) => { const k = contents.find((c) => c.code === code); return k ? pick(k, "label") : t(`content.${code}`); };
  return h("section.card", {}, h("h2", {}, t("track.reply")), facts([[t("act.decision_kind"), r.kind_label], [t("act.decision_no"), r.no], [t("act.signed_on"), dateText(r.signed_on)], [t("case.made_on"), dateText(r.made_on)], [t("case.served_on"), dateText(r.served_on)]]),
    Object.entries(r.contents ?? {}).map(([code, text]) => [h("h3", {}, name(code)), h("p.text", {}, text)]),
    r.withheld?.length ? [h("h3", {}, t("track.withheld")), h("ul", {}, r.withheld.map((w) => h("li", {}, `${w.part}${t("list.stop")}${groundText(w.ground)}`, w.reason ? `${t("list.stop")}${w.reason}` : "")))] : null,
    r.remedy_text ? h("p.note", {}, r.remedy_text) : null);
}

function withdrawal(who) {
  return h("details.card.no-print", {}, h("summary", {}, h("span.name", {}, t("track.withdraw"))), h("p", {}, t("track.withdraw_text")), form({
    submit: t("track.withdraw"), fields: [{ pointer: "/reason", label: t("track.withdraw_reason"), max: 2000, wide: true }],
    async onSubmit(body) {
      show(await command(url(who, "/withdrawal"), body, { headers: headers(who) }), who);
      announce(t("track.withdrawn"));
      app.querySelector("h2").focus();
    },
  }));
}

fill($("ask"), h("details.card", { open: true }, h("summary", {}, h("span.name", {}, t("track.codes"))), ask));
restore(ask);
const kept = JSON.parse(sessionStorage.getItem(slot) || "null");
if (kept) await open(kept).catch(() => sessionStorage.removeItem(slot));
