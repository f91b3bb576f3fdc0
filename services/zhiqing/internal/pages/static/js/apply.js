// Filing an application online, and the receipt for it.

import { $, h, fill, announce } from "./lib/dom.js";
import { t, pick } from "./lib/texts.js";
import { command, get } from "./lib/api.js";
import { form } from "./lib/forms.js";
import { applicationFields, adapt, section } from "./lib/application.js";
import { filesField, chosen, upload } from "./lib/files.js";
import { restore } from "./lib/shell.js";
import { dateText } from "./lib/dates.js";

const app = $("app");
const slot = "zq.receipt"; // the receipt stays in this tab, so that a reload shows it again

/** the offices that take applications, or null when the server does not list them */
const offices = async () => (await get("/v1/offices").catch(() => null))?.items ?? null;

function officeField(list) {
  const wanted = new URLSearchParams(location.search).get("office") ?? undefined;
  if (!list?.length) return { pointer: "/office", label: t("apply.office"), required: true, hint: t("apply.office_hint"), value: wanted };
  const only = list.length === 1 ? list[0].id ?? list[0].code : wanted;
  return { pointer: "/office", label: t("apply.office"), type: "select", required: true, value: only, options: list.map((o) => [o.id ?? o.code, pick(o, "name")]) };
}

function receipt(r) {
  const row = (label, value, cls = "") => h(`div${cls}`, {}, h("dt", {}, label), h("dd", {}, value));
  $("intro").hidden = true;
  fill(app, h("article.receipt.card", { tabindex: "-1" },
    h("h1", {}, t("receipt.title")),
    h("p.note.warn", {}, h("strong", {}, t("receipt.keep")), " ", t("receipt.keep_text")),
    h("dl.slip", {}, row(t("receipt.no"), h("strong.code", {}, r.receipt)), row(t("receipt.code"), h("strong.code", {}, r.query_code)),
      row(t("receipt.arrived"), dateText(r.arrived_on)), row(t("receipt.status"), r.status_label || r.status),
      r.office ? row(t("apply.office"), r.office) : null, r.description ? row(t("apply.description"), r.description, ".long") : null,
      r.attachments?.length ? row(t("apply.files"), r.attachments.map((a) => a.name).join(t("list.comma")), ".long") : null),
    h("h2", {}, t("receipt.next")),
    h("ol", {}, h("li", {}, t("receipt.next1")), h("li", {}, t("receipt.next2")), h("li", {}, t("receipt.next3"))),
    h("p.small.soft", {}, t("receipt.where", { url: `${location.origin}/track` })),
    h("div.buttons.no-print", {}, h("button.button.primary", { type: "button", onclick: () => window.print() }, t("receipt.print")),
      h("a.button", { href: "/track", onclick: handOver }, t("receipt.track")),
      h("button.button.plain", { type: "button", onclick: () => { sessionStorage.removeItem(slot); $("intro").hidden = false; start(); } }, t("receipt.another")))));
  app.firstChild.focus();
  announce(t("receipt.announce", { no: r.receipt }));

  function handOver() { sessionStorage.setItem("zq.track", JSON.stringify({ receipt: r.receipt, code: r.query_code })); }
}

async function start() {
  const list = await offices();
  const el = form({
    fields: [section(t("apply.to"), [officeField(list)]), ...applicationFields(),
      section(t("apply.files"), [filesField({ label: t("apply.file"), hint: t("apply.file_hint") }),
        filesField({ purpose: "identity", label: t("apply.file_identity"), limits: false }), filesField({ purpose: "authority", label: t("apply.file_authority"), hint: t("apply.file_authority_hint"), limits: false })], t("apply.files_hint")),
      h("p.note", {}, t("apply.next"))], submit: t("apply.submit"),
    async onSubmit(body, formEl) {
      const files = chosen(formEl);
      const r = files.length ? await upload("/v1/applications", { application: JSON.stringify(body) }, files) : await command("/v1/applications", body);
      const select = formEl.querySelector('select[name="/office"]');
      const kept = { ...r, office: select ? select.selectedOptions[0].textContent : body.office, description: body.content.description };
      sessionStorage.setItem(slot, JSON.stringify(kept));
      receipt(kept);
    },
  });
  el.addEventListener("change", () => adapt(el));
  fill(app, el);
  adapt(el);
  restore(el);
}

const kept = JSON.parse(sessionStorage.getItem(slot) || "null");
if (kept) receipt(kept);
else await start();
