// Helps that every form has. Without this file every page still works.
(function () {
  "use strict";

  // Who listens hears figures when the typing pauses, not at each key.
  const PAUSE = 1200;
  const german = new Intl.NumberFormat("de-DE", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  // Mirrors accounts/money.py closely enough for a running sum; the server alone decides.
  function cents(text) {
    const entry = text.replace(/€|EUR|Euro/gi, "").trim();
    const grouped = /^(\d{1,3}(?:[. \u00a0\u202f]\d{3})+|\d+)(?:,(\d{1,2}))?$/.exec(entry);
    const dotted = /^(\d+)\.(\d{1,2})$/.exec(entry);
    const match = grouped || dotted;
    if (!match) return null;
    return Number(match[1].replace(/\D/g, "")) * 100 + Number((match[2] || "").padEnd(2, "0"));
  }

  // What happens on a page, said to a screen reader in a line that nobody sees. It has to be there before the words
  // come; each sentence is an entry of its own, so that one does not push out the other.
  const voice = document.createElement("div");
  voice.className = "kern-sr-only";
  voice.setAttribute("role", "status");
  voice.setAttribute("aria-atomic", "false");
  document.body.append(voice);

  function say(text) {
    const entry = document.createElement("p");
    entry.textContent = text.trim().replace(/\s+/g, " ");
    voice.append(entry);
    window.setTimeout(function () { entry.remove(); }, 15000);
  }

  // What stood on the page when it opened is not read out by itself. Errors take the focus instead.
  function greet() {
    if (document.querySelector("[data-error-summary]")) return;
    const texts = Array.from(document.querySelectorAll("main .mt-notice[role=status]"), function (box) { return box.textContent; });
    if (texts.length) window.setTimeout(function () { say(texts.join(" ")); }, 800);
  }

  function menu() {
    const button = document.querySelector("[data-menu]");
    if (!button) return;
    button.addEventListener("click", function () {
      button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
    });
  }

  function summary() {
    const box = document.querySelector("[data-error-summary]");
    if (!box) return;
    box.focus();
    // Behind the skip link the address ends in "#main", and the browser would put the focus there after us.
    if (location.hash) window.addEventListener("load", function () { setTimeout(function () { box.focus(); }); });
    box.addEventListener("click", function (event) {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!field) return;
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
  }

  function counters(root) {
    root.querySelectorAll("[data-counter]").forEach(function (field) {
      const line = root.querySelector('[data-counter-for="' + CSS.escape(field.id) + '"]');
      const limit = Number(field.dataset.counter);
      if (!line || !limit) return;
      const grouped = new Intl.NumberFormat(document.documentElement.lang || "de");
      function show() {
        // Code points, as the server counts them; a browser's length counts an emoji twice.
        const left = limit - Array.from(field.value.trim()).length;
        const words = left < 0 ? line.dataset.over : line.dataset.left;
        line.textContent = words.replace("[number]", grouped.format(Math.abs(left)));
        line.classList.toggle("mt-counter--over", left < 0);
        return left;
      }
      let timer = 0;
      field.addEventListener("input", function () {
        window.clearTimeout(timer);
        if (show() < limit / 20) timer = window.setTimeout(function () { say(line.textContent); }, PAUSE);
      });
      show();
    });
  }

  // What one input adds: alone, times the number in its row, or hours times a rate; some count only
  // (or only not) for one kind of line.
  function part(input) {
    const row = input.closest("[data-row]");
    if (row && row.classList.contains("mt-row--removed")) return 0;
    const kind = row && row.querySelector("[data-sum-kind]");
    if (kind && input.dataset.sumOnly && kind.value !== input.dataset.sumOnly) return 0;
    if (kind && input.dataset.sumExcept && kind.value === input.dataset.sumExcept) return 0;
    const own = cents(input.value) || 0;
    if (input.dataset.sumRate) return Math.round(own * Number(input.dataset.sumRate) / 100);
    const factor = row && row.querySelector("[data-sum-factor]");
    const times = factor && factor.value.trim() ? cents(factor.value) || 0 : 100;
    return Math.round(own * times / 100);
  }

  function add(inputs) {
    return Array.from(inputs).reduce(function (sum, input) { return sum + part(input); }, 0);
  }

  function euros(sum) {
    return german.format(sum / 100) + "\u00a0€";
  }

  function named(name) {
    return document.querySelectorAll('[data-sum="' + CSS.escape(name) + '"]');
  }

  function sums() {
    document.querySelectorAll("[data-sum-total]").forEach(function (output) {
      const inputs = named(output.dataset.sumTotal);
      const less = output.dataset.sumMinus ? add(named(output.dataset.sumMinus)) : 0;
      if (inputs.length) output.textContent = euros(add(inputs) - less);
    });
    document.querySelectorAll("[data-rows]").forEach(function (block) {
      const output = block.querySelector("[data-rows-sum]");
      const inputs = block.querySelectorAll("[data-rows-list] [data-sum]");
      if (output && inputs.length) output.textContent = euros(add(inputs));
    });
    document.querySelectorAll("[data-sum-verdict]").forEach(verdict);
  }

  // Whether the plan balances, or how many euros are missing, in the words of the page.
  function verdict(line) {
    const one = named(line.dataset.sumVerdict);
    if (!one.length) return;
    const [whole, part] = [add(one), add(named(line.dataset.sumMinus))];
    const words = whole === part ? line.dataset.even : whole > part ? line.dataset.missing : line.dataset.over;
    // Before the first price there is nothing to compare with.
    const text = whole ? words.replace("{gap}", euros(Math.abs(whole - part))) : "";
    if (line.textContent.trim() === text) return;
    const badge = document.createElement("span");
    badge.className = "mt-badge mt-badge--" + (whole === part ? "success" : "warning");
    badge.textContent = text;
    line.replaceChildren(...(text ? [badge] : []));
  }

  let told = "";
  let telling = 0;

  function sumsInWords() {
    return Array.from(document.querySelectorAll(".mt-money dl > div, .mt-money [data-sum-verdict]"), function (line) {
      const label = line.querySelector("dt");
      return label ? label.textContent + ": " + line.querySelector("dd").textContent.trim() : line.textContent.trim();
    }).filter(Boolean).join(". ");
  }

  function tellSums() {
    window.clearTimeout(telling);
    telling = window.setTimeout(function () {
      const now = sumsInWords();
      if (now && now !== told) say(now);
      told = now;
    }, PAUSE);
  }

  function renumber(block) {
    let number = 0;
    block.querySelectorAll("[data-rows-list] [data-row]").forEach(function (row) {
      const place = row.querySelector("[data-row-number]");
      if (place && !row.classList.contains("mt-row--removed")) place.textContent = String((number += 1));
      const button = row.querySelector("[data-row-remove] button");
      if (button) button.setAttribute("aria-label", button.textContent + ": " + nameOf(row));
    });
  }

  function nameOf(row) {
    const legend = row.querySelector("legend");
    return legend ? legend.textContent.trim() : "";
  }

  function removal(block, row) {
    const place = row.querySelector("[data-row-remove]");
    const box = place && place.querySelector("input[type=checkbox]");
    if (!box || place.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "mt-linkbutton";
    button.textContent = place.dataset.label;
    box.closest(".kern-form-check").hidden = true;
    place.append(button);
    if (box.checked) row.classList.add("mt-row--removed");
    button.addEventListener("click", function () {
      box.checked = true;
      row.classList.add("mt-row--removed");
      say((place.dataset.removed || "").replace("{row}", nameOf(row)));
      renumber(block);
      sums();
      tellSums();
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.dispatchEvent(new Event("change", { bubbles: true }));
      block.focus();
    });
  }

  function rows() {
    document.querySelectorAll("[data-rows]").forEach(function (block) {
      const list = block.querySelector("[data-rows-list]");
      const template = block.querySelector("[data-rows-template]");
      const add = block.querySelector("[data-rows-add]");
      const count = block.querySelector('input[name="' + CSS.escape(block.dataset.rows) + '-TOTAL_FORMS"]');
      const most = block.querySelector('input[name="' + CSS.escape(block.dataset.rows) + '-MAX_NUM_FORMS"]');
      function look() {
        list.querySelectorAll("[data-row]").forEach(function (row) {
          removal(block, row);
          const box = row.querySelector("[data-row-remove] input[type=checkbox]");
          row.classList.toggle("mt-row--removed", Boolean(box && box.checked));
        });
        renumber(block);
        sums();
      }
      look();
      // Others have put rows into it (autosave.js, together.js).
      block.addEventListener("mt:rows", look);
      if (!add || !template || !count) return;
      add.addEventListener("click", function (event) {
        if (most && Number(count.value) >= Number(most.value)) return;
        event.preventDefault();
        const holder = document.createElement("template");
        holder.innerHTML = template.innerHTML.replaceAll("__prefix__", count.value);
        const row = holder.content.querySelector("[data-row]");
        count.value = String(Number(count.value) + 1);
        list.append(row);
        removal(block, row);
        counters(row);
        renumber(block);
        const first = row.querySelector("input:not([type=hidden]), select, textarea");
        if (first) first.focus();
      });
    });
  }

  // A second press must not send twice, and leaving must not lose what was typed.
  function guard() {
    document.querySelectorAll("form[data-guard]").forEach(function (form) {
      let changed = false;
      let sending = false;
      form.addEventListener("input", function () { changed = true; });
      form.addEventListener("mt:saved", function () { changed = false; });
      form.addEventListener("submit", function (event) {
        if (sending) {
          event.preventDefault();
          return;
        }
        sending = true;
        form.setAttribute("aria-busy", "true");
        // A download or a lost connection leaves the page standing: let it send again.
        window.setTimeout(function () { sending = false; form.removeAttribute("aria-busy"); }, 8000);
      });
      window.addEventListener("beforeunload", function (event) {
        if (changed && !sending) event.preventDefault();
      });
      window.addEventListener("pageshow", function (event) {
        if (event.persisted) { sending = false; form.removeAttribute("aria-busy"); }
      });
    });
  }

  // Whether the server itself led from the form that was sent to this page. Back, a typed address or a link after a
  // press that got no answer say nothing.
  function ledFrom(path) {
    const [way] = performance.getEntriesByType("navigation");
    const from = document.referrer && new URL(document.referrer).pathname;
    return Boolean(way) && way.type === "navigate" && way.redirectCount > 0 && from === path;
  }

  // Text kept in the browser (autosave.js) goes when the server has taken the form, and at sign-out. The page after
  // the press tells: the sign-in or an error page means that it was not taken, and the text stays for good.
  function drafts() {
    const signedIn = document.body.hasAttribute("data-signed-in");
    const failed = document.body.classList.contains("mt-error");
    const [key, path] = (window.sessionStorage.getItem("draft-sent") || "").split(" ");
    if (key && signedIn && !failed && ledFrom(path)) window.localStorage.removeItem(key);
    window.sessionStorage.removeItem("draft-sent");
    document.querySelectorAll("form[data-sign-out]").forEach(function (form) {
      form.addEventListener("submit", function () {
        Object.keys(window.localStorage)
          .filter(function (key) { return key.startsWith("draft:"); })
          .forEach(function (key) { window.localStorage.removeItem(key); });
      });
    });
  }

  // A panel higher than the window sticks with its lower edge (miteinander.css): it has to be known how high it is.
  function panels() {
    if (!window.ResizeObserver) return;
    const watch = new ResizeObserver(function (entries) {
      entries.forEach(function (entry) {
        entry.target.style.setProperty("--mt-panel", Math.ceil(entry.target.getBoundingClientRect().height) + "px");
      });
    });
    document.querySelectorAll(".mt-case__act").forEach(function (panel) { watch.observe(panel); });
  }

  drafts();
  panels();
  menu();
  summary();
  greet();
  counters(document);
  rows();
  sums();
  told = sumsInWords();
  guard();
  document.addEventListener("input", function (event) {
    if (event.target.matches("[data-sum], [data-sum-factor], [data-sum-kind]")) {
      sums();
      tellSums();
    }
  });
  window.mtSay = say;
})();
