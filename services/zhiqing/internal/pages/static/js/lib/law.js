// The law's own tables: decision kinds, grounds, rows of the annual report, results.

import { pick } from "./texts.js";
import { staff } from "./session.js";

export const law = await (await fetch(new URL("../../law.json", import.meta.url))).json();

export const decisionOf = (kind) => law.decisions.find((d) => d.kind === kind);
export const groundOf = (ground) => law.grounds.find((g) => g.ground === ground);
export const decisionText = (kind) => { const d = decisionOf(kind); return d ? `${kind} ${pick(d, "label")}` : kind; };
export const groundText = (ground) => { const g = groundOf(ground); return g ? pick(g, "label") : ground ?? ""; };

/** the rows of the annual report in the format that binds the year */
export const formatFor = (year) => law.formats.find((f) => year >= f.first_year) ?? law.formats.at(-1);
export const rowText = (key) => {
  for (const f of law.formats) {
    const row = f.rows.find((r) => r.key === key);
    if (row) return [row.head, pick(row, "label")].filter(Boolean).join(" ");
  }
  return key ?? "";
};

/** can reports whether the signed-in person's roles allow an action; the server decides. */
export const can = (action) => (law.may[action] ?? []).some((role) => staff()?.roles?.includes(role));
