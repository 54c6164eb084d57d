// Pages of a document one below the other: which one is in sight, and keys and a field to go to another.
export default function reader(place) {
  const pages = [...place.querySelectorAll(".reader-page")];
  if (pages.length < 2) return;
  const bar = document.createElement("form");
  bar.className = "reader-bar";
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "number", min: 1, max: pages.length, value: 1, className: "input input--short" });
  label.append("页码 ", input, ` / ${pages.length}`);
  bar.append(button("上一页", () => go(current() - 1)), label, button("下一页", () => go(current() + 1)));
  const old = place.previousElementSibling;
  if (old?.classList.contains("reader-bar")) old.remove();
  place.before(bar);

  function current() {
    return Number(input.value) || 1;
  }

  function go(number) {
    const page = pages[Math.min(pages.length, Math.max(1, number)) - 1];
    input.value = pages.indexOf(page) + 1;
    page.scrollIntoView();
    page.focus({ preventScroll: true });
  }

  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    go(current());
  });
  input.addEventListener("change", () => go(current()));
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "ArrowLeft") go(current() - 1);
    else if (event.key === "ArrowRight") go(current() + 1);
    else return;
    event.preventDefault();
  });
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting && document.activeElement !== input) input.value = pages.indexOf(entry.target) + 1;
      }
    },
    { rootMargin: "-40% 0px -55% 0px" },
  );
  for (const page of pages) seen.observe(page);
}

function button(text, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "button button--secondary", textContent: text });
  made.addEventListener("click", act);
  return made;
}
