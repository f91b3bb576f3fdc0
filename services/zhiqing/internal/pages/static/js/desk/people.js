// The staff of the office, for its administrator: who there is, and one more.

import { h, table, announce } from "../lib/dom.js";
import { t, codeText } from "../lib/texts.js";
import { get, command } from "../lib/api.js";
import { form } from "../lib/forms.js";
import { link } from "../lib/route.js";

const roles = ["officer", "unit_lead", "head", "legal", "finance", "admin", "auditor"];

export async function peoplePage(reload) {
  const { items } = await get("/v1/staff?limit=200");
  return [
    h("p", {}, h("a", { href: link("queue", "mine") }, t("case.back"))), h("h1", { tabindex: "-1" }, t("people.title")),
    h("p", {}, h("a.button.plain", { href: link("accounts") }, t("accounts.title"))),
    table(t("people.title"), [t("people.name"), t("staff.username"), t("people.roles"), t("queue.col_status"), ""], items.map((p) =>
      h("tr", {}, h("th", { scope: "row" }, p.name), h("td", {}, p.username), h("td", {}, p.roles.map((r) => codeText("role", r)).join(t("list.comma"))), h("td", {}, p.active ? t("people.active") : t("people.inactive")),
        h("td", {}, h("a", { href: link("sessions", p.id) }, t("sessions.title")))))),
    h("section.panel.narrow", {}, h("h2", {}, t("people.add")), form({
      submit: t("people.add"),
      fields: [{ pointer: "/name", label: t("people.name"), required: true, max: 40 }, { pointer: "/username", label: t("staff.username"), required: true, max: 40 },
        { pointer: "/password", label: t("staff.password"), type: "password", required: true, hint: t("setup.password_hint"), auto: "new-password" },
        { pointer: "/roles", label: t("people.roles"), type: "checks", required: true, options: roles.map((r) => [r, codeText("role", r)]) }],
      async onSubmit(body) {
        await command("/v1/staff", body);
        announce(t("people.added"));
        await reload();
      },
    })),
  ];
}
