// Building the page. Text always goes in as text nodes, never as markup.

const plain = new Set(["value", "checked", "disabled", "hidden", "required", "selected", "open", "href", "id", "type", "name", "title"]);

/** h("a.button", {href: "/"}, "text", child, …) makes an element; null and false children are left out. */
export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const el = document.createElement(tag || "div");
  if (classes.length) el.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else if (plain.has(key)) el[key] = value;
    else el.setAttribute(key, value === true ? "" : value);
  }
  add(el, children);
  return el;
}

function add(el, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    el.append(child instanceof Node ? child : String(child));
  }
}

/** fill replaces everything inside el. */
export function fill(el, ...children) {
  el.replaceChildren();
  add(el, children);
  return el;
}

/** $ finds one element of the page by its id. */
export const $ = (id) => document.getElementById(id);

/** announce tells screen readers what has changed. */
export function announce(text) {
  const el = $("announce");
  el.textContent = "";
  setTimeout(() => { el.textContent = text; }, 50);
}

/** list of pairs as a description list; pairs without a value are left out. */
export function facts(pairs) {
  const rows = pairs.filter(([, v]) => v !== undefined && v !== null && v !== "" && v !== false);
  return h("dl.facts", {}, rows.map(([k, v]) => h("div", { "data-wide": typeof v === "string" && v.length > 40 }, h("dt", {}, k), h("dd", {}, v))));
}

/** table(head, rows) with a caption for those who cannot see the heading above it. */
export function table(caption, head, rows, cls = "grid") {
  return h("div.scroll", { tabindex: "0", role: "group", "aria-label": caption },
    h(`table.${cls}`, {}, h("caption.visually-hidden", {}, caption),
      h("thead", {}, h("tr", {}, head.map((c) => h("th", { scope: "col" }, c)))),
      h("tbody", {}, rows)));
}
