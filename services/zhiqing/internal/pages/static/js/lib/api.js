// Calls to the API. Every refusal arrives as a Problem with words for people.

import { lang, t, has } from "./texts.js";
import { token, forget } from "./session.js";

/** Problem is a problem document (RFC 9457) as an error. */
export class Problem extends Error {
  constructor(status, doc = {}) {
    super(doc.detail || doc.title || t("problem.unknown"));
    this.status = status;
    this.code = (doc.type || "").split(/[/#:]/).pop();
    this.title = doc.title || (has(`problem.${status}`) ? t(`problem.${status}`) : t("problem.unknown"));
    this.detail = doc.detail || "";
    this.rule = doc.rule || "";
    this.fields = doc.errors || [];
    this.instance = doc.instance || "";
  }
}

/** call(method, path, {body, headers, key, accept, as}) answers {data, status, etag}; throws Problem. */
export async function call(method, path, { body, headers = {}, key, accept = "application/json", as = "json" } = {}) {
  const h = { Accept: `${accept}, application/problem+json`, "Accept-Language": lang === "en" ? "en" : "zh-CN", ...headers };
  if (token()) h.Authorization = `Bearer ${token()}`;
  if (key) h["Idempotency-Key"] = key;
  const init = { method, headers: h, credentials: "omit", cache: "no-store" };
  if (body instanceof FormData) init.body = body; // the browser names the boundary
  else if (body !== undefined) {
    h["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  let res;
  try {
    res = await fetch(path, init);
  } catch {
    throw new Problem(0, { title: t("problem.network"), detail: t("problem.network_text") });
  }
  if (!res.ok) {
    const problem = new Problem(res.status, await res.json().catch(() => ({})));
    if (res.status === 401 && token() && path !== "/v1/session") {
      forget();
      window.dispatchEvent(new Event("signed-out"));
    }
    throw problem;
  }
  const empty = res.status === 204 || res.headers.get("Content-Length") === "0";
  const data = empty ? null : await res[as]();
  return { data, status: res.status, etag: res.headers.get("ETag") };
}

export const get = async (path, options) => (await call("GET", path, options)).data;

/** download fetches a file with the sign-in of this tab and hands it to the browser. */
export async function download(path, accept, name, options = {}) {
  const { data } = await call("GET", path, { ...options, accept, as: "blob" });
  const a = document.createElement("a");
  a.href = URL.createObjectURL(data);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
}

/** command posts a body once: the same body again, after a double click, a lost answer
    or a reload, carries the same key, so the server does it once. */
export const command = (path, body, options = {}) => once(path, JSON.stringify(body), { ...options, body });

/** once posts options.body; what it says makes out whether it is the same again. */
export async function once(path, says, { method = "POST", ...options }) {
  const slot = `zq.key ${path}`;
  const print = fingerprint(says);
  let kept = JSON.parse(sessionStorage.getItem(slot) || "null");
  if (!kept || kept.print !== print) {
    kept = { print, key: randomKey() };
    sessionStorage.setItem(slot, JSON.stringify(kept));
  }
  const answer = await call(method, path, { ...options, key: kept.key });
  sessionStorage.removeItem(slot);
  return answer.data;
}

/** randomKey works without a secure context, too (an office's plain-HTTP intranet). */
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** fingerprint tells two bodies apart; it is no protection (cyrb53). */
function fingerprint(s) {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (b >>> 0).toString(16) + (a >>> 0).toString(16);
}

/** query("/v1/cases", {q: "", limit: 20}) leaves empty parameters out. */
export function query(path, params) {
  const p = new URLSearchParams();
  for (const [k, v] of Object.entries(params)) if (v !== undefined && v !== null && v !== "") p.append(k, v);
  const s = p.toString();
  return s ? `${path}?${s}` : path;
}
