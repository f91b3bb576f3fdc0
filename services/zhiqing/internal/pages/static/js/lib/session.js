// Who is signed in. The token lives in this tab only (sessionStorage) and nowhere else.

const slot = "zq.session";

function read() {
  const s = JSON.parse(sessionStorage.getItem(slot) || "null");
  if (s && s.expires_at && Date.parse(s.expires_at) <= Date.now()) {
    sessionStorage.removeItem(slot);
    return null;
  }
  return s;
}

export const token = () => read()?.access_token ?? "";
export const staff = () => read()?.staff ?? null;
/** what must be done before anything else may be: "password", "second_factor" or nothing */
export const limit = () => read()?.limit ?? "";
export const expiresAt = () => read()?.expires_at ?? "";
export const remember = (s) => sessionStorage.setItem(slot, JSON.stringify(s));
export const forget = () => sessionStorage.removeItem(slot);
