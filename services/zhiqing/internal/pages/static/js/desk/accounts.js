// Accounts of other systems, for the administrator: each may what its scopes name until its
// day, and its key is shown once.

import { h, fill, table, announce } from "../lib/dom.js";
import { t, lang } from "../lib/texts.js";
import { get, call, command } from "../lib/api.js";
import { form } from "../lib/forms.js";
import { link } from "../lib/route.js";
import { instantText, today, plus } from "../lib/dates.js";
import { staff } from "../lib/session.js";
import { law } from "../lib/law.js";

export async function accountsPage(reload) {
  const at = `/v1/offices/${encodeURIComponent(staff().office)}/service-accounts`;
  const { items } = await get(`${at}?limit=200`);
  const made = h("div", { role: "status" });
  const state = (a) => (a.revoked_at ? t("accounts.revoked_on", { at: instantText(a.revoked_at) }) : t("accounts.until", { at: instantText(a.expires_at) }));
  return [
    h("p", {}, h("a", { href: link("people") }, t("case.back"))), h("h1", { tabindex: "-1" }, t("accounts.title")), h("p.lead", {}, t("accounts.lead")), made,
    items.length ? table(t("accounts.title"), [t("accounts.name"), t("accounts.scopes"), t("accounts.used"), t("queue.col_status"), ""], items.map((a) =>
      h("tr", {}, h("th", { scope: "row" }, a.name), h("td", {}, a.scopes.join(" ")), h("td", {}, a.last_used_at ? instantText(a.last_used_at) : t("accounts.never")), h("td", {}, state(a)),
        h("td", {}, a.revoked_at ? null : h("button.button.small.plain", { type: "button", onclick: async () => {
          await call("DELETE", `${at}/${encodeURIComponent(a.id)}`);
          announce(t("accounts.revoked"));
          await reload();
        } }, t("accounts.revoke")))))) : h("p.soft", {}, t("accounts.none")),
    h("section.panel.narrow", {}, h("h2", {}, t("accounts.add")), form({
      submit: t("accounts.add"),
      fields: [{ pointer: "/name", label: t("accounts.name"), required: true, max: 80 },
        { pointer: "/expires_at", label: t("accounts.expires"), type: "date", required: true, min: plus(today(), 1), value: plus(today(), 365) },
        { pointer: "/scopes", label: t("accounts.scopes"), type: "checks", required: true, options: Object.entries(law.scopes).map(([a, label]) => [a, lang === "en" ? a.replaceAll("_", " ") : label, a]) }],
      async onSubmit(body) {
        const account = await command(at, { ...body, expires_at: `${body.expires_at}T00:00:00+08:00` });
        fill(made, h("div.action", {}, h("p", {}, t("accounts.key_once")), h("p.mono", {}, account.key),
          h("button.button.plain", { type: "button", onclick: reload }, t("accounts.key_kept"))));
        made.scrollIntoView();
      },
    })),
  ];
}
