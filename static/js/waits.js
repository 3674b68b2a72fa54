// Looks again while a worker is busy, and opens the page anew when it is done. Without this file the page has a link that does it.
(function () {
  "use strict";

  const WAIT = 1500;
  let looks = 400;

  async function look() {
    const place = document.querySelector("[data-waits]");
    if (!place || (looks -= 1) < 0) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-waits]");
      if (answer.ok && !fresh) {
        location.reload();
        return;
      }
      const bar = fresh && fresh.querySelector(".mt-progress");
      const old = place.querySelector(".mt-progress");
      if (answer.ok && bar && old) {
        old.replaceWith(document.importNode(bar, true));
      } else if (answer.ok && bar) {
        location.reload();
        return;
      }
    } catch {
      // The link stays.
    }
    window.setTimeout(look, WAIT);
  }

  window.setTimeout(look, WAIT);
})();
