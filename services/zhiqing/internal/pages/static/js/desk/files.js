// The letters and files of a case, and what should be looked at now.

import { h, fill } from "../lib/dom.js";
import { t, choices } from "../lib/texts.js";
import { get } from "../lib/api.js";
import { form } from "../lib/forms.js";
import { dateText } from "../lib/dates.js";
import { attachmentList, chosen, fetchButton, filesField, upload } from "../lib/files.js";

/** alarms says what a person should look at now. */
export const alarms = (c) => (c.alarms?.length ? h("ul.note.warn", {}, c.alarms.map((a) => h("li", {}, h("strong", {}, a.label), " ", t("files.since", { day: dateText(a.since) })))) : null);

export function fileCard(c, may, done) {
  const at = `/v1/cases/${encodeURIComponent(c.id)}`;
  const letters = h("ul.files");
  get(`${at}/letters`).then(({ items }) => fill(letters, items.map((l) => h("li", {}, h("span.file-name", {}, l.label), h("span.soft.small", {}, l.on ? dateText(l.on) : t("case.draft")),
    fetchButton(t("track.letter_docx"), l.docx, `${l.label}.docx`), fetchButton(t("track.letter_html"), l.html, `${l.label}.html`))))).catch(() => {});
  const field = filesField({ label: t("apply.files") });
  const add = form({
    submit: t("track.send_files"),
    fields: [{ pointer: "/purpose", label: t("files.purpose"), type: "select", required: true, value: "work", options: choices("purpose", ["work", "arrival", "application", "identity", "authority", "correction", "reasons", "notice", "reply"]), hint: t("files.purpose_hint") },
      { pointer: "/note", label: t("track.note"), max: 2000 }, field],
    async onSubmit(values, el) {
      const files = chosen(el).map(([, f]) => [values.purpose, f]);
      if (!files.length) return el.querySelector("input[type=file]").focus();
      await upload(`${at}/attachments`, { note: values.note }, files);
      await done(t("track.done"));
    },
  });
  return h("section.card", { "aria-labelledby": "files" }, h("h2", { id: "files" }, t("track.documents")), letters,
    c.attachments?.length ? attachmentList(c.attachments, `${at}/attachments`) : null,
    may ? h("details.no-print", {}, h("summary", {}, t("files.add")), add) : null);
}
