// The legal pages: reviews and lawsuits, and the annual report.

import { $ } from "./lib/dom.js";
import { today } from "./lib/dates.js";
import { go } from "./lib/route.js";
import { staffPage } from "./lib/staff.js";
import { listPage, newPage, proceedingPage } from "./legal/proceedings.js";
import { lessonsPage, lessonPage } from "./legal/lessons.js";
import { annualPage, cellPage } from "./legal/annual.js";

const show = ({ path, params }) => {
  switch (path[0]) {
    case "new": return newPage(params.get("case") ?? "", (id) => go("proceedings", id));
    case "annual": return path[2] === "cases" ? cellPage(path[1], params) : annualPage(path[1] ?? String(Number(today().slice(0, 4))));
    case "lessons": return path[1] ? lessonPage(path[1], () => render()) : lessonsPage(params);
    default: return path[1] ? proceedingPage(path[1], () => render()) : listPage(params);
  }
};
const render = staffPage($("app"), show);
