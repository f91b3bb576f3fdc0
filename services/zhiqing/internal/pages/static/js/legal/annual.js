// Sections three and four of the annual report as the official tables, with their checks,
// the cases behind each figure, and the workbook.

import { h, announce, facts } from "../lib/dom.js";
import { t, lang, codeText, pick } from "../lib/texts.js";
import { call, get, query } from "../lib/api.js";
import { link, go } from "../lib/route.js";
import { dateText, instantText, today } from "../lib/dates.js";
import { law, formatFor, rowText } from "../lib/law.js";
import { yuan } from "../desk/fee.js";
import { tabs } from "./frame.js";

const column = (c) => (lang === "en" ? codeText("column", c.key) : c.label);
const figure = (n) => (n === undefined || n === null ? "" : String(n));
const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export async function annualPage(year) {
  const r = await get(`/v1/reports/annual/${encodeURIComponent(year)}`);
  const failed = r.checks.filter((c) => !c.ok);
  return [
    h("div.head", {}, h("h1", { tabindex: "-1" }, t("annual.title", { year: r.year })), h("button.button.no-print", { type: "button", onclick: download }, t("annual.download")),
      h("button.button.plain.no-print", { type: "button", onclick: () => window.print() }, t("annual.print"))),
    tabs("annual"),
    yearForm(year),
    h(`p.note${failed.length ? ".bad" : ".good"}`, {}, h("strong", {}, failed.length ? t("annual.failed", { n: failed.length, all: r.checks.length }) : t("annual.all_ok", { all: r.checks.length })),
      r.signed ? ` ${t("annual.signed", { name: r.signed.name, at: instantText(r.signed.at) })}` : ""),
    r.differences?.length ? h("div.note.warn", {}, h("p", {}, t("annual.differences")), h("ul", {}, r.differences.map((d) => h("li", {}, `${rowText(d.row)} · ${codeText("column", d.column)}: ${d.signed} → ${d.now}`)))) : null,
    failed.length ? checkList(failed) : null,
    h("section", {}, h("h2", {}, t("annual.table3")), table3(r)),
    h("section", {}, h("h2", {}, t("annual.table4")), table4(r)),
    r.fees ? h("section.card", {}, h("h2", {}, t("annual.fees")), facts([[t("annual.fee_cases"), t("annual.count", { n: r.fees.cases })], [t("annual.fee_net"), yuan(r.fees.net_yuan)]])) : null,
    h("details.card", {}, h("summary", {}, h("span.name", {}, t("annual.checks"))), checkList(r.checks)),
  ];

  async function download() {
    const { data } = await call("GET", `/v1/reports/annual/${encodeURIComponent(year)}`, { accept: workbook, as: "blob" });
    const a = h("a", { href: URL.createObjectURL(data), download: `${t("annual.file", { year })}.xlsx` });
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 10000);
    announce(t("annual.downloaded"));
  }
}

function yearForm(year) {
  const input = h("input", { type: "number", id: "year", value: year, min: 2008, max: Number(today().slice(0, 4)), inputmode: "numeric" });
  return h("form.search.no-print", { onsubmit: (e) => { e.preventDefault(); if (input.value) go("annual", input.value); } }, h("label", { for: "year" }, t("annual.year")), input, h("button.button", { type: "submit" }, t("annual.show")));
}

const checkList = (checks) => h("ul.checks", {}, checks.map((c) => h(`li.${c.ok ? "ok" : "fault"}`, {}, h("span", { "aria-hidden": "true" }, c.ok ? "✓ " : "✗ "), h("span.visually-hidden", {}, c.ok ? t("annual.ok") : t("annual.fault")), (lang === "en" && c.detail_en) || c.detail || c.id)));

