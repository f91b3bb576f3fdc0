// The fields of an application, for the applicant's form and for the counter's.

import { h } from "./dom.js";
import { t, choices } from "./texts.js";
import { field, part, repeat } from "./forms.js";

const idTypes = choices("id_type", ["resident_id", "passport", "hk_macau_permit", "taiwan_permit", "social_credit_code", "other"]);

/** section is a titled group of fields. */
export const section = (label, fields, hint) => h("fieldset.group", { "data-wide": true }, h("legend", {}, label), hint ? h("p.hint", {}, hint) : null,
  h("div.fields", {}, fields.map((f) => (f instanceof Node ? f : field(f)))));

const identity = (at) => [
  { pointer: `${at}/id_type`, label: t("apply.id_type"), type: "select", options: idTypes },
  { pointer: `${at}/id_number`, label: t("apply.id_number"), max: 40 },
];

/** the applicant's form (条例 art. 29) */
export function applicationFields() {
  return [
    section(t("apply.who"), [
      { pointer: "/applicant/kind", label: t("apply.kind"), type: "radio", required: true, value: "natural_person",
        options: choices("applicant_kind", ["natural_person", "commercial", "research", "public_welfare", "legal_service", "other_org"]) },
      { pointer: "/applicant/name", label: t("apply.name"), required: true, max: 100, auto: "name" },
      ...identity("/applicant"),
      { pointer: "/applicant/contact/phone", label: t("apply.phone"), type: "tel", max: 40, auto: "tel", hint: t("apply.contact_hint") },
      { pointer: "/applicant/contact/email", label: t("apply.email"), type: "email", max: 200, auto: "email" },
      { pointer: "/applicant/contact/address", label: t("apply.address"), max: 300, auto: "street-address", wide: true },
      { pointer: "/applicant/needs_assistance", label: t("apply.assistance"), type: "checkbox", hint: t("apply.assistance_hint") },
      part(t("apply.agent"), t("apply.agent_hint"), [
        { pointer: "/applicant/agent/name", label: t("apply.agent_name"), required: true, max: 100 },
        { pointer: "/applicant/agent/phone", label: t("apply.phone"), type: "tel", max: 40 },
        ...identity("/applicant/agent"),
        { pointer: "/applicant/agent/authority", label: t("apply.authority"), required: true, max: 2000, hint: t("apply.authority_hint"), wide: true }]),
      part(t("apply.co"), t("apply.co_hint"), [repeat({ pointer: "/applicant/co_applicants", add: t("apply.co_add"), each: "apply.co_n", start: 1, fields: [
        { pointer: "/name", label: t("apply.name"), required: true, max: 100 }, ...identity("")] })]),
    ], t("apply.who_hint")),
    section(t("apply.what"), [
      { pointer: "/content/description", label: t("apply.description"), type: "textarea", required: true, rows: 6, max: 5000, hint: t("apply.description_hint") },
      { pointer: "/content/title", label: t("apply.info_title"), max: 300, hint: t("apply.optional") },
      { pointer: "/content/document_number", label: t("apply.document_number"), max: 100, hint: t("apply.optional") },
    ]),
    section(t("apply.how"), [
      { pointer: "/delivery/format", label: t("apply.format"), type: "radio", required: true, value: "electronic", options: choices("format", ["electronic", "paper", "on_site", "other"]) },
      { pointer: "/delivery/route", label: t("apply.route"), type: "radio", required: true, value: "online", options: choices("route", ["online", "email", "mail", "pick_up", "fax", "on_site"]) },
    ]),
  ];
}

/** adapt marks what the law asks of this kind of applicant and this route, shown before the server says it */
export function adapt(el) {
  const value = (name) => el.querySelector(`[name="${name}"]:checked`)?.value;
  const at = (name) => el.querySelector(`[name="${name}"]`);
  const person = value("/applicant/kind") === "natural_person";
  const route = value("/delivery/route");
  const idType = at("/applicant/id_type");
  if (person && (idType.value === "" || idType.value === "social_credit_code")) idType.value = "resident_id";
  if (!person && idType.value === "resident_id") idType.value = "";
  const need = { "/applicant/id_type": person, "/applicant/id_number": person,
    "/applicant/contact/address": route === "mail", "/applicant/contact/email": route === "email",
    "/applicant/contact/phone": route === "fax" };
  for (const [name, required] of Object.entries(need)) {
    const input = at(name);
    input.required = required;
    const label = input.closest(".field").querySelector("label");
    label.querySelector(".must")?.remove();
    if (required) label.append(h("span.must", { title: t("form.required") }, " *"));
  }
}
