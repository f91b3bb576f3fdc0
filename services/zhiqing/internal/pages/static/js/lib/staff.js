// The frame of the pages for staff: sign in, sign out, and show the place asked for.

import { $, h, fill, announce } from "./dom.js";
import { t, codeText } from "./texts.js";
import { call, get, command, Problem } from "./api.js";
import { form } from "./forms.js";
import { here } from "./route.js";
import { problemBox } from "./problems.js";
import { staff, token, remember } from "./session.js";

/** clearTab takes everything away that was kept in this tab */
const clearTab = () => { for (const key of Object.keys(sessionStorage)) if (key.startsWith("zq.")) sessionStorage.removeItem(key); };

/** signOut ends the sign-in on the server, too; the tab is cleared whether or not that works */
async function signOut() {
  await call("DELETE", "/v1/session").catch(() => null);
  clearTab();
  location.reload();
}

function who() {
  const s = staff();
  const el = $("who");
  el.hidden = !token();
  if (!token()) return;
  const roles = (s?.roles ?? []).map((r) => codeText("role", r)).join(t("list.comma"));
  fill(el, h("span", {}, s?.name ?? "", roles ? h("small.soft", {}, ` ${roles}`) : null), " ",
    h("button.button.small.plain", { type: "button", onclick: signOut }, t("staff.sign_out")));
}

function signInForm(done) {
  return form({
    submit: t("staff.sign_in"),
    fields: [
      { pointer: "/username", label: t("staff.username"), required: true, auto: "username" },
      { pointer: "/password", label: t("staff.password"), type: "password", required: true, auto: "current-password" },
    ],
    async onSubmit(body) {
      const { data } = await call("POST", "/v1/session", { body });
      remember(data);
      who();
      announce(t("staff.welcome"));
      done();
    },
  });
}

/** the first office and its administrator, with the code that the server printed at its first start */
function setupForm(done) {
  return form({
    submit: t("setup.submit"),
    fields: [
      { pointer: "/setup_code", label: t("setup.code"), required: true, hint: t("setup.code_hint"), wide: true },
      { pointer: "/office/id", label: t("setup.office_id"), required: true, max: 40, hint: t("setup.office_id_hint") }, { pointer: "/office/name", label: t("setup.office_name"), required: true, max: 100 },
      { pointer: "/admin/username", label: t("staff.username"), required: true, max: 40, auto: "username" }, { pointer: "/admin/name", label: t("people.name"), required: true, max: 40 },
      { pointer: "/admin/password", label: t("staff.password"), type: "password", required: true, hint: t("setup.password_hint"), auto: "new-password" },
    ],
    async onSubmit(body) {
      await command("/v1/offices/bootstrap", body);
      announce(t("setup.done"));
      done();
    },
  });
}

/** staffPage(app, show) runs show(place) for each place once somebody is signed in. A
    token that runs out opens a dialog over the page, so that nothing typed is lost. */
export function staffPage(app, show) {
  let turn = 0;
  async function render() {
    who();
    if (!token()) {
      const fresh = (await get("/v1/offices").catch(() => null))?.items?.length === 0;
      fill(app, h("div.panel.signin", {}, fresh ? [h("h1", {}, t("setup.title")), h("p.soft", {}, t("setup.lead")), setupForm(render)]
        : [h("h1", {}, t("staff.title")), h("p.soft", {}, t("staff.lead")), signInForm(render)]));
      app.querySelector("input").focus();
      return;
    }
    const mine = ++turn;
    app.setAttribute("aria-busy", "true");
    let content;
    try {
      content = await show(here());
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) return;
      content = [problemBox(problem), h("p", {}, h("button.button", { type: "button", onclick: render }, t("staff.again")))];
    } finally {
      app.removeAttribute("aria-busy");
    }
    if (mine !== turn) return;
    fill(app, content);
    (app.querySelector("[data-focus]") ?? app.querySelector("h1"))?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  window.addEventListener("hashchange", render);
  window.addEventListener("signed-out", () => {
    if (document.querySelector("dialog[open]")) return;
    const dialog = h("dialog", { "aria-label": t("staff.again_title") }, h("h2", {}, t("staff.again_title")), h("p", {}, t("staff.again_lead")),
      signInForm(() => { dialog.close(); dialog.remove(); if (!app.querySelector("form")) render(); }));
    document.body.append(dialog);
    dialog.showModal();
  });
  render();
  return render;
}
