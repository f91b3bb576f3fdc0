// Rules of law as people write them: "条例 art. 33(2)" of the API becomes 条例第三十三条第二款,
// or Regulations art. 33(2).

import { lang, t, has } from "./texts.js";

const digits = "零一二三四五六七八九";

/** 1 to 99 in Chinese numerals */
function numeral(n) {
  if (n > 99) return String(n);
  const tens = Math.floor(n / 10), ones = n % 10;
  return `${tens > 1 ? digits[tens] : ""}${tens ? "十" : ""}${ones || !tens ? digits[ones] : ""}`;
}

/** 33(2) → 第三十三条第二款; what follows a paragraph is an item, and art. 36 has items only */
function article(text) {
  const [number, ...inner] = text.match(/\d+/g).map(Number);
  const parts = inner.map((n, i) => (i === 0 && number !== 36 ? `第${numeral(n)}款` : `第（${numeral(n)}）项`));
  return `第${numeral(number)}条${parts.join("")}`;
}

const cited = /\s*art\. (\d+(?:\(\d+\))*(?:(?:, | to )\d+(?:\(\d+\))*)*)/g;
const one = /\d+(?:\(\d+\))*/g;

/** ruleText writes a rule for the reader. */
export function ruleText(rule) {
  if (!rule) return "";
  if (lang === "en") return rule.replace(/\p{Script=Han}+/gu, (name) => (has(`law.${name}`) ? t(`law.${name}`) : name));
  return rule.replace(cited, (_, list) => list.replace(one, article).replaceAll(", ", "、").replaceAll(" to ", "至"));
}
