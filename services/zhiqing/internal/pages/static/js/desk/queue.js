// Work queues as tabs, sorted by what is due next.

import { h, announce } from "../lib/dom.js";
import { t, codeText } from "../lib/texts.js";
import { get, query } from "../lib/api.js";
import { link, go } from "../lib/route.js";
import { dateText, left } from "../lib/dates.js";
import { can } from "../lib/law.js";
import { provisionalBadge } from "../lib/clocks.js";
import { bulkBar } from "./bulk.js";
import { exportButtons } from "./export.js";

const queues = ["mine", "unit", "unassigned", "due_soon", "overdue", "waiting", "approval"];
const waits = ["waiting", "waiting_applicant", "waiting_third_party", "waiting_payment"];
const channels = ["in_person", "registered_mail", "ordinary_mail", "fax", "online", "email", "oral"];
const days = ["received_from", "received_to", "due_from", "due_to"];
const statuses = ["submitted", "registered", "in_progress", "waiting", "in_review", "decided", "served", "closed"];

const tones = { submitted: "violet", registered: "blue", in_progress: "blue", waiting: "violet", in_review: "blue", decided: "green", served: "green", closed: "grey" };
export const statusBadge = (c) => h(`span.badge.${tones[c.status] ?? "grey"}`, {}, codeText("status", c.status, c.status_label));

/** queuePage shows one queue; "all" is every case, for search. */
export async function queuePage(queue, params) {
  const asked = Object.fromEntries(["q", "status", "assignee", "channel", ...days].map((k) => [k, params.get(k) ?? ""]));
  const filter = { queue: queue === "all" ? "" : queue, ...asked };
  const ask = (cursor) => get(query("/v1/cases", { ...filter, limit: 50, cursor }));
  const body = h("tbody");
  const more = h("button.button", { type: "button", hidden: true }, t("list.more"));
  const bulk = bulkBar(body, queue, () => window.dispatchEvent(new HashChangeEvent("hashchange")));
  const add = (page) => {
    body.append(...page.items.map((c) => row(c, bulk)));
    more.hidden = !page.next_cursor;
    more.onclick = async () => { more.disabled = true; try { add(await ask(page.next_cursor)); } finally { more.disabled = false; } };
  };
  const first = await ask();
  add(first);
  announce(t("queue.found", { n: first.items.length }));
  const tab = (name, text) => h("a", { href: link("queue", name, asked), "aria-current": name === queue || (name === "waiting" && text === t("queue.waiting") && waits.includes(queue)) ? "page" : null }, text);
  const any = first.items.length || first.next_cursor;
  return [
    h("div.head", {}, h("h1", { tabindex: "-1" }, t("desk.title")), can("file_cases") ? h("a.button", { href: link("enter") }, t("desk.enter")) : null,
      h("a.button.plain", { href: link("workload") }, t("workload.title")),
      can("import_cases") ? h("a.button.plain", { href: link("import") }, t("import.title")) : null,
      h("a.button.plain", { href: link("sessions") }, t("sessions.own")), can("manage_staff") ? h("a.button.plain", { href: link("people") }, t("people.title")) : null),
    h("nav.tabs", { "aria-label": t("desk.queues") }, [...queues, "all"].map((name) => tab(name, t(`queue.${name}`)))),
    waits.includes(queue) ? h("nav.filters", { "aria-label": t("queue.waiting") }, waits.map((name) => h("a", { href: link("queue", name, asked), "aria-current": name === queue ? "page" : null }, t(name === "waiting" ? "queue.waiting_any" : `queue.${name}`)))) : null,
    search(queue, asked),
    any ? [bulk?.bar, h("table.grid.queue", {}, h("caption.visually-hidden", {}, t(`queue.${queue}`)),
      h("thead", {}, h("tr", {}, bulk ? h("td", {}, bulk.all) : null, ["no", "applicant", "matter", "status", "assignee", "due"].map((k) => h("th", { scope: "col" }, t(`queue.col_${k}`))))), body)]
      : h("p.note", {}, asked.q ? t("queue.none_found") : t("queue.empty")),
    h("div.under", {}, more, any ? exportButtons(filter) : null), h("p.small.soft.no-print", {}, t("queue.keys")),
  ];
}

function search(queue, asked) {
  const input = h("input", { type: "search", id: "search", name: "q", value: asked.q, maxlength: 100, placeholder: t("queue.search_hint"), "aria-label": t("queue.search") });
  const pick = (name, label, any, codes, kind) => h("select", { name, "aria-label": label }, h("option", { value: "" }, any),
    codes.map((c) => h("option", { value: c, selected: c === asked[name] }, codeText(kind, c))));
  const date = (name) => h("label", {}, t(`queue.${name}`), " ", h("input", { type: "date", name, value: asked[name] }));
  return h("form.search", { role: "search", onsubmit: (e) => {
    e.preventDefault();
    go("queue", queue, { assignee: asked.assignee, ...Object.fromEntries([...new FormData(e.target)].map(([k, v]) => [k, v.trim()])) });
  } }, input, pick("status", t("queue.col_status"), t("queue.any_status"), statuses, "status"), h("button.button", { type: "submit" }, t("queue.search")),
  h("details.more-filters", { open: Boolean(asked.channel || days.some((d) => asked[d])) }, h("summary", {}, t("queue.filters")),
    pick("channel", t("queue.channel"), t("queue.any_channel"), channels, "channel"), days.map(date)));
}

function row(c, bulk) {
  const cell = (key, ...content) => h("td", { "data-label": t(`queue.col_${key}`) }, ...content);
  return h("tr", {}, bulk ? h("td.pick", {}, bulk.box(c)) : null,
    h("th", { scope: "row" }, h("a", { href: link("case", c.id) }, c.register_no || c.receipt)),
    cell("applicant", c.applicant_name),
    cell("matter", h("span.clip", {}, c.title || c.excerpt)),
    cell("status", h("span", {}, statusBadge(c), c.waiting_for ? h("small.soft", {}, ` ${codeText("waiting", c.waiting_for, c.waiting_for_label)}`) : null)),
    cell("assignee", c.assignee_name || h("span.soft", {}, t("queue.nobody"))),
    cell("due", due(c)));
}

function due(c) {
  const on = c.due_on || c.reply_due;
  if (!on) return h("span.soft", {}, "—");
  const l = left(on);
  const open = !["closed", "served"].includes(c.status);
  return h("span", {}, h("span.nowrap", {}, dateText(on)), " ", open ? h(`span.left.${l.level}`, {}, l.text) : null, c.provisional && on === c.reply_due ? [" ", provisionalBadge()] : null);
}

/** j and k move through the rows, Enter opens (the row's link has the focus), / goes to the search. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  const box = document.getElementById("search");
  if (event.key === "/" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key !== "j" && event.key !== "k") return;
  const links = [...document.querySelectorAll(".queue tbody a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
});
