// The sheet by keyboard: a digit chooses the step of the criterion in focus, Enter goes to the next one.
// The sum is shown live; the server computes it again.
(function () {
  "use strict";

  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const criteria = Array.from(sheet.querySelectorAll("[data-criterion]"));
  const german = document.documentElement.lang !== "en";

  function show() {
    const output = sheet.querySelector("[data-sheet-total]");
    const open = sheet.querySelector("[data-sheet-open]");
    let points = 0;
    let weights = 0;
    let missing = 0;
    criteria.forEach(function (criterion) {
      const chosen = criterion.querySelector("input[type=radio]:checked");
      const weight = Number(criterion.dataset.weight || 1);
      if (!chosen || chosen.value === "") missing += 1;
      else if (/^[0-9]$/.test(chosen.value)) {
        points += Number(chosen.value) * weight / Number(criterion.dataset.maximum || 5);
        weights += weight;
      }
    });
    points = weights ? 100 * points / weights : 0;
    if (output) output.textContent = points.toLocaleString(german ? "de-DE" : "en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    if (open) open.textContent = String(missing);
  }

  function go(criterion) {
    const target = criterion.querySelector("input[type=radio]:checked, input[type=radio]");
    if (!target) return;
    criterion.scrollIntoView({ block: "nearest" });
    target.focus({ preventScroll: true });
  }

  sheet.addEventListener("keydown", function (event) {
    const criterion = event.target.closest("[data-criterion]");
    if (!criterion || event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) {
      const step = criterion.querySelector('input[type=radio][value="' + event.key + '"]');
      if (!step) return;
      event.preventDefault();
      step.checked = true;
      step.focus();
      step.dispatchEvent(new Event("input", { bubbles: true }));
      step.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (event.key === "Enter") {
      const next = criteria[criteria.indexOf(criterion) + 1];
      event.preventDefault();
      if (next) go(next);
      else (sheet.querySelector("button[data-sheet-submit]") || event.target).focus();
    }
  });
  sheet.addEventListener("change", show);
  show();
})();
