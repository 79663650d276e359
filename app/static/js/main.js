// Starts what each page needs; every module looks for its own marks and does nothing without them.

import { startBoards } from "./board.js";
import { startCharts } from "./chart.js";
import { startConfirm } from "./confirm.js";
import { startForms } from "./form.js";
import { startFragments } from "./fragment.js";
import { startJobs } from "./jobs.js";
import { startLists } from "./list.js";
import { startMenu } from "./menu.js";
import { startPictures } from "./pictures.js";
import { startSearch } from "./search.js";
import { startSelects } from "./select.js";
import { startSession } from "./session.js";
import { startTree } from "./tree.js";

startSession();
startConfirm();
startBoards();
startMenu();
startSearch();
startLists();
startSelects(document);
startForms(document);
startPictures(document);
startFragments(document);
startCharts(document);
startJobs();
startTree();
