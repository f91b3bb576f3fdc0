// Lessons: the office's own and those that the authority shares, one of them, its case note.

import { h, fill, announce } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { get, call, command, query } from "../lib/api.js";
import { form } from "../lib/forms.js";
import { link } from "../lib/route.js";
import { dateText, instantText } from "../lib/dates.js";
import { lessonCard } from "../lib/lessons.js";
import { can } from "../lib/law.js";
import { tabs } from "./frame.js";

const badge = (l) => (l.active ? null : h("span.badge.grey", {}, t("lessons.withdrawn")));

/** lessonsPage lists the lessons, newest first */
export async function lessonsPage(params) {
  const scope = params.get("scope") === "shared" ? "shared" : "own";
  const list = h("div");
  const more = h("button.button", { type: "button", hidden: true }, t("list.more"));
  const ask = (cursor) => get(query("/v1/lessons", { scope, limit: 20, cursor }));
  const add = (page) => {
    list.append(...page.items.map((l) => lessonCard({ ...l, own: scope === "own" }, h("p", {}, badge(l), " ", h("a", { href: link("lessons", l.id) }, t("lessons.open"))))));
    more.hidden = !page.next_cursor;
    more.onclick = async () => add(await ask(page.next_cursor));
  };
  const first = await ask();
  add(first);
  return [h("div.head", {}, h("h1", { tabindex: "-1" }, t("lessons.title"))), tabs("lessons"),
    h("nav.filters", { "aria-label": t("legal.filter") }, ["own", "shared"].map((s) => h("a", { href: link("lessons", { scope: s }), "aria-current": s === scope ? "true" : null }, t(`lessons.scope_${s}`)))),
    first.items.length ? list : h("p.note", {}, t("lessons.none")), more];
}

/** lessonPage shows one lesson; its office and the authority above may work on it */
export async function lessonPage(id, reload) {
  const at = `/v1/lessons/${encodeURIComponent(id)}`;
  const l = await get(at);
  const mine = can("handle_disputes") && (l.case_no !== undefined || l.cause !== "" || l.sharing !== undefined);
  const panel = h("div");
  const done = async (text) => { announce(text); await reload(); };
  const open = (title, fields, send) => fill(panel, h("div.action", {}, h("h3", {}, title), form({
    fields, submit: title, cancel: () => fill(panel), onSubmit: async (body) => { await send(body); await done(t("case.done", { what: title })); },
  })));
  const text = (name, value) => ({ pointer: `/${name}`, label: t(`lessons.${name}`), type: "textarea", rows: 3, max: 2000, value });
  const write = () => open(t("lessons.write"), [{ pointer: "/title", label: t("lessons.note_title"), required: true, max: 100, wide: true, value: l.note?.title },
    text("summary", l.note?.summary), text("what_went_wrong", l.note?.what_went_wrong ?? l.lesson), text("advice", l.note?.advice)],
  (body) => call("PUT", `${at}/note`, { body }));
  const withdraw = () => (l.withdrawn ? open(t("lessons.reinstate"), [], () => command(`${at}/withdrawal`, { withdrawn: false }))
    : open(t("lessons.withdraw"), [{ pointer: "/reason", label: t("act.reason"), required: true, max: 500, wide: true }], (body) => command(`${at}/withdrawal`, body)));
  const share = () => open(t(l.sharing ? "lessons.unshare" : "lessons.share"), [h("p.note", { "data-wide": true }, t("lessons.share_hint"))], () => command(`${at}/sharing`, { shared: !l.sharing }));
  const button = (label, act) => h("button.button.small", { type: "button", onclick: act }, label);
  return [h("p.no-print", {}, h("a", { href: link("lessons") }, t("lessons.back"))),
    h("div.head", {}, h("h1", { tabindex: "-1" }, t("lessons.one")), badge(l)),
    lessonCard(l, l.withdrawn ? h("p", {}, t("lessons.withdrawn_because", { reason: l.withdrawn.reason, at: instantText(l.withdrawn.at) })) : null,
      l.sharing ? h("p", {}, t("lessons.shared_with", { n: l.sharing.with.length, who: l.sharing.with.join(t("list.comma")) })) : null),
    mine ? h("section.card.no-print", {}, h("div.buttons.steps-now", {}, button(t("lessons.write"), write), button(t(l.withdrawn ? "lessons.reinstate" : "lessons.withdraw"), withdraw),
      can("share_lessons") ? button(t(l.sharing ? "lessons.unshare" : "lessons.share"), share) : null), panel) : null,
    l.earlier?.length ? h("section", {}, h("h2", {}, t("lessons.earlier")), h("ol.timeline", {}, l.earlier.map((n) => h("li", {}, h("time", {}, dateText(n.at.slice(0, 10))), h("strong", {}, n.title), h("span", {}, n.what_went_wrong ?? ""))))) : null];
}
