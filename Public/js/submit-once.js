// Disables the button of a form once it is sent; the page may come back from the browser's memory with it enabled.
export default function submitOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; });
  });
  window.addEventListener("pageshow", () => {
    for (const button of form.querySelectorAll("button[disabled]")) button.disabled = false;
  });
}
