// Forms from tables of fields. A field's name is the JSON pointer of its value in the
// request body, so a server's complaint about a pointer finds its field.

import { h, fill, announce } from "./dom.js";
import { t } from "./texts.js";
import { Problem } from "./api.js";
import { ruleText } from "./rules.js";
import { problemBox } from "./problems.js";

let serial = 0;

/** field({pointer, label, type, hint, required, options, max, min, value, rows, auto, list}) → element.
    Types: text (default), textarea, date, int, select, radio, checks (several of a set), checkbox, password, email, tel,
    hidden-int; a list is typed one entry a line. */
export function field(f) {
  if (f.type === "hidden-int") return h("input", { type: "hidden", name: f.pointer, value: f.value, "data-type": "int" });
  if (f.type === "checkbox") return checkbox(f);
  if (f.type === "radio" || f.type === "checks") return radios(f);
  const id = `f${++serial}`;
  const describedBy = [f.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const common = { id, name: f.pointer, required: f.required, "aria-describedby": describedBy, "data-type": f.list ? "lines" : f.type, autocomplete: f.auto ?? "off" };
  let input;
  if (f.type === "select") {
    input = h("select", common, f.required && f.value ? null : h("option", { value: "" }, f.empty ?? t("form.choose")),
      f.options.map(([value, text]) => h("option", { value, selected: value === f.value }, text)));
  } else if (f.type === "textarea") {
    input = h("textarea", { ...common, rows: f.rows ?? 4, maxlength: f.max });
  } else {
    const type = { date: "date", int: "number", password: "password", email: "email", tel: "tel", search: "search" }[f.type] ?? "text";
    input = h("input", { ...common, type, maxlength: type === "text" || type === "tel" || type === "email" ? f.max : null,
      max: type === "date" || type === "number" ? f.max : null, min: f.min, inputmode: f.type === "int" ? "numeric" : null, step: f.type === "int" ? 1 : null });
  }
  if (f.value !== undefined && f.type !== "select") input.value = f.value;
  const hint = f.hint ? h("p.hint", { id: `${id}-hint` }, f.hint) : null; // below, so that inputs in a row stand in line
  return h("div.field", { "data-wide": f.wide || f.type === "textarea" },
    h("label", { for: id }, f.label, f.required ? h("span.must", { title: t("form.required") }, " *") : null),
    f.type === "textarea" ? [hint, input] : [input, hint], h("p.error", { id: `${id}-error`, hidden: true }));
}

function checkbox(f) {
  const id = `f${++serial}`;
  return h("div.field.check", { "data-wide": true },
    h("label", { for: id }, h("input", { id, name: f.pointer, type: "checkbox", "data-type": "bool", value: "true", checked: f.value }), " ", f.label),
    f.hint ? h("p.hint", {}, f.hint) : null, h("p.error", { id: `${id}-error`, hidden: true }));
}

function radios(f) {
  const id = `f${++serial}`;
  return h("fieldset.field.radios", { "data-wide": true, "aria-describedby": `${id}-error` },
    h("legend", {}, f.label, f.required ? h("span.must", {}, " *") : null),
    f.hint ? h("p.hint", {}, f.hint) : null,
    h("div.choices", {}, f.options.map(([value, text, note]) =>
      h("label", {}, h("input", { type: f.type === "checks" ? "checkbox" : "radio", name: f.pointer, value, required: f.required && f.type === "radio", checked: value === f.value, "data-type": f.type === "checks" ? "set" : f.boolean ? "bool" : "text" }),
        h("span", {}, text, note ? h("small.soft", {}, note) : null)))),
    h("p.error", { id: `${id}-error`, hidden: true }));
}

/** part is a group that only counts once its box is ticked. */
export function part(title, hint, fields, open = false) {
  const body = h("div.fields", { hidden: !open }, fields.filter(Boolean).map((f) => (f instanceof Node ? f : field(f))));
  const box = h("input", { type: "checkbox", checked: open, onchange: () => { body.hidden = !box.checked; } });
  return h("div.part", { "data-wide": true }, h("label.toggle", {}, box, " ", title), hint ? h("p.hint", {}, hint) : null, body);
}

/** repeat({pointer, fields, add, each, start}) is a list of groups that can grow and shrink;
    the pointers of its fields are relative to one group. */
export function repeat({ pointer, fields, add, each, start = 0, values = [] }) {
  const rows = h("div.rows");
  const renumber = () => [...rows.children].forEach((row, i) => {
    row.querySelector("legend").textContent = t(each, { n: i + 1 });
    for (const input of row.querySelectorAll("[data-at]")) input.name = `${pointer}/${i}${input.dataset.at}`;
  });
  const addRow = (value = {}) => {
    const row = h("fieldset.group", {}, h("legend"),
      h("div.fields", {}, fields.map((f) => field({ ...f, value: value[f.pointer.slice(1)] ?? f.value }))),
      h("button.button.small.plain", { type: "button", onclick: () => {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        renumber();
        (next?.querySelector("input, select") ?? more).focus();
      } }, t("form.remove")));
    for (const input of row.querySelectorAll("[name]")) input.dataset.at = input.name;
    rows.append(row);
    renumber();
    return row;
  };
  const more = h("button.button.small", { type: "button", onclick: () => addRow().querySelector("input, select, textarea").focus() }, add);
  values.forEach(addRow);
  for (let i = values.length; i < start; i++) addRow();
  return h("div.repeat", { "data-wide": true }, rows, more);
}

/** form({fields, submit, onSubmit, cancel}) → form element; onSubmit(body, form) may throw Problem. */
export function form({ fields, submit, onSubmit, cancel, cls = "form" }) {
  const button = h("button.button.primary", { type: "submit" }, submit);
  const summary = h("div.summary", { tabindex: "-1", hidden: true, role: "alert" });
  const el = h(`form.${cls}`, { novalidate: true }, summary, h("div.fields", {}, fields.filter(Boolean).map((f) => (f instanceof Node ? f : field(f)))),
    h("div.buttons", {}, button, cancel ? h("button.button", { type: "button", onclick: cancel }, t("form.cancel")) : null));
  let busy = false;
  el.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    clear(el);
    const faults = check(el);
    if (faults.length) return show(el, new Problem(422, { title: t("form.mend"), errors: faults }));
    busy = true;
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    try {
      await onSubmit(read(el), el);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      show(el, problem);
    } finally {
      busy = false;
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  });
  el.addEventListener("input", (event) => { if (event.target.name) mark(event.target, ""); });
  return el;
}

