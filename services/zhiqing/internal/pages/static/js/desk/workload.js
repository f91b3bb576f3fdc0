// Who has how much to do. Every number leads to the list that it counts.

import { h, table } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { get } from "../lib/api.js";
import { link } from "../lib/route.js";

const columns = { open: "unit", overdue: "overdue", due_soon: "due_soon", waiting: "waiting", approval: "approval", finished_this_month: "" };

function row(name, load, lead, note) {
  return h("tr", {}, h("th", { scope: "row" }, name, note ? h("small.soft", {}, ` ${note}`) : null),
    Object.entries(columns).map(([key, queue]) => {
      const n = load[key];
      const address = n && queue ? lead(queue) : null;
      return h("td.number", { class: key === "overdue" && n ? "number bad" : "number" }, address ? h("a", { href: address }, n) : n);
    }));
}

export async function workloadPage() {
  const w = await get("/v1/cases/workload");
  return [
    h("p", {}, h("a", { href: link("queue", "mine") }, t("case.back"))), h("h1", { tabindex: "-1" }, t("workload.title")),
    h("p.soft", {}, t("workload.lead", { soon: w.soon_by, month: w.month })),
    table(t("workload.title"), [t("queue.col_assignee"), ...Object.keys(columns).map((k) => t(`workload.${k}`))], [
      row(t("workload.unit"), w.unit, (queue) => link("queue", queue)),
      row(t("queue.unassigned"), w.unassigned, (queue) => (queue === "unit" ? link("queue", "unassigned") : null)),
      w.officers.map((o) => row(o.assignee_name, o, (queue) => link("queue", queue, { assignee: o.assignee }), o.active ? "" : t("people.inactive"))),
    ]),
  ];
}
