// Looks again until the pages of a file are drawn. Without this file the page has a link that does it.
(function () {
  "use strict";

  const WAIT = 1500;
  let looks = 20;

  async function look() {
    const place = document.querySelector("[data-preview-waits]");
    if (!place || (looks -= 1) < 0) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-preview]");
      if (answer.ok && fresh && !fresh.hasAttribute("data-preview-waits")) {
        place.replaceWith(document.importNode(fresh, true));
        return;
      }
    } catch {
      // The link stays.
    }
    window.setTimeout(look, WAIT);
  }

  window.setTimeout(look, WAIT);
})();
