// Attaches each behaviour to the elements that ask for it by a data- attribute. Every page works without any of them.
import autosubmit from "./autosubmit.js";
import confirm from "./confirm.js";
import errorSummary from "./error-summary.js";
import menu from "./menu.js";
import print from "./print.js";
import progress from "./progress.js";
import resumable from "./resumable-upload.js";
import submitNow from "./submit-now.js";
import submitOnce from "./submit-once.js";
import upload from "./upload.js";

const behaviours = {
  "[data-autosubmit]": autosubmit,
  "[data-confirm]": confirm,
  "[data-error-summary]": errorSummary,
  "[data-menu]": menu,
  "[data-print]": print,
  "[data-events]": progress,
  "[data-resumable]": resumable,
  "[data-submit-now]": submitNow,
  "[data-submit-once]": submitOnce,
  "[data-upload]": upload,
};

for (const [selector, attach] of Object.entries(behaviours)) {
  for (const element of document.querySelectorAll(selector)) attach(element);
}
