// The workbench: queues and case files.

import { $ } from "./lib/dom.js";
import { go } from "./lib/route.js";
import { staffPage } from "./lib/staff.js";
import { queuePage } from "./desk/queue.js";
import { casePage } from "./desk/casefile.js";
import { peoplePage } from "./desk/people.js";
import { workloadPage } from "./desk/workload.js";
import { importPage } from "./desk/import.js";
import { enterPage } from "./desk/enter.js";
import { sessionsPage } from "./desk/sessions.js";
import { accountsPage } from "./desk/accounts.js";

const show = ({ path, params }) => {
  switch (path[0]) {
    case "case": return casePage(path[1], () => render());
    case "workload": return workloadPage();
    case "import": return importPage(path[1]);
    case "people": return peoplePage(() => render());
    case "sessions": return sessionsPage(path[1], () => render());
    case "accounts": return accountsPage(() => render());
    case "enter": return enterPage((id) => go("case", id));
    default: return queuePage(path[1] ?? "mine", params);
  }
};
const render = staffPage($("app"), show);
