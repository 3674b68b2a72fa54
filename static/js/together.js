// Two people in the same draft: what the other one saved appears on this page. Where both changed the same entry, the
// person at this page chooses; nothing is written over unseen. Loaded before autosave.js, which keeps the draft.
(function () {
  "use strict";

  // Nobody looks at a page left alone for so long.
  const ASLEEP = 10 * 60 * 1000;

  function blockOf(form, part) {
    return form.querySelector('[data-rows="' + CSS.escape(part) + '"]');
  }

  function controlOf(form, part) {
    return form.querySelector('[name="' + CSS.escape(part) + '"]:not([type=hidden])');
  }

  function wrapperOf(form, part) {
    const control = controlOf(form, part);
    return blockOf(form, part) || (control && (control.closest(".mt-field") || control));
  }

  function shown(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked ? "✓" : "";
    if (field.tagName === "SELECT") return field.value && field.selectedOptions.length ? field.selectedOptions[0].textContent.trim() : "";
    return field.value.trim();
  }

  // What stands in a part, as somebody would read it aloud: a line for each row, the values one after the other.
  function wordsOf(form, part) {
    const block = blockOf(form, part);
    const rows = block
      ? Array.from(block.querySelectorAll("[data-rows-list] [data-row]")).filter(function (row) {
        return Array.from(row.querySelectorAll("[data-mark]")).some(function (field) { return field.value.trim(); });
      })
      : [wrapperOf(form, part)];
    return rows.filter(Boolean).map(function (row) {
      const fields = row.matches("input, select, textarea") ? [row] : Array.from(row.querySelectorAll("input:not([type=hidden]), select, textarea"));
      return fields.filter(function (field) { return !field.name.endsWith("-DELETE"); }).map(shown).filter(Boolean).join(" · ");
    }).join("\n");
  }

  // The page as the server draws it now: its fields say how a stored value is written.
  async function fetched(draft) {
    const answer = await fetch(window.location.pathname, { credentials: "same-origin", redirect: "manual" });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector('form[data-autosave-url="' + CSS.escape(draft.form.dataset.autosaveUrl) + '"]');
  }

  function take(draft, stored, part) {
    const block = blockOf(draft.form, part);
    if (block) {
      const other = blockOf(stored, part);
      block.querySelectorAll('input[type=hidden][name$="_FORMS"]').forEach(function (field) {
        field.value = other.querySelector('[name="' + CSS.escape(field.name) + '"]').value;
      });
      const rows = Array.from(other.querySelectorAll("[data-rows-list] > *"), function (row) { return document.importNode(row, true); });
      block.querySelector("[data-rows-list]").replaceChildren(...rows);
      block.dispatchEvent(new Event("mt:rows"));
    } else {
      draft.fill(part, draft.pairs(stored).get(part) || []);
    }
    draft.base.set(part, draft.texts().get(part));
    const control = controlOf(draft.form, part);
    if (control) draft.announce(control);
  }

  function note(draft, item) {
    const place = wrapperOf(draft.form, item.part);
    if (!place) return;
    const old = document.querySelector('[data-changed-by-other="' + CSS.escape(item.part) + '"]');
    if (old) old.remove();
    const line = document.createElement("p");
    line.className = "mt-changed";
    line.dataset.changedByOther = item.part;
    line.textContent = draft.says("changed", { name: item.by });
    if (place.matches(".mt-field")) place.append(line);
    else place.after(line);
  }

  function ask(draft, stored, item) {
    const part = item.part;
    const theirs = draft.texts(stored).get(part);
    const old = document.querySelector('[data-clash-of="' + CSS.escape(part) + '"]');
    if (old) old.remove();
    if (!draft.clashes.has(part)) draft.clashes.set(part, draft.version());
    const box = draft.notice(draft.says("clash", { name: item.by, what: item.label }));
    box.dataset.clashOf = part;
    box.tabIndex = -1;
    box.setAttribute("role", "alert");
    const heading = document.createElement("p");
    heading.textContent = draft.says("theirs");
    const text = document.createElement("div");
    text.className = "mt-clash__text";
    text.dir = "auto";
    text.textContent = wordsOf(stored, part) || draft.says("empty");
    box.querySelector(".mt-notice__body").append(heading, text);
    function chosen(act) {
      return function () {
        draft.clashes.delete(part);
        box.remove();
        act();
        draft.keep();
        draft.save();
        const control = controlOf(draft.form, part) || blockOf(draft.form, part);
        if (control) control.focus();
      };
    }
    draft.choices(box, [
      [draft.says("take"), chosen(function () { take(draft, stored, part); })],
      [draft.says("keep"), chosen(function () { draft.base.set(part, theirs); })],
    ]);
    wrapperOf(draft.form, part).before(box);
  }

  function one(draft, stored, item) {
    const place = wrapperOf(draft.form, item.part);
    if (!place) return false;
    const mine = draft.texts().get(item.part);
    const theirs = draft.texts(stored).get(item.part);
    const writing = draft.base.get(item.part) !== mine && mine !== theirs;
    // Rows are replaced as a whole: not under the hands of somebody who stands in one.
    if (writing || (mine !== theirs && blockOf(draft.form, item.part) && place.contains(document.activeElement))) {
      ask(draft, stored, item);
      return false;
    }
    take(draft, stored, item.part);
    note(draft, item);
    return true;
  }

  async function bringIn(draft, told) {
    const stored = await fetched(draft);
    if (!stored) return false;
    const taken = told.news.filter(function (item) { return one(draft, stored, item); });
    const names = Array.from(new Set(taken.map(function (item) { return item.by; })));
    names.forEach(function (name) {
      const labels = taken.filter(function (item) { return item.by === name; }).map(function (item) { return item.label; });
      const words = draft.says("news", { name: name, what: labels.join(", ") });
      draft.tell(words);
      draft.speak(words);
    });
    return true;
  }

  async function look(draft) {
    const address = draft.form.dataset.autosaveUrl + "?" + new URLSearchParams({ since: draft.version(), page: draft.page() });
    const answer = await fetch(address, { credentials: "same-origin", redirect: "manual", headers: { "X-Autosave": "1" } });
    if (answer.status === 200) await draft.bringIn(await answer.json());
    else if (answer.status === 204 && !draft.clashes.size) {
      draft.seen(answer.headers.get("X-Version"));
    }
  }

  function watch(draft) {
    const seconds = Number(draft.form.dataset.newsSeconds);
    if (!seconds) return;
    let active = Date.now();
    ["input", "focusin", "pointerdown"].forEach(function (kind) {
      document.addEventListener(kind, function () { active = Date.now(); });
    });
    function due() {
      if (document.visibilityState === "visible" && Date.now() - active < ASLEEP) draft.alone(function () { return look(draft); });
    }
    window.setInterval(due, seconds * 1000);
    document.addEventListener("visibilitychange", function () {
      active = Date.now();
      due();
    });
  }

  window.mtTogether = { bringIn: bringIn, watch: watch };
})();
