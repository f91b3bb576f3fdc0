// Where somebody is signed in, and an end to it: for the own account, and for those of the
// office by its administrator.

import { h, table, announce } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { get, call } from "../lib/api.js";
import { link } from "../lib/route.js";
import { instantText } from "../lib/dates.js";
import { staff } from "../lib/session.js";

/** sessionsPage shows the sign-ins of a member of staff; without an id the own ones */
export async function sessionsPage(id, reload) {
  const who = id || staff().id, own = who === staff().id, at = `/v1/staff/${encodeURIComponent(who)}`;
  const [{ items }, person] = await Promise.all([get(`${at}/sessions`), own ? staff() : get(at)]);
  const end = (path, text) => async () => {
    await call("DELETE", path);
    announce(t("sessions.ended"));
    await reload();
  };
  return [
    h("p", {}, h("a", { href: own ? link("queue", "mine") : link("people") }, t("case.back"))),
    h("h1", { tabindex: "-1" }, t("sessions.title")), h("p.lead", {}, person.name),
    table(t("sessions.title"), [t("sessions.since"), t("sessions.seen"), t("sessions.from"), t("sessions.agent"), ""], items.map((s) =>
      h("tr", {}, h("th", { scope: "row" }, instantText(s.created_at)), h("td", {}, instantText(s.last_seen_at)), h("td", {}, s.from), h("td", {}, s.agent),
        h("td", {}, s.current ? t("sessions.current") : h("button.button.small.plain", { type: "button", onclick: end(`${at}/sessions/${encodeURIComponent(s.id)}`) }, t("sessions.end")))))),
    items.some((s) => !s.current) ? h("p", {}, h("button.button", { type: "button", onclick: end(`${at}/sessions`) }, t(own ? "sessions.end_others" : "sessions.end_all"))) : null,
  ];
}
