// A small calendar of the days that a reply period counts, and of those it does not.

import { h } from "./dom.js";
import { t } from "./texts.js";
import { plus, weekday, weekdayNames, monthText, dateText } from "./dates.js";

/** dayMap: date → {reason, n, made_up, notice, due}. Takes the API's count day by day;
    where there is none, reads it from the lines of the explanation. */
function dayMap(answer) {
  const days = new Map();
  const list = answer.days ?? answer.clocks?.find((c) => c.kind === "reply" && c.days)?.days ?? fromLines(answer.explanation ?? []);
  for (const day of list) days.set(day.date, day);
  if (answer.reply_due) days.set(answer.reply_due, { reason: "counted", ...days.get(answer.reply_due), due: true });
  return days;
}

function fromLines(lines) {
  const days = new Map();
  const each = (line, fn) => { for (let d = line.from; d && d <= (line.to || line.from); d = plus(d, 1)) fn(d); };
  const rest = new Map(), worked = new Map();
  for (const line of lines) {
    if (line.code === "holiday") each(line, (d) => rest.set(d, line.notice));
    if (line.code === "worked") each(line, (d) => worked.set(d, line.notice));
  }
  const works = (d) => worked.has(d) || (weekday(d) < 5 && !rest.has(d));
  for (const [date, notice] of rest) days.set(date, { date, reason: "holiday", notice });
  let n = 0;
  for (const line of lines) {
    if (line.code === "start" && line.from) { n = 0; days.set(line.from, { date: line.from, reason: "trigger" }); }
    if (line.code === "count" || line.code === "extension") {
      each(line, (date) => { if (works(date) && days.get(date)?.reason !== "excluded") days.set(date, { date, reason: "counted", n: ++n, made_up: worked.has(date), notice: worked.get(date) }); });
    }
    if (line.code === "excluded") each(line, (date) => { if (works(date)) days.set(date, { date, reason: "excluded" }); });
  }
  return [...days.values()];
}

const looks = { trigger: "start", counted: "counted", excluded: "excluded", weekend: "rest", holiday: "rest.holiday", statutory: "rest.holiday", rolled: "rest" };

/** months draws one table per month from the first to the last date. */
export function months(answer) {
  const days = dayMap(answer);
  const dates = [...days.keys()].sort();
  if (!dates.length) return null;
  const tables = [];
  for (let m = dates[0].slice(0, 7); m <= dates.at(-1).slice(0, 7); m = plus(`${m}-28`, 7).slice(0, 7)) {
    tables.push(month(`${m}-01`, days, dates[0], dates.at(-1)));
  }
  return h("div.months", {}, tables, legend());
}

function month(first, days, from, to) {
  const weeks = [];
  let week = Array.from({ length: weekday(first) }, () => h("td"));
  for (let d = first; d.slice(0, 7) === first.slice(0, 7); d = plus(d, 1)) {
    week.push(cell(d, days.get(d), d >= from && d <= to));
    if (week.length === 7) { weeks.push(h("tr", {}, week)); week = []; }
  }
  if (week.length) weeks.push(h("tr", {}, week, Array.from({ length: 7 - week.length }, () => h("td"))));
  return h("table.month", {}, h("caption", {}, monthText(first)),
    h("thead", {}, h("tr", {}, weekdayNames().map((n) => h("th", { scope: "col" }, n)))), h("tbody", {}, weeks));
}

function cell(d, day, inside) {
  const reason = day?.reason ?? (inside && weekday(d) > 4 ? "weekend" : "");
  const words = reason ? t(day?.made_up ? "day.made_up" : `day.${reason}`, { n: day?.n ?? "" }) : "";
  const spec = ["td", "day", looks[reason], day?.made_up && "worked", day?.due && "last", day?.provisional && "unsure"].filter(Boolean).join(".");
  const all = [words, day?.due ? t("day.due") : "", day?.notice].filter(Boolean).join(" · ");
  return h(spec, { title: all ? `${dateText(d)} · ${all}` : null },
    h("span.d", {}, Number(d.slice(8))),
    corner(reason, day) ? h("span.n", { "aria-hidden": "true" }, corner(reason, day)) : null,
    all ? h("span.visually-hidden", {}, ` ${all}`) : null);
}

/** the small mark in a cell: the number of the day in the count, or why it does not count */
function corner(reason, day) {
  if (day?.made_up) return `${day.n ?? ""}${t("mark.made_up")}`;
  if (day?.n) return String(day.n);
  return { trigger: t("mark.start"), excluded: t("mark.excluded"), holiday: t("mark.holiday"), statutory: t("mark.holiday") }[reason] ?? "";
}

function legend() {
  const item = (cls, text) => h("li", {}, h(`span.swatch.${cls}`), text);
  return h("ul.legend", { "aria-label": t("day.legend") }, item("start", t("legend.start")), item("counted", t("legend.counted")), item("rest", t("legend.rest")),
    item("rest.holiday", t("legend.holiday")), item("counted.worked", t("legend.worked")), item("excluded", t("legend.excluded")), item("counted.last", t("legend.due")));
}
