// Follows long work over server-sent events. When the stream cannot be had, the page is loaded again now and then.
const reloadDelay = 3000;

export default function progress(element) {
  const bar = element.querySelector("progress");
  const label = element.querySelector("[data-progress-label]");
  const figures = element.querySelector("[data-progress-figures]");
  const source = new EventSource(element.dataset.events);

  source.addEventListener("message", (event) => {
    const state = JSON.parse(event.data);
    if (state.finished) {
      source.close();
      if (state.url) location.assign(state.url);
      else location.reload();
      return;
    }
    if (state.label) label.textContent = state.label;
    if (state.total > 0) {
      bar.max = state.total;
      bar.value = state.done;
      figures.textContent = `${state.done} / ${state.total}`;
    } else {
      bar.removeAttribute("value");
      figures.textContent = "";
    }
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), reloadDelay);
  });
  window.addEventListener("pagehide", () => source.close());
}
