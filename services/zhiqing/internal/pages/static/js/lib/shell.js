// What every page does: keep what was typed when the language is switched, keep the
// place in the page, and say what went wrong when a script fails.

import { t } from "./texts.js";
import { $, h } from "./dom.js";

const slot = `zq.draft ${location.pathname}`;

$("language").addEventListener("click", (event) => {
  event.preventDefault();
  const values = {};
  for (const el of document.querySelectorAll("form [name]")) {
    if (el.type === "password" || el.type === "file") continue;
    if (el.type === "checkbox" || el.type === "radio") { if (el.checked) values[`${el.name}=${el.value}`] = true; }
    else if (el.value) values[el.name] = el.value;
  }
  if (Object.keys(values).length) sessionStorage.setItem(slot, JSON.stringify(values));
  location.assign(event.currentTarget.href.split("#")[0] + location.hash);
});

/** restore puts back what was typed before the language was switched, once. */
export function restore(form) {
  const values = JSON.parse(sessionStorage.getItem(slot) || "null");
  if (!values) return;
  sessionStorage.removeItem(slot);
  for (const el of form.querySelectorAll("[name]")) {
    if (el.type === "checkbox" || el.type === "radio") el.checked = Boolean(values[`${el.name}=${el.value}`]);
    else if (el.name in values) el.value = values[el.name];
    el.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

let told = false;
function broken(event) {
  if (told) return;
  told = true;
  console.error(event.reason ?? event.error ?? event.message);
  $("main").prepend(h("p.note.bad", { role: "alert" }, t("problem.page")));
}
window.addEventListener("error", broken);
window.addEventListener("unhandledrejection", broken);
