// Keeps the time until a deadline running. The server's clock counts, not the one of this device: it only measures
// how much time went by since the page was sent. Without this file the page says what was true when it was sent.
(function () {
  "use strict";

  const language = document.documentElement.lang || "de";

  function amount(unit, count) {
    return new Intl.NumberFormat(language, { style: "unit", unit: unit, unitDisplay: "long" }).format(count);
  }

  // Two neighbouring units say enough: days and hours, hours and minutes; only the last minutes count seconds.
  function words(left) {
    const minutes = Math.floor(left / 60);
    const hours = Math.floor(minutes / 60);
    let parts = [["minute", minutes], ["second", left % 60]];
    if (left >= 600) parts = [["hour", hours], ["minute", minutes % 60]];
    if (left >= 86400) parts = [["day", Math.floor(hours / 24)], ["hour", hours % 24]];
    const shown = parts.filter(function (part) { return part[1] > 0; });
    return (shown.length ? shown : [["second", 0]])
      .map(function (part) { return amount(part[0], part[1]); })
      .join(", ");
  }

  function run(box) {
    const line = box.querySelector("[data-countdown-left]");
    const page = window.performance.getEntriesByType("navigation")[0];
    const sent = Date.now() - (page ? window.performance.now() - page.responseStart : 0);
    const total = Number(box.dataset.deadline) - Number(box.dataset.now);

    function show() {
      const left = Math.ceil(total - (Date.now() - sent) / 1000);
      if (left < 0) {
        line.textContent = box.dataset.over.trim();
        line.removeAttribute("role");
        box.querySelectorAll(".mt-countdown__day").forEach(function (more) { more.remove(); });
        box.classList.add("mt-countdown--over");
        return;
      }
      const text = box.dataset.pattern.replace("[left]", words(left));
      if (line.textContent !== text) line.textContent = text;
      box.classList.toggle("mt-countdown--soon", left < 86400);
      window.setTimeout(show, 1000);
    }

    show();
  }

  document.querySelectorAll("[data-countdown]:not([data-runs])").forEach(function (box) {
    box.dataset.runs = "";
    run(box);
  });
})();
