// The list on the screen as a table for a spreadsheet: all of it, not one page.

import { h, announce } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { download, query, Problem } from "../lib/api.js";

const formats = {
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

export function exportButtons(filter) {
  const failed = h("p.note.bad", { role: "alert", hidden: true });
  const button = (format) => h("button.button.small.plain", { type: "button", onclick: async (event) => {
    event.currentTarget.disabled = true;
    const at = event.currentTarget;
    failed.hidden = true;
    try {
      await download(query("/v1/cases", filter), formats[format], `${t("export.name")}.${format}`);
      announce(t("export.done"));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      failed.textContent = problem.message;
      failed.hidden = false;
    } finally {
      at.disabled = false;
    }
  } }, t(`export.${format}`));
  return h("div.exports.no-print", {}, h("span.soft", {}, t("export.title")), " ", button("csv"), " ", button("xlsx"), failed);
}
