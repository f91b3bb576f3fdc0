// Files to send and files to fetch.

import { h, fill, announce } from "./dom.js";
import { t, lang } from "./texts.js";
import { download, once, Problem } from "./api.js";
import { dateText } from "./dates.js";

// The server's own limits; it tells the kind of a file from its content.
const maxFiles = 10, maxFile = 20 << 20, maxTogether = 60 << 20;
const accept = ".pdf,.ofd,.png,.jpg,.jpeg,.gif,.webp,.bmp,.tif,.tiff,.heic,.docx,.xlsx,.pptx,.doc,.xls,.ppt,.wps,.et,.odt,.ods,.odp,.txt,.csv";

let serial = 0;

export function sizeText(n) {
  if (n < 1024) return `${n} B`;
  const [v, unit] = n < 1 << 20 ? [n / 1024, "KB"] : [n / (1 << 20), "MB"];
  return `${v.toLocaleString(lang, { maximumFractionDigits: 1 })} ${unit}`;
}

/** filesField({purpose, label, hint}) chooses files; they are read with chosen(form). */
export function filesField({ purpose = "file", label, hint, limits = true }) {
  const id = `files${++serial}`;
  const list = h("ul.files");
  const box = h("div.field.file-field", { "data-wide": true });
  box.chosen = [];
  const input = h("input.visually-hidden", { id, type: "file", multiple: true, accept, "aria-describedby": `${id}-hint`, onchange: () => {
    box.chosen.push(...input.files);
    input.value = "";
    draw();
    announce(t("files.chosen", { n: box.chosen.length }));
  } });
  const draw = () => fill(list, box.chosen.map((f, i) => h("li", {}, h("span.file-name", {}, f.name), h("span.soft.small", {}, sizeText(f.size)),
    h("button.button.small.plain", { type: "button", "aria-label": t("files.remove_name", { name: f.name }), onclick: () => { box.chosen.splice(i, 1); draw(); input.focus(); } }, t("form.remove")))));
  box.dataset.purpose = purpose;
  box.append(h("span.label", {}, label), input, h("label.button.file-button", { for: id }, t("files.choose"), h("span.visually-hidden", {}, ` ${label}`)), list,
    h("p.hint", { id: `${id}-hint` }, [hint, limits ? t("files.hint") : ""].filter(Boolean).join(" ")));
  return box;
}

/** chosen lists what was chosen in a form: [purpose, File] in the order of its fields. */
export function chosen(form) {
  const files = [...form.querySelectorAll("[data-purpose]")].flatMap((box) => (box.closest("[hidden]") ? [] : box.chosen.map((f) => [box.dataset.purpose, f])));
  const refuse = (text) => { throw new Problem(422, { title: t("form.mend"), errors: [{ detail: text }] }); };
  if (files.length > maxFiles) refuse(t("files.too_many", { n: maxFiles }));
  for (const [, f] of files) {
    if (f.size > maxFile) refuse(t("files.too_large", { name: f.name, size: sizeText(maxFile) }));
    if (f.size === 0) refuse(t("files.empty", { name: f.name }));
  }
  if (files.reduce((sum, [, f]) => sum + f.size, 0) > maxTogether) refuse(t("files.too_large_together", { size: sizeText(maxTogether) }));
  return files;
}

/** upload posts texts and files once, as command does with a body. A complaint about a
    file names it as its sender does. */
export async function upload(path, texts, files, options = {}) {
  const form = new FormData();
  for (const [name, text] of Object.entries(texts)) if (text !== undefined && text !== "") form.append(name, text);
  for (const [purpose, file] of files) form.append(purpose, file, file.name);
  const print = JSON.stringify([texts, files.map(([purpose, f]) => [purpose, f.name, f.size, f.lastModified])]);
  try {
    return await once(path, print, { ...options, body: form });
  } catch (problem) {
    if (problem instanceof Problem) {
      problem.fields = problem.fields.map((f) => {
        const at = /^\/files\/(\d+)/.exec(f.pointer ?? "");
        const file = at && files[Number(at[1])];
        return file ? { ...f, pointer: "", detail: t("files.fault", { name: file[1].name, text: f.detail }) } : f;
      });
    }
    throw problem;
  }
}

/** fetchButton fetches a file, and says so where that fails. */
export function fetchButton(label, path, name, options) {
  const said = h("span.error", { role: "alert" });
  const button = h("button.button.small", { type: "button", "aria-label": `${label} ${name}`, onclick: async () => {
    button.disabled = true;
    said.textContent = "";
    try {
      await download(path, "*/*", name, options);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      said.textContent = problem.message;
    } finally {
      button.disabled = false;
    }
  } }, label);
  return h("span.fetch", {}, button, said);
}

/** attachmentList shows files of a case; at is where they lie. */
export function attachmentList(items, at, options) {
  return h("ul.files", {}, items.map((a) => h("li", {}, h("span.file-name", {}, a.name, a.withdrawn ? h("small.soft", {}, t("files.withdrawn")) : null),
    h("span.soft.small", {}, [a.purpose_label, a.type_label, sizeText(a.size), dateText(a.added_on)].join(" · ")),
    a.note ? h("span.small", {}, a.note) : null,
    a.available ? fetchButton(t("files.fetch"), `${at}/${a.n}`, a.name, options) : h("span.soft.small", {}, t("files.withheld")))));
}
