// Asks the question in data-confirm before the form is sent; the answer button repeats the verb of the submit button.
export default function confirm(form) {
  let isConfirmed = false;
  form.addEventListener("submit", (event) => {
    if (isConfirmed) {
      isConfirmed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter ?? form.querySelector("[type=submit]");
    ask(form.dataset.confirm, submitter.textContent.trim()).then((answer) => {
      if (!answer) return;
      isConfirmed = true;
      form.requestSubmit(submitter);
    });
  });
}

function ask(question, verb) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const text = document.createElement("p");
  text.id = "confirm-question";
  text.textContent = question;
  dialog.setAttribute("aria-labelledby", text.id);
  const actions = document.createElement("form");
  actions.method = "dialog";
  actions.className = "actions";
  actions.append(button("取消", "", "secondary"), button(verb, "yes", "danger"));
  dialog.append(text, actions);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
  });
}

function button(label, value, style) {
  const element = document.createElement("button");
  element.className = `button button--${style}`;
  element.value = value;
  element.textContent = label;
  return element;
}
