// Saves a draft while somebody types. A form asks for it with data-autosave-url; the server answers
// 204 (saved), 200 (saved, except some entries that cannot be read), 422 (nothing saved for such an entry),
// 409 (somebody else changed it) or another error. Until it answers, the text stays in the
// browser's own store, so that a lost connection loses nothing.
(function () {
  "use strict";

  const WAIT = 1500;
  const english = document.documentElement.lang === "en";
  const words = english
    ? { saved: "Draft saved at ", saving: "Saving …", failed: "Not saved yet; we keep trying. Your text is kept in this browser.",
        partly: "Saved, except what cannot be read yet: please check the entries. Your text is kept in this browser.",
        unread: "Not saved: some entries cannot be read yet. Please check them. Your text is kept in this browser.",
        stale: "This draft was changed elsewhere. Copy your text and reload the page.",
        found: "Unsaved text from your last visit was found in this browser.", take: "Put it back", drop: "Discard it" }
    : { saved: "Entwurf gespeichert um ", saving: "Wird gespeichert …", failed: "Noch nicht gespeichert; wir versuchen es weiter. Ihr Text bleibt in diesem Browser.",
        partly: "Gespeichert, außer was noch nicht lesbar ist: Bitte prüfen Sie die Angaben. Ihr Text bleibt in diesem Browser.",
        unread: "Nicht gespeichert: Einige Angaben sind noch nicht lesbar. Bitte prüfen Sie diese. Ihr Text bleibt in diesem Browser.",
        stale: "Dieser Entwurf wurde an anderer Stelle geändert. Bitte kopieren Sie Ihren Text und laden Sie die Seite neu.",
        found: "In diesem Browser liegt noch ungespeicherter Text von Ihrem letzten Besuch.", take: "Wieder einsetzen", drop: "Verwerfen" };
  const clock = new Intl.DateTimeFormat(english ? "en-GB" : "de-DE", { hour: "2-digit", minute: "2-digit" });

  const BOOKKEEPING = ["csrfmiddlewaretoken", "version"];

  function entries(form) {
    return Array.from(new FormData(form)).filter(function (pair) {
      return typeof pair[1] === "string" && !BOOKKEEPING.includes(pair[0]);
    });
  }

  function line(form) {
    const known = form.querySelector("[data-autosave-status]");
    if (known) return known;
    const made = document.createElement("p");
    made.className = "mt-saved";
    made.setAttribute("role", "status");
    form.append(made);
    return made;
  }

  function put(form, pairs) {
    const groups = new Map();
    pairs.forEach(function (pair) { groups.set(pair[0], (groups.get(pair[0]) || []).concat(pair[1])); });
    Array.from(form.elements).forEach(function (field) {
      if (!field.name || field.type === "hidden" || field.type === "file" || field.type === "submit") return;
      const values = groups.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    });
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.querySelectorAll("[data-counter], [data-sum]").forEach(function (field) {
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  function offer(form, key) {
    let kept = null;
    try { kept = JSON.parse(window.localStorage.getItem(key)); } catch { kept = null; }
    if (!Array.isArray(kept)) return;
    if (JSON.stringify(kept) === JSON.stringify(entries(form))) {
      window.localStorage.removeItem(key);
      return;
    }
    // At the top of the page, where somebody who opens the form again sees it.
    const box = document.createElement("div");
    box.className = "mt-notice mt-notice--warning";
    box.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = words.found;
    const actions = document.createElement("p");
    [[words.take, function () { put(form, kept); }], [words.drop, function () {}]].forEach(function (choice) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "mt-linkbutton";
      button.textContent = choice[0];
      button.addEventListener("click", function () {
        window.localStorage.removeItem(key);
        box.remove();
        choice[1]();
      });
      actions.append(button, " ");
    });
    const body = document.createElement("div");
    body.className = "mt-notice__body";
    body.append(text, actions);
    const icon = document.createElement("span");
    icon.className = "kern-icon kern-icon--warning";
    icon.setAttribute("aria-hidden", "true");
    box.append(icon, body);
    (form.closest(".mt-main") || form).prepend(box);
  }

  function watch(form) {
    const key = "draft:" + form.dataset.autosaveUrl;
    const status = line(form);
    let timer = 0;
    let wait = WAIT;
    let busy = false;
    let stale = false;
    let again = false;
    let pressed = null;

    function tell(text, failed) {
      status.textContent = text;
      status.classList.toggle("mt-saved--failed", failed);
    }

    function keep() {
      try { window.localStorage.setItem(key, JSON.stringify(entries(form))); } catch { /* the store is full or shut */ }
    }

    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, wait);
    }

    async function send() {
      const filled = new FormData(form);
      Array.from(form.querySelectorAll("input[type=file]")).forEach(function (field) { filled.delete(field.name); });
      // Without files the plain encoding says the same, and the server reads it with a fraction of the work.
      const body = new URLSearchParams(filled);
      const token = form.querySelector("input[name=csrfmiddlewaretoken]");
      return fetch(form.dataset.autosaveUrl, {
        method: "POST", body: body, credentials: "same-origin", redirect: "error",
        headers: { "X-CSRFToken": token ? token.value : "", "X-Autosave": "1" },
      });
    }

    async function save() {
      if (stale) return;
      if (busy) { again = true; return; }
      busy = true;
      again = false;
      const sent = JSON.stringify(entries(form));
      tell(words.saving, false);
      try {
        const answer = await send();
        stale = answer.status === 409;
        const version = answer.headers.get("X-Version");
        const place = form.querySelector("input[name=version]");
        if (version && place) place.value = version;
        if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
        wait = WAIT;
        if (answer.status === 200 || answer.status === 422) {
          tell(answer.ok ? words.partly : words.unread, true);
          done();
          return;
        }
        tell(words.saved + clock.format(new Date()), false);
        if (sent === JSON.stringify(entries(form))) {
          window.localStorage.removeItem(key);
          form.dispatchEvent(new Event("mt:saved"));
        }
      } catch {
        tell(stale ? words.stale : words.failed, true);
        wait = Math.min(wait * 2, 60000);
        again = !stale;
      }
      done();
    }

    function done() {
      busy = false;
      if (pressed) {
        const button = pressed;
        pressed = null;
        form.requestSubmit(button === form ? undefined : button);
      } else if (again) later();
    }

    // A button pressed while a save is on its way: what would be sent has the version from before that save, and the
    // server would take it for an old page. So it goes off when the save has answered.
    form.addEventListener("submit", function (event) {
      if (!busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      window.clearTimeout(timer);
      pressed = event.submitter || form;
    }, true);

    offer(form, key);
    form.addEventListener("input", function (event) {
      if (event.target.type === "file") return;
      keep();
      later();
    });
    form.addEventListener("submit", function () {
      window.clearTimeout(timer);
      // The page that comes next (forms.js) drops the kept text, once the server has answered this person.
      const place = form.querySelector("input[name=version]");
      window.sessionStorage.setItem("draft-sent", key + " " + (place ? place.value : ""));
      stale = true;
    });
  }

  document.querySelectorAll("form[data-autosave-url]").forEach(watch);
})();
