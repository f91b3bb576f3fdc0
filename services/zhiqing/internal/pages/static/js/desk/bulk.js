// Several cases at once: give them to somebody, ask for more time, approve it. Each
// case succeeds or is refused by itself.

import { h, fill, announce } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { get, command } from "../lib/api.js";
import { form } from "../lib/forms.js";
import { link } from "../lib/route.js";
import { can } from "../lib/law.js";

const most = 200;

/** bulkBar is what stands above a list whose rows can be chosen; null for those who may do nothing with them. */
export function bulkBar(rows, queue, reload) {
  const actions = [can("assign_cases") && "assign", can("handle_cases") && "extend", can("approve_cases") && queue === "approval" && "approve"].filter(Boolean);
  if (!actions.length) return null;
  const chosen = new Map();
  const count = h("strong");
  const panel = h("div.panel", { hidden: true });
  const results = h("div");
  const bar = h("div.bulk.no-print", {}, results, panel);
  const buttons = h("div.buttons", { hidden: true }, count, actions.map((a) =>
    h("button.button.small", { type: "button", onclick: async () => { fill(panel, await forms[a](send)).hidden = false; panel.querySelector("select, input").focus(); } }, t(`bulk.${a}`))));
  bar.prepend(buttons);
  const refresh = () => {
    buttons.hidden = chosen.size === 0;
    if (!chosen.size) panel.hidden = true;
    count.textContent = t("bulk.chosen", { n: chosen.size });
  };
  const set = (input, c) => { if (input.checked && chosen.size < most) chosen.set(c.id, c); else { chosen.delete(c.id); input.checked = false; } };
  const send = async (path, body) => {
    const names = new Map([...chosen].map(([id, c]) => [id, c.register_no || c.receipt]));
    const answer = await command(`/v1/cases/bulk/${path}`, { ...body, cases: [...chosen.keys()] });
    panel.hidden = true;
    announce(t("bulk.result", { done: answer.done, refused: answer.refused }));
    if (!answer.refused) return reload();
    for (const input of rows.querySelectorAll("td.pick input")) input.checked = false;
    chosen.clear();
    refresh();
    fill(results, h("div.note", { role: "status" }, h("p", {}, t("bulk.result", { done: answer.done, refused: answer.refused })),
      h("ul", {}, answer.results.filter((r) => !r.ok).map((r) => h("li", {}, h("a", { href: link("case", r.case_id) }, names.get(r.case_id)), " ",
        r.problem.errors?.length ? r.problem.errors.map((e) => e.detail).join(" ") : r.problem.detail || r.problem.title))),
      h("button.button.small", { type: "button", onclick: reload }, t("bulk.reload"))));
  };
  return {
    bar,
    all: h("input", { type: "checkbox", "aria-label": t("bulk.all"), onchange: (e) => {
      for (const input of rows.querySelectorAll("td.pick input")) if (input.checked !== e.target.checked) input.click();
    } }),
    box: (c) => h("input", { type: "checkbox", "aria-label": t("bulk.choose", { no: c.register_no || c.receipt }), onchange: (e) => { set(e.target, c); refresh(); } }),
  };
}

const reason = (required) => ({ pointer: "/reason", label: t("bulk.reason"), required, hint: required ? null : t("bulk.reason_hint"), max: 2000, wide: true });

const forms = {
  async assign(send) {
    const { items } = await get("/v1/staff?limit=200");
    const people = items.filter((p) => p.active && p.roles.some((r) => ["officer", "head", "legal"].includes(r)));
    return form({ submit: t("bulk.assign"), fields: [{ pointer: "/assignee", label: t("queue.col_assignee"), type: "select", required: true, options: people.map((p) => [p.id, p.name]) }, reason(false)],
      onSubmit: (body) => send("assignment", body) });
  },
  extend: (send) => form({ submit: t("bulk.extend"), fields: [{ pointer: "/working_days", label: t("bulk.working_days"), type: "int", min: 1, max: 20, required: true }, reason(true)],
    onSubmit: (body) => send("extension", body) }),
  approve: (send) => form({ submit: t("bulk.approve"), fields: [{ pointer: "/notified_on", label: t("bulk.notified_on"), type: "date" }],
    onSubmit: (body) => send("extension/approval", body) }),
};
