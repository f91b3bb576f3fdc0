// A small calendar of the days that a reply period counts, and of those it does not.

import { h } from "./dom.js";
import { t } from "./texts.js";
import { plus, weekday, weekdayNames, monthText, dateText } from "./dates.js";

/** dayMap: date → day of the API's count, with the due date marked */
function dayMap(answer) {
  const days = new Map((answer.days ?? []).map((day) => [day.date, day]));
  if (days.has(answer.reply_due)) days.set(answer.reply_due, { ...days.get(answer.reply_due), due: true });
  return days;
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