/** read makes the request body: empty and hidden fields are left out. */
export function read(el) {
  const body = {}, seen = {};
  for (const input of el.querySelectorAll("[name]")) {
    if (input.disabled || input.closest("[hidden]")) continue;
    const value = valueOf(input);
    if (value === undefined) continue;
    if (input.dataset.type === "set") setAt(body, `${input.name}/${seen[input.name] = (seen[input.name] ?? -1) + 1}`, value);
    else setAt(body, input.name, value);
  }
  return body;
}

function valueOf(input) {
  if (input.type === "radio" && !input.checked) return undefined;
  if (input.dataset.type === "set") return input.checked ? input.value : undefined;
  if (input.type === "checkbox") return input.checked ? true : undefined;
  const s = input.value.trim();
  if (s === "") return undefined;
  switch (input.dataset.type) {
    case "int": return Number(s);
    case "lines": return s.split("\n").map((x) => x.trim()).filter(Boolean);
    case "bool": return s === "true";
    default: return s;
  }
}

/** setAt(body, "/a/0/b", v) makes the objects and lists on the way. */
function setAt(body, pointer, value) {
  const path = pointer.split("/").slice(1);
  let at = body;
  path.forEach((step, i) => {
    const last = i === path.length - 1;
    const next = last ? value : (at[step] ?? (/^\d+$/.test(path[i + 1]) ? [] : {}));
    at[step] = next;
    at = next;
  });
}

/** check names what the browser can see to be wrong, in the form's own words. */
function check(el) {
  const faults = new Map();
  for (const input of el.querySelectorAll("[name]")) {
    if (input.disabled || input.closest("[hidden]") || faults.has(input.name)) continue;
    const v = input.validity;
    let text = "";
    if (v.valueMissing) text = t(input.type === "radio" || input.tagName === "SELECT" ? "form.missing_choice" : "form.missing");
    else if (v.badInput) text = t("form.bad");
    else if (v.rangeOverflow) text = t(input.type === "date" ? "form.late" : "form.high", { max: input.max });
    else if (v.rangeUnderflow) text = t(input.type === "date" ? "form.early" : "form.low", { min: input.min });
    else if (v.stepMismatch) text = t("form.whole");
    else if (v.typeMismatch) text = t("form.bad");
    if (text) faults.set(input.name, { pointer: input.name, detail: text });
  }
  return [...faults.values()];
}

/** clear takes all complaints away. */
export function clear(el) {
  fill(el.querySelector(".summary")).hidden = true;
  for (const input of el.querySelectorAll("[aria-invalid]")) mark(input, "");
}

/** show puts each complaint at its field, and what has no field in the summary. */
export function show(el, problem) {
  const rest = [];
  let first = null;
  for (const f of problem.fields) {
    const text = [f.detail || f.message || f.code, f.rule ? t("rule.in", { rule: ruleText(f.rule) }) : ""].join("");
    const input = find(el, f.pointer ?? "");
    if (!input) { rest.push({ ...f, detail: text }); continue; }
    mark(input, text);
    first ??= input;
  }
  const box = el.querySelector(".summary");
  fill(box, problemBox(problem, rest)).hidden = false;
  announce(problem.message);
  (first ?? box).focus();
}

/** find the field of a pointer: exact, else the nearest one below or above it. */
function find(el, pointer) {
  const inputs = [...el.querySelectorAll("[name]")].filter((i) => !i.closest("[hidden]"));
  if (!pointer) return null;
  return inputs.find((i) => i.name === pointer) ?? inputs.find((i) => i.name.startsWith(`${pointer}/`)) ??
    inputs.find((i) => pointer.startsWith(`${i.name}/`));
}

function mark(input, text) {
  const wrap = input.closest(".field");
  const error = wrap?.querySelector(".error");
  if (!error) return;
  error.textContent = text;
  error.hidden = !text;
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  wrap.classList.toggle("invalid", Boolean(text));
}
