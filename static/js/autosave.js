// Saves a draft while somebody types. A form asks for it with data-autosave-url; what is said to the person stands in
// the attributes of its status line (components/autosave_status.html), what the server answers in
// grants/views/autosave.py. Until the server has it, the text stays in the browser's own store, so that a lost
// connection loses nothing. together.js, where it is loaded, brings in what others change meanwhile.
(function () {
  "use strict";

  const WAIT = 1500;
  const LONGEST = 60000;
  const KEEPALIVE_BYTES = 60000;
  const BOOKKEEPING = ["csrfmiddlewaretoken", "version", "touched", "page"];

  function says(line, word, values) {
    return Object.entries(values || {}).reduce(function (text, pair) {
      return text.replace("{" + pair[0] + "}", pair[1]);
    }, line.dataset[word] || "");
  }

  // The cookie is the newer one, when somebody signed in again in another window.
  function token(form) {
    const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    const field = form.querySelector("input[name=csrfmiddlewaretoken]");
    return cookie ? cookie[1] : field ? field.value : "";
  }

  function freshName() {
    return Array.from(window.crypto.getRandomValues(new Uint8Array(8)), function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
  }

  // A control by itself is a part of the form; all rows of a set are one part, because the server takes them together.
  function partOf(form, name) {
    const prefix = name.split("-")[0];
    return name !== prefix && form.querySelector('[data-rows="' + CSS.escape(prefix) + '"]') ? prefix : name;
  }

  function isEntry(field) {
    return field.name && !BOOKKEEPING.includes(field.name) && !["file", "submit", "button", "fieldset"].includes(field.type);
  }

  // What stands in each part of a form: name and value of its controls; a box without its tick adds nothing.
  function pairsOf(form) {
    const found = new Map();
    Array.from(form.elements).filter(isEntry).forEach(function (field) { found.set(partOf(form, field.name), []); });
    new FormData(form).forEach(function (value, name) {
      const part = found.get(partOf(form, name));
      if (part && typeof value === "string" && !BOOKKEEPING.includes(name)) part.push([name, value]);
    });
    return found;
  }

  function textsOf(form) {
    return new Map(Array.from(pairsOf(form), function (pair) { return [pair[0], JSON.stringify(pair[1])]; }));
  }

  // What the controls are called on the page; a control in a row with the row before it.
  function namesOf(form, names) {
    return names.map(function (name) {
      const field = form.querySelector('[name="' + CSS.escape(name) + '"]:not([type=hidden])');
      const row = field && field.closest("[data-row]");
      const words = [row && row.querySelector("legend"), field && field.labels && field.labels[0]];
      return words.filter(Boolean).map(function (place) { return place.textContent.trim().replace(/\s+/g, " "); }).join(", ");
    }).filter(Boolean).join("; ");
  }

  function set(field, values) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else field.value = values.length ? values[0] : "";
  }

  function announce(field) {
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Fills one part of a form with pairs of name and value; rows that are missing are added first.
  function fill(form, part, pairs) {
    const block = form.querySelector('[data-rows="' + CSS.escape(part) + '"]');
    if (block) addRows(block, pairs);
    Array.from(form.elements).filter(function (field) {
      return isEntry(field) && field.type !== "hidden" && partOf(form, field.name) === part;
    }).forEach(function (field) {
      set(field, pairs.filter(function (pair) { return pair[0] === field.name; }).map(function (pair) { return pair[1]; }));
    });
    if (block) block.dispatchEvent(new Event("mt:rows"));
  }

  function addRows(block, pairs) {
    const total = pairs.find(function (pair) { return pair[0] === block.dataset.rows + "-TOTAL_FORMS"; });
    const count = block.querySelector('input[name$="-TOTAL_FORMS"]');
    const add = block.querySelector("[data-rows-add]");
    let before = -1;
    while (total && add && Number(count.value) < Number(total[1]) && Number(count.value) !== before) {
      before = Number(count.value);
      add.click();
    }
  }

  function notice(text) {
    const box = document.createElement("div");
    box.className = "mt-notice mt-notice--warning";
    box.setAttribute("role", "status");
    const icon = document.createElement("span");
    icon.className = "kern-icon kern-icon--warning";
    icon.setAttribute("aria-hidden", "true");
    const body = document.createElement("div");
    body.className = "mt-notice__body";
    const first = document.createElement("p");
    first.textContent = text;
    body.append(first);
    box.append(icon, body);
    return box;
  }

  function choices(box, pairs) {
    const line = document.createElement("p");
    pairs.forEach(function (pair) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "mt-linkbutton";
      button.textContent = pair[0];
      button.addEventListener("click", pair[1]);
      line.append(button, " ");
    });
    box.querySelector(".mt-notice__body").append(line);
  }

  function watch(form) {
    const key = "draft:" + form.dataset.autosaveUrl;
    const line = form.querySelector("[data-autosave-status]");
    const base = textsOf(form);
    // Parts that others changed too, until the person has chosen; with the version that was known before.
    const clashes = new Map();
    let page = freshName();
    let timer = 0;
    let wait = WAIT;
    let busy = false;
    let closed = false;
    let again = false;
    let pressed = null;
    let heard = "";

    // Who listens hears what is new: the first save and each change of mind, not every save at every pause.
    function speak(kind, text) {
      if (kind !== heard && window.mtSay) window.mtSay(text);
      heard = kind;
    }

    function tell(text, failed, link) {
      line.textContent = text;
      line.classList.toggle("mt-saved--failed", Boolean(failed));
      if (failed) speak(text, link ? text + " " + link.text : text);
      if (!link) return;
      const way = document.createElement("a");
      way.href = link.href;
      way.textContent = link.text;
      line.append(" ", way);
    }

    function touched() {
      return Array.from(textsOf(form)).filter(function (pair) { return base.get(pair[0]) !== pair[1]; }).map(function (pair) { return pair[0]; });
    }

    function version() {
      const place = form.querySelector("input[name=version]");
      return place ? place.value : "";
    }

    function seen(number) {
      const place = form.querySelector("input[name=version]");
      if (place && number) place.value = number;
    }

    function keep() {
      const open = touched();
      try {
        if (!open.length) {
          window.localStorage.removeItem(key);
          form.dispatchEvent(new Event("mt:saved"));
          return;
        }
        const all = pairsOf(form);
        const known = clashes.size ? Array.from(clashes.values())[0] : version();
        const parts = open.map(function (part) { return [part, all.get(part)]; });
        window.localStorage.setItem(key, JSON.stringify({ version: known, page: page, parts: parts }));
      } catch { /* the store is full or shut */ }
    }

    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, wait);
    }

    function send(parts, leaving) {
      const filled = new FormData(form);
      Array.from(form.querySelectorAll("input[type=file]")).forEach(function (field) { filled.delete(field.name); });
      filled.set("touched", parts.join(" "));
      filled.set("page", page);
      // Without files the plain encoding says the same, and the server reads it with a fraction of the work.
      const body = new URLSearchParams(filled);
      return fetch(form.dataset.autosaveUrl, {
        method: "POST", body: body, credentials: "same-origin", redirect: "manual",
        keepalive: Boolean(leaving) && body.toString().length < KEEPALIVE_BYTES,
        headers: { "X-CSRFToken": token(form), "X-Autosave": "1" },
      });
    }

    async function save(leaving) {
      window.clearTimeout(timer);
      if (closed) return;
      if (busy) { again = true; return; }
      const parts = touched().filter(function (part) { return !clashes.has(part); });
      if (!parts.length) {
        if (!touched().length && line.classList.contains("mt-saved--failed")) tell("");
        return;
      }
      busy = true;
      again = false;
      const sent = textsOf(form);
      tell(says(line, "saving"));
      try {
        await settle(await send(parts, leaving === true), parts, sent);
      } catch {
        failed(0);
      }
      done();
    }

    function failed(seconds) {
      tell(says(line, "failed"), true);
      wait = Math.max(Math.min(wait * 2, LONGEST), seconds * 1000);
      again = true;
    }

    async function settle(answer, parts, sent) {
      if (answer.type === "opaqueredirect") {
        // Signed out: whoever signs in again, here or in another window, goes on where they were.
        failed(0);
        tell(says(line, "signedOut"), true, { href: window.location.pathname, text: says(line, "signIn") });
        return;
      }
      const json = (answer.headers.get("Content-Type") || "").includes("json");
      const told = json ? await answer.json() : {};
      if (answer.status === 409) return refuse(told);
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 422 && answer.status !== 408 && answer.status !== 429) {
        closed = true;
        tell(says(line, "refused"), true, { href: window.location.pathname, text: says(line, "reload") });
        return;
      }
      if (!answer.ok && answer.status !== 422) {
        failed(Number(answer.headers.get("Retry-After")) || 0);
        return;
      }
      wait = WAIT;
      const unread = (told.errors || []).map(function (name) { return partOf(form, name); });
      if (answer.ok) {
        parts.filter(function (part) { return !unread.includes(part); }).forEach(function (part) { base.set(part, sent.get(part)); });
      }
      const clean = answer.ok && !unread.length;
      const time = told.saved || new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      if (clean) {
        tell(says(line, "saved", { time: time }));
        speak("saved", line.textContent);
      } else tell(says(line, answer.ok ? "partly" : "unread", { what: namesOf(form, told.errors || []) }), true);
      form.dispatchEvent(new CustomEvent("mt:judged", { detail: told }));
      if ((told.news || []).length) await bringIn(told);
      else seen(answer.headers.get("X-Version"));
      keep();
    }

    async function refuse(told) {
      if ((told.news || []).length && window.mtTogether) {
        tell("");
        await bringIn(told);
        // What nobody else changed is sent at once.
        again = true;
        return;
      }
      closed = true;
      const link = told.href ? { href: told.href, text: says(line, "open") } : null;
      tell(told.message || says(line, "stale"), true, link);
    }

    // The version grows only when what it brought stands on the page: else the next save could write over it unseen.
    async function bringIn(told) {
      const taken = window.mtTogether && (await window.mtTogether.bringIn(draft, told));
      if (!taken) throw new Error("news");
      seen(told.version);
      keep();
    }

    function done() {
      busy = false;
      if (pressed && !clashes.size) {
        const button = pressed;
        pressed = null;
        form.requestSubmit(button === form ? undefined : button);
        return;
      }
      pressed = null;
      if (again && !closed) later();
    }

    const draft = {
      form: form, base: base, clashes: clashes,
      page: function () { return page; },
      version: version, seen: seen, tell: tell, keep: keep, save: save,
      texts: function (other) { return textsOf(other || form); },
      pairs: function (other) { return pairsOf(other || form); },
      fill: function (part, pairs) { fill(form, part, pairs); },
      announce: announce,
      says: function (word, values) { return says(line, word, values); },
      speak: function (text) { speak(text, text); },
      notice: notice, choices: choices,
      // One thing at a time: a save and the changes of others must not cross.
      alone: async function (work) {
        if (busy || closed) return;
        busy = true;
        try { await work(); } catch { /* the next look brings it */ }
        done();
      },
      bringIn: bringIn,
    };

    function put(kept) {
      // As it was when it was typed: what others changed since then is found when it is sent.
      page = kept.page;
      seen(kept.version);
      kept.parts.forEach(function (pair) { fill(form, pair[0], pair[1]); });
      Array.from(form.elements).filter(isEntry).forEach(function (field) {
        if (field.matches("[data-counter], [data-sum]")) announce(field);
      });
      announce(form);
      save();
    }

    function offer() {
      let kept = null;
      try { kept = JSON.parse(window.localStorage.getItem(key)); } catch { kept = null; }
      if (!kept || !Array.isArray(kept.parts)) return;
      const now = textsOf(form);
      if (kept.parts.every(function (pair) { return now.get(pair[0]) === JSON.stringify(pair[1]); })) {
        window.localStorage.removeItem(key);
        return;
      }
      const box = notice(says(line, "found"));
      function chosen(act) {
        return function () {
          window.localStorage.removeItem(key);
          box.remove();
          act();
        };
      }
      choices(box, [
        [says(line, "put"), chosen(function () { put(kept); })],
        [says(line, "drop"), chosen(function () {})],
      ]);
      if (window.mtSay) window.mtSay(says(line, "found") + " " + says(line, "put") + " / " + says(line, "drop"));
      // At the top of the page, where somebody who opens the form again sees it.
      (form.closest(".mt-main") || form).prepend(box);
    }

    function hidden(name, value) {
      const field = form.querySelector('input[type=hidden][name="' + name + '"]') || document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }

    // A button pressed while a save is on its way: what would be sent has the version from before that save, and the
    // server would take it for an old page. So it goes off when the save has answered. Where somebody else changed the
    // same entry, the person chooses first.
    form.addEventListener("submit", function (event) {
      const open = clashes.size ? document.querySelector("[data-clash-of]") : null;
      if (!busy && !open) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (open) { open.focus(); return; }
      window.clearTimeout(timer);
      pressed = event.submitter || form;
    }, true);

    offer();
    // Parts that stand on a page which came back are not stored yet.
    const unsaved = (form.dataset.unsaved || "").split(" ");
    Array.from(base.keys()).forEach(function (part) {
      if (unsaved.includes("*") || unsaved.includes(part)) base.set(part, null);
    });
    if (form.dataset.unsaved) keep();

    form.addEventListener("input", function (event) {
      if (event.target.type === "file") return;
      keep();
      later();
    });
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) return;
      window.clearTimeout(timer);
      hidden("touched", touched().join(" "));
      hidden("page", page);
      // The page that comes next (forms.js) drops the kept text, once the server has answered this person.
      window.sessionStorage.setItem("draft-sent", key + " " + window.location.pathname);
      closed = true;
    });
    // Back at the form without an answer: what was sent then is open again.
    window.addEventListener("pageshow", function (event) {
      if (!event.persisted) return;
      closed = false;
      window.sessionStorage.removeItem("draft-sent");
    });
    window.addEventListener("online", function () { wait = WAIT; save(); });
    // Whoever puts the phone away may not come back to this page.
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden") save(true);
    });
    if (window.mtTogether) window.mtTogether.watch(draft);
  }

  document.querySelectorAll("form[data-autosave-url]").forEach(watch);
})();
