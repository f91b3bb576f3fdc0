// Places inside a page, kept in the part of the address after #: "#/case/123?x=1".

/** here is the present place: {path: ["case", "123"], params} */
export function here() {
  const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: path.split("/").filter(Boolean).map(decodeURIComponent), params: new URLSearchParams(search ?? "") };
}

/** link("case", id) is the address of a place; parameters come in a last object. */
export function link(...parts) {
  const params = typeof parts.at(-1) === "object" ? parts.pop() : {};
  const search = new URLSearchParams(Object.entries(params).filter(([, v]) => v)).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

export const go = (...parts) => { location.hash = link(...parts); };
