// Bringing the office's ledger along: try it, bring it in, and get the rows back that
// need mending.

import { h, fill, table, announce } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { call, get, download, query, Problem } from "../lib/api.js";
import { link, go } from "../lib/route.js";
import { problemBox } from "../lib/problems.js";

const every = 1000; // ms between two looks at an import that runs

export async function importPage(id) {
  const back = h("p", {}, h("a", { href: id ? link("import") : link("queue", "mine") }, t(id ? "import.back" : "case.back")));
  if (id) return [back, h("h1", { tabindex: "-1" }, t("import.title")), await follow(id)];
  const { items } = await get("/v1/imports?limit=20");
  return [
    back, h("h1", { tabindex: "-1" }, t("import.title")), h("p.lead", {}, t("import.lead")), upload(),
    items.length ? h("section", {}, h("h2", {}, t("import.earlier")), table(t("import.earlier"), ["file", "state", "imported", "unchanged", "rejected"].map((k) => t(`import.${k}`)), items.map((m) =>
      h("tr", {}, h("th", { scope: "row" }, h("a", { href: link("import", m.id) }, m.file_name || m.id)), h("td", {}, m.state_label, m.dry_run ? ` (${t("import.dry")})` : ""),
        ["imported", "unchanged", "rejected"].map((k) => h("td.number", {}, m.counts[k])))))) : null,
  ];
}

function upload() {
  const file = h("input", { type: "file", id: "ledger", required: true, accept: ".csv,.xlsx" });
  const dry = h("input", { type: "checkbox", checked: true });
  const failed = h("div");
  const button = h("button.button.primary", { type: "submit" }, t("import.send"));
  return h("form.panel.narrow", { onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(failed);
    try {
      const body = new FormData();
      body.append("file", file.files[0]);
      const { data } = await call("POST", query("/v1/imports", { dry_run: dry.checked ? "true" : "" }), { body });
      go("import", data.id);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fill(failed, problemBox(problem, problem.fields));
      announce(problem.message);
    } finally {
      button.disabled = false;
    }
  } }, h("div.field", {}, h("label", { for: "ledger" }, t("import.file")), file, h("p.hint", {}, t("import.hint"))),
  h("div.field.check", {}, h("label", {}, dry, " ", t("import.dry_run"))), failed, h("div.buttons", {}, button));
}

/** follow shows an import and looks again until it has ended or the reader has left. */
async function follow(id) {
  const at = `/v1/imports/${encodeURIComponent(id)}`;
  const box = h("div");
  const look = async () => {
    const m = await get(at);
    fill(box, show(m, at));
    return m.state === "queued" || m.state === "running";
  };
  const again = async () => {
    if (!box.isConnected) return;
    if (await look()) setTimeout(again, every);
    else announce(t("import.ended"));
  };
  if (await look()) setTimeout(again, every);
  return box;
}

function show(m, at) {
  const total = m.counts.total || 1;
  const done = m.counts.imported + m.counts.unchanged + m.counts.rejected;
  return [
    h("p", {}, h("strong", {}, m.file_name || ""), " ", m.state_label, m.dry_run ? ` (${t("import.dry")})` : "", ` ${m.percent}%`),
    h("progress", { max: total, value: m.state === "done" ? total : done, "aria-label": t("import.progress") }),
    m.failure ? h("p.note.bad", { role: "alert" }, m.failure) : null,
    table(t("import.title"), ["total", "imported", "unchanged", "rejected"].map((k) => t(`import.${k}`)),
      [h("tr", {}, ["total", "imported", "unchanged", "rejected"].map((k) => h("td.number", {}, m.counts[k])))]),
    m.warnings.length ? h("ul", {}, m.warnings.map((w) => h("li", {}, w.detail, w.subject ? ` (${w.subject})` : "", w.count > 1 ? ` ×${w.count}` : ""))) : null,
    m.rejected_url ? h("p", {}, h("button.button", { type: "button", onclick: () => download(`${at}/rejected`, "text/csv", `${t("import.rejected_file")}.csv`) }, t("import.download"))) : null,
    m.rejected?.length ? table(t("import.rejected"), [t("import.line"), t("import.reason")], m.rejected.map((r) =>
      h("tr", {}, h("th", { scope: "row" }, r.sheet ? `${r.sheet} ${r.line}` : r.line), h("td", {}, r.faults.map((f) => `${f.column_label ? `${f.column_label}${t("import.colon")}` : ""}${f.reason}`).join(" "))))) : null,
  ];
}
