// What the rules of the round say, while somebody types: the list at the top of a step, a sentence at the line or entry
// it is about, and how much of each limit a plan uses. The words come from the server with each save (autosave.js).
(function () {
  "use strict";

  // The rules count the lines that say something; the page has empty and removed ones between them.
  function rowOf(form, problem) {
    const rows = form.querySelectorAll('[data-rows="' + CSS.escape(problem.rows) + '"] [data-rows-list] [data-row]');
    return Array.from(rows).filter(function (row) {
      if (row.classList.contains("mt-row--removed")) return false;
      return Array.from(row.querySelectorAll("[data-mark]")).some(function (field) { return field.value.trim(); });
    })[problem.line - 1];
  }

  function controlOf(form, problem) {
    if (problem.rows) {
      const row = rowOf(form, problem);
      return row && row.querySelector('[name$="-' + problem.field + '"]');
    }
    return problem.href.startsWith("#") ? document.getElementById(problem.href.slice(1)) : null;
  }

  function list(form, problems) {
    const box = document.querySelector("[data-hints]");
    if (!box) return;
    box.querySelector("ul").replaceChildren(...problems.map(function (problem) {
      const control = controlOf(form, problem);
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = control ? "#" + control.id : problem.href;
      link.textContent = problem.text;
      item.append(link);
      return item;
    }));
    box.hidden = problems.length === 0;
  }

  function without(control, id) {
    const ids = (control.getAttribute("aria-describedby") || "").split(" ").filter(function (known) { return known && known !== id; });
    if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
    else control.removeAttribute("aria-describedby");
  }

  function clear(form) {
    form.querySelectorAll("[data-hint-for]").forEach(function (line) {
      const control = document.getElementById(line.dataset.hintFor);
      if (control) without(control, line.id);
      line.remove();
    });
  }

  // What is still empty is no mistake yet, and a line is judged when it is left.
  function isReady(control) {
    const row = control.closest("[data-row]");
    if (row) return !row.contains(document.activeElement);
    return !("value" in control) || control.value.trim() !== "";
  }

  function mark(form, problems) {
    clear(form);
    problems.forEach(function (problem) {
      const control = controlOf(form, problem);
      if (!control || !control.matches("input, select, textarea") || !isReady(control)) return;
      const line = document.createElement("p");
      line.className = "mt-open";
      line.id = control.id + "_open";
      line.dataset.hintFor = control.id;
      line.textContent = problem.text;
      (control.closest(".mt-field") || control).append(line);
      control.setAttribute("aria-describedby", ((control.getAttribute("aria-describedby") || "") + " " + line.id).trim());
    });
  }

  // What could not be read, and now can, is no mistake any more. The summary goes with the last one.
  function mended(form, unread) {
    form.querySelectorAll(".mt-errors[id]").forEach(function (box) {
      const control = document.getElementById(box.id.replace(/_error$/, ""));
      if (!control || !control.name || unread.includes(control.name)) return;
      without(control, box.id);
      control.removeAttribute("aria-invalid");
      [control, control.closest(".mt-field")].filter(Boolean).forEach(function (marked) {
        marked.classList.remove(...Array.from(marked.classList).filter(function (name) { return name.endsWith("--error"); }));
      });
      box.remove();
    });
    const summary = document.querySelector("[data-error-summary]");
    if (summary && !document.querySelector(".mt-errors, .mt-row--error > [id$=-errors]")) summary.remove();
  }

  function limits(told) {
    const rows = document.querySelectorAll("[data-limits] > div");
    told.forEach(function (limit, number) {
      const row = rows[number];
      if (!row) return;
      row.querySelector("[data-limit-used]").textContent = limit.used;
      row.querySelector("[data-limit]").textContent = limit.limit;
      row.classList.toggle("mt-limits__over", !limit.kept);
      row.querySelector("[data-limit-over]").hidden = limit.kept;
    });
  }

  // Nothing moves between the press of a button and its release: the press would go astray.
  let pressed = false;
  const waiting = new Set();
  document.addEventListener("pointerdown", function () { pressed = true; });
  ["pointerup", "pointercancel"].forEach(function (kind) {
    document.addEventListener(kind, function () {
      pressed = false;
      window.setTimeout(function () {
        waiting.forEach(function (act) { act(); });
        waiting.clear();
      }, 200);
    });
  });

  document.querySelectorAll("form[data-autosave-url]").forEach(function (form) {
    // What stood on the page when it opened: a link from another page leads to a field, and the field says why.
    let known = Array.from(document.querySelectorAll("[data-hints] a[href^='#']"), function (link) {
      return { text: link.textContent, href: link.getAttribute("href") };
    });
    let bounds = [];
    let unread = null;

    function show() {
      if (pressed) { waiting.add(show); return; }
      list(form, known);
      mark(form, known);
      limits(bounds);
      if (unread) mended(form, unread);
    }

    form.addEventListener("mt:judged", function (event) {
      if (!event.detail.problems) return;
      known = event.detail.problems;
      bounds = event.detail.limits;
      unread = event.detail.errors || [];
      show();
    });
    mark(form, known);
    // A line is judged when it is left.
    form.addEventListener("focusout", function () {
      if (known.length) window.setTimeout(show);
    });
  });
})();
