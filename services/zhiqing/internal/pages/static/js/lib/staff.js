// The frame of the pages for staff: sign in, sign out, and show the place asked for.

import { $, h, fill, announce } from "./dom.js";
import { t, codeText } from "./texts.js";
import { call, get, command, Problem } from "./api.js";
import { form } from "./forms.js";
import { here } from "./route.js";
import { problemBox } from "./problems.js";
import { staff, token, remember, limit } from "./session.js";

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
      { pointer: "/second_factor", label: t("staff.second_factor"), auto: "one-time-code", max: 40, hint: t("staff.second_factor_hint") },
    ],
    async onSubmit(body) {
      if (!body.second_factor) delete body.second_factor;
      const { data } = await call("POST", "/v1/session", { body });
      remember(data);
      who();
      announce(t("staff.welcome"));
      done();
    },
  });
}

const oidcSlot = "zq.oidc";

/** providerButton leads to the office's own identity provider, where there is one */
function providerButton() {
  const place = h("div.provider");
  get("/v1/session/oidc").then(({ enabled }) => {
    if (!enabled) return;
    fill(place, h("p", {}, h("button.button.plain", { type: "button", onclick: async () => {
      try {
        const { data } = await call("POST", "/v1/session/oidc/start");
        sessionStorage.setItem(oidcSlot, data.flow);
        location.assign(data.authorization_url);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        place.append(problemBox(problem));
      }
    } }, t("staff.provider"))));
  }).catch(() => null);
  return place;
}

/** back completes a sign-in at the provider; the address is cleared of what it brought */
async function back() {
  const came = new URLSearchParams(location.search);
  const flow = sessionStorage.getItem(oidcSlot);
  if (!flow || !came.get("state")) return null;
  sessionStorage.removeItem(oidcSlot);
  history.replaceState(null, "", location.pathname + location.hash);
  try {
    const { data } = await call("POST", "/v1/session/oidc", { body: { code: came.get("code") ?? "-", state: came.get("state"), flow } });
    remember(data);
    return null;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return problemBox(problem);
  }
}

/** renew takes a fresh token for the same sign-in, once what it waited for is done */
async function renew(done) {
  const { data } = await call("POST", "/v1/session/renewal");
  remember(data);
  who();
  done();
}

/** somebody else chose the password: another one comes first */
function newPasswordForm(done) {
  return form({
    submit: t("staff.change_password"),
    fields: [
      { pointer: "/current_password", label: t("staff.current_password"), type: "password", required: true, auto: "current-password" },
      { pointer: "/password", label: t("staff.new_password"), type: "password", required: true, auto: "new-password", hint: t("setup.password_hint") },
    ],
    async onSubmit(body) {
      await call("PATCH", `/v1/staff/${staff().id}`, { body });
      await renew(done);
    },
  });
}

/** draw makes the QR code anew from the shapes of the server's drawing; none of its text becomes markup */
function draw(svg) {
  const ns = ["http:", "", "www.w3.org", "2000", "svg"].join("/"); // a name; nothing is fetched from there
  const make = (name, attributes) => {
    const el = document.createElementNS(ns, name);
    for (const [k, v] of Object.entries(attributes)) el.setAttribute(k, v);
    return el;
  };
  const drawing = make("svg", { viewBox: svg.match(/viewBox="([\d ]+)"/)?.[1] ?? "", width: "220", height: "220", role: "img", "aria-label": t("staff.factor_qr") });
  for (const [, fill, d] of svg.matchAll(/fill="(#\w+)" d="([\w. -]+)"/g)) drawing.append(make("path", { fill, d }));
  return drawing;
}

/** the office wants a second factor: scan, show one code, keep the recovery codes */
async function factorForm(done) {
  const { data } = await call("POST", "/v1/session/second-factor");
  const drawing = draw(data.qr_svg);
  const box = h("div", {}, drawing, h("p", {}, t("staff.factor_secret"), " ", h("code", {}, data.secret)), form({
    submit: t("staff.factor_confirm"),
    fields: [{ pointer: "/code", label: t("staff.second_factor"), required: true, auto: "one-time-code", max: 40 }],
    async onSubmit(body) {
      const confirmed = await call("POST", "/v1/session/second-factor/confirmation", { body });
      fill(box, h("p", {}, t("staff.factor_recovery")), h("ul", {}, confirmed.data.recovery_codes.map((c) => h("li", {}, h("code", {}, c)))),
        h("button.button", { type: "button", onclick: () => renew(done) }, t("staff.factor_done")));
    },
  }));
  return box;
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
  let failed = null;
  async function render() {
    who();
    if (!token()) {
      const fresh = (await get("/v1/offices").catch(() => null))?.items?.length === 0;
      fill(app, h("div.panel.signin", {}, fresh ? [h("h1", {}, t("setup.title")), h("p.soft", {}, t("setup.lead")), setupForm(render)]
        : [h("h1", {}, t("staff.title")), h("p.soft", {}, t("staff.lead")), failed, signInForm(render), providerButton()]));
      failed = null;
      app.querySelector("input").focus();
      return;
    }
    const mine = ++turn;
    if (limit()) {
      const password = limit() === "password";
      const step = password ? newPasswordForm(render) : await factorForm(render).catch((p) => { if (p instanceof Problem) return problemBox(p); throw p; });
      fill(app, h("div.panel.signin", {}, h("h1", {}, t(password ? "staff.change_password" : "staff.factor_title")), h("p.soft", {}, t(password ? "staff.change_lead" : "staff.factor_lead")), step));
      app.querySelector("input")?.focus();
      return;
    }
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
  back().then((problem) => {
    failed = problem;
    render();
  });
  return render;
}
