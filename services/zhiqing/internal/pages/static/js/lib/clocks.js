// Clocks and their explanations, line by line, each with its rule.

import { h } from "./dom.js";
import { t, pick, codeText } from "./texts.js";
import { ruleText } from "./rules.js";
import { dateEl, dateText, left } from "./dates.js";

/** explanation is an ordered list: what happened, from when to when, by which rule. */
export function explanation(lines) {
  return h("ol.explain", {}, (lines ?? []).map((line) =>
    h(`li.line.${line.code || "note"}`, {},
      h("span.text", {}, pick(line, "text")),
      span(line),
      line.rule ? h("span.rule", {}, ruleText(line.rule)) : null,
      line.notice ? h("span.rule", {}, line.notice) : null)));
}

/** the dates of a line, where its sentence does not name them */
function span(line) {
  if (!line.from || !line.to || line.from === line.to || pick(line, "text").includes(line.from)) return null;
  return h("span.span", {}, `${line.from} – ${line.to}`, line.working_days ? ` · ${t("clock.wd", { n: line.working_days })}` : "");
}

export const provisionalBadge = () => h("span.badge.amber", { title: t("clock.provisional_text") }, t("clock.provisional"));

/** dueBig is the date that everybody looks for. */
export function dueBig(label, due, provisional, running) {
  const l = left(due);
  return h(`div.due-box${running ? `.${l.level}-due` : ""}`, {}, h("p.due-label", {}, label),
    h("p.due-date", {}, dateEl(due), provisional ? [" ", provisionalBadge()] : null),
    running ? h(`p.left.${l.level}`, {}, l.text) : null,
    provisional ? h("p.small", {}, t("clock.provisional_text")) : null);
}

const tone = { running: "blue", waiting: "violet", met: "green", late: "red", overrun: "red", superseded: "grey", closed: "grey" };

/** clockCard shows one clock; its explanation opens on demand. A live card says how many
    days are left, unless the clock is only a chance that passes. */
export function clockCard(clock, { open = false, live = true } = {}) {
  const running = clock.state === "running" || clock.state === "overrun";
  const past = live && running && clock.due_on && left(clock.due_on).n < 0;
  const state = past ? (clock.advisory ? "superseded" : "overrun") : clock.state;
  live &&= running && !clock.advisory;
  return h("details.card.clock", { open },
    h("summary", {}, h("span.name", {}, pick(clock, "label") || clock.kind),
      h(`span.badge.${tone[state] ?? "grey"}`, {}, codeText("clock_state", state, clock.state_label)),
      clock.due_on ? h("span.date", {}, dateText(clock.due_on), live ? ` · ${left(clock.due_on).text}` : "") : null,
      clock.provisional ? provisionalBadge() : null),
    h("dl.facts", {}, [
      [t("clock.start"), clock.start_on && dateText(clock.start_on)],
      [t("clock.length"), clock.length && lengthText(clock)],
      [t("clock.met"), clock.met_on && dateText(clock.met_on)],
      [t("clock.shadow"), clock.shadow_due_on && dateText(clock.shadow_due_on)],
      [t("clock.may_close"), clock.may_close_on && dateText(clock.may_close_on)],
      [t("clock.silence"), clock.silence_rule && codeText("silence", clock.silence_rule)],
      [t("rule.name"), ruleText(clock.article)],
    ].filter(([, v]) => v).map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v)))),
    clock.explanation?.length ? explanation(clock.explanation) : null);
}

function lengthText(clock) {
  const unit = clock.unit || "wd", extension = clock.extension_wd ?? clock.extension;
  const base = t(`clock.unit.${unit}`, { n: clock.length });
  return extension ? `${base} + ${t("clock.unit.wd", { n: extension })}` : base;
}
