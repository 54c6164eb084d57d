// Shows a button that prints the page, with every folded part open.
export default function print(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const folded = [...document.querySelectorAll("main details:not([open])")];
    for (const details of folded) details.open = true;
    window.addEventListener("afterprint", () => {
      for (const details of folded) details.open = false;
    }, { once: true });
    window.print();
  });
}
