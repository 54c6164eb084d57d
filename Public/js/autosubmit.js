// Sends a filter form as soon as a choice is made with the pointer. With the keyboard a closed list changes at every
// arrow key, so there the button decides.
export default function autosubmit(form) {
  let byKeyboard = false;
  form.addEventListener("keydown", () => { byKeyboard = true; });
  form.addEventListener("pointerdown", () => { byKeyboard = false; });
  form.addEventListener("change", (event) => {
    if (!byKeyboard && event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}
