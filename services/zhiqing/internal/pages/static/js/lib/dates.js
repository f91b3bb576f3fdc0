// Civil dates as the API writes them: "2026-11-23". No time of day, no zone, except today().

import { lang, t } from "./texts.js";

const dayMS = 86400000;
const stamp = (d) => Date.parse(`${d}T00:00:00Z`);
const civil = (ms) => new Date(ms).toISOString().slice(0, 10);

/** today in the office's zone. */
export function today() {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

export const plus = (d, n) => civil(stamp(d) + n * dayMS);
export const daysBetween = (a, b) => Math.round((stamp(b) - stamp(a)) / dayMS);
/** weekday 0 = Monday … 6 = Sunday. */
export const weekday = (d) => (new Date(stamp(d)).getUTCDay() + 6) % 7;

const locale = lang === "en" ? "en-GB" : "zh-CN";
const long = new Intl.DateTimeFormat(locale, { timeZone: "UTC", year: "numeric", month: lang === "en" ? "short" : "long", day: "numeric", weekday: "short" });
const monthName = new Intl.DateTimeFormat(locale, { timeZone: "UTC", year: "numeric", month: "long" });
const narrow = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "narrow" });

/** 2026年11月23日周一, Mon, 23 Nov 2026 */
export const dateText = (d) => (d ? long.format(stamp(d.slice(0, 10))) : "");
export const monthText = (d) => monthName.format(stamp(d));
export const weekdayNames = () => Array.from({ length: 7 }, (_, i) => narrow.format(stamp("2024-01-01") + i * dayMS));

/** an instant in the office's zone, to the minute */
export function instantText(s) {
  if (!s) return "";
  return new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "short" }).format(new Date(s));
}

/** time element with the date in words */
export function dateEl(d) {
  const el = document.createElement("time");
  el.dateTime = d;
  el.textContent = dateText(d);
  return el;
}

/** "3 天后到期", "今天到期", "已超期 2 天", with how urgent it is */
export function left(due) {
  const n = daysBetween(today(), due);
  if (n === -1) return { n, level: "overdue", text: t("left.overdue_one") };
  if (n < 0) return { n, level: "overdue", text: t("left.overdue", { n: -n }) };
  if (n === 0) return { n, level: "soon", text: t("left.today") };
  if (n === 1) return { n, level: "soon", text: t("left.tomorrow") };
  return { n, level: n <= 5 ? "soon" : "calm", text: t("left.days", { n }) };
}