/** table three: 25 rows (23 in the format of 2019) by seven columns, group headings without figures */
function table3(r) {
  const columns = law.columns, organisations = columns.slice(1, -1);
  const rows = [];
  let head = "";
  for (const row of formatFor(r.year).rows) {
    if (row.key === "granted") rows.push(h("tr.group-head", {}, h("th", { scope: "rowgroup", colspan: columns.length + 1 }, t("annual.results"))));
    if (row.head && row.head !== head) rows.push(h("tr.group-head", {}, h("th", { scope: "rowgroup", colspan: columns.length + 1 }, lang === "en" ? t(`group.${row.group}`) : row.head)));
    head = row.head ?? "";
    rows.push(h(`tr${row.head ? ".inner" : ""}${row.key === "results_total" ? ".sum" : ""}`, {}, h("th", { scope: "row" }, pick(row, "label")),
      columns.map((c) => h(`td.num${c.key === "total" ? ".sum" : ""}`, {}, cell(r.year, row.key, c.key, r.table3[row.key]?.[c.key])))));
  }
  return h("div.scroll", { tabindex: "0", role: "group", "aria-label": t("annual.table3") }, h("table.official", {}, h("caption", {}, t("annual.identity")),
    h("thead", {}, h("tr", {}, h("th.item", { rowspan: 3, scope: "col" }, t("annual.corner")), h("th", { colspan: columns.length, scope: "colgroup" }, t("annual.applicants"))),
      h("tr", {}, h("th", { rowspan: 2, scope: "col" }, column(columns[0])), h("th", { colspan: organisations.length, scope: "colgroup" }, t("annual.organisations")), h("th", { rowspan: 2, scope: "col" }, column(columns.at(-1)))),
      h("tr", {}, organisations.map((c) => h("th", { scope: "col" }, column(c))))),
    h("tbody", {}, rows)));
}

/** a figure leads to the cases behind it */
function cell(year, row, col, n) {
  if (!n) return figure(n);
  return h("a", { href: link("annual", String(year), "cases", { row, column: col }) }, figure(n));
}

function table4(r) {
  const block = (key) => law.blocks.find((b) => b.key === key);
  const name = (b) => (lang === "en" ? codeText("proceeding", b.key) : b.label);
  const suits = [block("suit_direct"), block("suit_after_review")];
  const outcome = (o) => h("th", { scope: "col" }, lang === "en" ? codeText("outcome", o.key) : o.label);
  const n = law.outcomes.length;
  return h("div.scroll", { tabindex: "0", role: "group", "aria-label": t("annual.table4") }, h("table.official", {},
    h("thead", {}, h("tr", {}, h("th", { colspan: n, rowspan: 2, scope: "colgroup" }, name(block("review"))), h("th", { colspan: n * 2, scope: "colgroup" }, t("annual.suits"))),
      h("tr", {}, suits.map((b) => h("th", { colspan: n, scope: "colgroup" }, name(b)))), h("tr", {}, law.blocks.flatMap(() => law.outcomes.map(outcome)))),
    h("tbody", {}, h("tr", {}, law.blocks.flatMap((b) => law.outcomes.map((o) => h(`td.num${o.key === "total" ? ".sum" : ""}`, {}, figure(r.table4[b.key]?.[o.key]))))))));
}

/** cellPage lists the cases that one figure counts. */
export async function cellPage(year, params) {
  const row = params.get("row"), col = params.get("column");
  const ask = (cursor) => get(query(`/v1/reports/annual/${encodeURIComponent(year)}/cases`, { row, column: col, limit: 100, cursor }));
  const body = h("tbody");
  const more = h("button.button", { type: "button", hidden: true }, t("list.more"));
  const add = (page) => {
    body.append(...page.items.map((c) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `/desk#/case/${encodeURIComponent(c.case_id)}` }, c.register_no || c.case_id)),
      h("td", {}, codeText("applicant_kind", c.column)), h("td", {}, dateText(c.received_on)), h("td", {}, dateText(c.finished_on)), h("td", {}, c.row ? rowText(c.row) : t("annual.open")))));
    more.hidden = !page.next_cursor;
    more.onclick = async () => add(await ask(page.next_cursor));
  };
  add(await ask());
  const c = law.columns.find((x) => x.key === col);
  return [h("p", {}, h("a", { href: link("annual", year) }, t("annual.back", { year }))), h("h1", { tabindex: "-1" }, t("annual.cases")), h("p.lead", {}, [rowText(row), c && column(c)].filter(Boolean).join(" · ")),
    h("div.scroll", {}, h("table.grid", {}, h("caption.visually-hidden", {}, t("annual.cases")), h("thead", {}, h("tr", {}, [t("queue.col_no"), t("apply.kind"), t("calc.received_on"), t("annual.finished_on"), t("case.row")].map((x) => h("th", { scope: "col" }, x)))), body)), more];
}
