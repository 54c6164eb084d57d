// A part of the page that is still being worked on: asked for again every few seconds until it is done. The rest of the
// page, and what somebody types there, stays as it is.
const LONGEST = 30;

export default function poll(element, attach) {
  let pause = Number(element.dataset.poll);
  async function ask() {
    if (!element.isConnected) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(element.id);
      if (!fresh) return;
      if (fresh.innerHTML !== element.innerHTML && !isBusy(element)) {
        element.replaceWith(fresh);
        attach(fresh);
        return;
      }
    } catch {
      // The line is away; it is asked again.
    }
    pause = Math.min(LONGEST, pause * 1.5);
    setTimeout(ask, pause * 1000);
  }
  setTimeout(ask, pause * 1000);
}

// Nothing is taken from under somebody who watches or works in it.
function isBusy(element) {
  const video = element.querySelector("video, audio");
  return (video && (!video.paused || video.currentTime > 0)) || element.contains(document.activeElement);
}
