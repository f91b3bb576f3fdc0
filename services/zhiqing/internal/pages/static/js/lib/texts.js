// The texts of the page in the reader's language. The server has chosen the language.

const root = document.documentElement;
export const lang = root.dataset.lang;
const table = await (await fetch(new URL(`../../i18n/${lang}.json`, import.meta.url))).json();

/** t(key, {n: 3}) is the text with {n} filled in; a missing key shows itself. */
export function t(key, params = {}) {
  return (table[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => params[name] ?? all);
}

/** has reports whether there is such a text. */
export const has = (key) => key in table;

/** codeText is the text of a code of the API: its own label where the answer has one
    in this language, else the table's, else the code itself. */
export function codeText(group, code, label) {
  if (code === undefined || code === null || code === "") return "";
  const key = `code.${group}.${code}`;
  if (has(key)) return t(key);
  return label || code;
}

/** pick takes x.text or x.text_en (or label, label_en …), whichever suits the reader. */
export function pick(x, name) {
  return (lang === "en" && x[`${name}_en`]) || x[name] || x[`${name}_en`] || "";
}

/** options for a select from codes of one group. */
export const choices = (group, codes) => codes.map((c) => [c, codeText(group, c)]);
