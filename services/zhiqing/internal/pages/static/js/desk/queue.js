// Work queues as tabs, sorted by what is due next.

import { h, announce } from "../lib/dom.js";
import { t, codeText } from "../lib/texts.js";
import { get, query } from "../lib/api.js";
import { link, go } from "../lib/route.js";
import { dateText, left } from "../lib/dates.js";
import { can } from "../lib/law.js";
import { provisionalBadge } from "../lib/clocks.js";

const queues = ["mine", "unit", "unassigned", "due_soon", "overdue", "waiting", "approval"];
const statuses = ["submitted", "registered", "in_progress", "waiting", "in_review", "decided", "served", "closed"];

const tones = { submitted: "violet", registered: "blue", in_progress: "blue", waiting: "violet", in_review: "blue", decided: "green", served: "green", closed: "grey" };
export const statusBadge = (c) => h(`span.badge.${tones[c.status] ?? "grey"}`, {}, codeText("status", c.status, c.status_label));

/** queuePage shows one queue; "all" is every case, for search. */
export async function queuePage(queue, params) {
  const q = params.get("q") ?? "", status = params.get("status") ?? "";
  const ask = (cursor) => get(query("/v1/cases", { queue: queue === "all" ? "" : queue, q, status, limit: 50, cursor }));
  const body = h("tbody");
  const more = h("button.button", { type: "button", hidden: true }, t("list.more"));
  const add = (page) => {
    body.append(...page.items.map(row));
    more.hidden = !page.next_cursor;
    more.onclick = async () => { more.disabled = true; try { add(await ask(page.next_cursor)); } finally { more.disabled = false; } };
  };
  const first = await ask();
  add(first);
  announce(t("queue.found", { n: first.items.length }));
  return [
    h("div.head", {}, h("h1", { tabindex: "-1" }, t("desk.title")), can("file_cases") ? h("a.button", { href: link("enter") }, t("desk.enter")) : null,
      can("manage_staff") ? h("a.button.plain", { href: link("people") }, t("people.title")) : null),
    h("nav.tabs", { "aria-label": t("desk.queues") }, [...queues, "all"].map((name) =>
      h("a", { href: link("queue", name, { q }), "aria-current": name === queue ? "page" : null }, t(`queue.${name}`)))),
    search(queue, q, status),
    first.items.length ? h("table.grid.queue", {}, h("caption.visually-hidden", {}, t(`queue.${queue}`)),
      h("thead", {}, h("tr", {}, ["no", "applicant", "matter", "status", "assignee", "due"].map((k) => h("th", { scope: "col" }, t(`queue.col_${k}`))))), body)
      : h("p.note", {}, q ? t("queue.none_found") : t("queue.empty")),
    more, h("p.small.soft.no-print", {}, t("queue.keys")),
  ];
}

function search(queue, q, status) {
  const input = h("input", { type: "search", id: "search", name: "q", value: q, minlength: 2, maxlength: 100, placeholder: t("queue.search_hint"), "aria-label": t("queue.search") });
  const select = h("select", { name: "status", "aria-label": t("queue.col_status") }, h("option", { value: "" }, t("queue.any_status")),
    statuses.map((s) => h("option", { value: s, selected: s === status }, codeText("status", s))));
  const submit = () => go("queue", queue, { q: input.value.trim(), status: select.value });
  return h("form.search", { role: "search", onsubmit: (e) => { e.preventDefault(); submit(); } }, input, select, h("button.button", { type: "submit" }, t("queue.search")));
}

function row(c) {
  const cell = (key, ...content) => h("td", { "data-label": t(`queue.col_${key}`) }, ...content);
  return h("tr", {},
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
