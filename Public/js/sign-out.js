// Leaves nothing of the person's uploads in the browser; the server has asked the same of browsers that know how.
import { forgetAll } from "./upload-memory.js";

export default function signOut(form) {
  form.addEventListener("submit", forgetAll);
}
