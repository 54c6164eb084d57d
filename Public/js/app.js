// Attaches each behaviour to the elements that ask for it by a data- attribute. Every page works without any of them.
import autosubmit from "./autosubmit.js";
import confirm from "./confirm.js";
import errorSummary from "./error-summary.js";
import menu from "./menu.js";
import player from "./player.js";
import poll from "./poll.js";
import print from "./print.js";
import progress from "./progress.js";
import reader from "./reader.js";
import resumable from "./resumable-upload.js";
import signOut from "./sign-out.js";
import submitNow from "./submit-now.js";
import submitOnce from "./submit-once.js";
import upload from "./upload.js";

const behaviours = {
  "[data-autosubmit]": autosubmit,
  "[data-confirm]": confirm,
  "[data-error-summary]": errorSummary,
  "[data-menu]": menu,
  "[data-player]": player,
  "[data-poll]": poll,
  "[data-print]": print,
  "[data-events]": progress,
  "[data-reader]": reader,
  "[data-resumable]": resumable,
  "[data-sign-out]": signOut,
  "[data-submit-now]": submitNow,
  "[data-submit-once]": submitOnce,
  "[data-upload]": upload,
};

function attachAll(root) {
  for (const [selector, attach] of Object.entries(behaviours)) {
    if (root.matches?.(selector)) attach(root, attachAll);
    for (const element of root.querySelectorAll(selector)) attach(element, attachAll);
  }
}

attachAll(document);
