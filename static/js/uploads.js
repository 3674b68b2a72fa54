// Sends chosen files one by one, each with its own progress, as soon as they are chosen, dropped or photographed. Without
// this file the form sends them all at once, by its button. The words stand in the form's data-text-… attributes.
(function () {
  "use strict";

  const TRIES = 5;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  // One line of the list: name, how far it is, and what is wrong.
  function line(list, file) {
    const item = element("li", "mt-uploads__item");
    const name = element("span", "mt-uploads__name", file.name);
    name.dir = "auto";
    const bar = element("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const state = element("span", "mt-uploads__state");
    item.append(name, bar, state);
    list.append(item);
    return {
      tell: function (text) { state.textContent = text; },
      move: function (percent) { bar.value = percent; },
      end: function (kind, text) {
        bar.hidden = true;
        item.classList.add("mt-uploads__item--" + kind);
        state.textContent = text;
        // The server's complaint begins with the name.
        if (window.mtSay) window.mtSay(text.startsWith(file.name) ? text : file.name + ": " + text);
      },
      offer: function (word, act) {
        const button = element("button", "mt-linkbutton", word);
        button.type = "button";
        button.setAttribute("aria-label", word + ": " + file.name);
        button.addEventListener("click", function () { item.remove(); act(); });
        item.append(button);
      },
    };
  }

  function send(form, file, kind, shown, done) {
    const words = form.dataset;
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("kind", kind);
    body.append("files", file);
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) return;
      const percent = Math.floor(100 * event.loaded / event.total);
      shown.move(percent);
      shown.tell(percent < 100 ? words.textSending + " (" + percent + " %)" : words.textChecking);
    });
    request.addEventListener("load", function () { done(request.status, complaint(request), request); });
    ["error", "abort", "timeout"].forEach(function (end) {
      request.addEventListener(end, function () { done(0, "", request); });
    });
    shown.tell(words.textSending);
    request.send(body);
  }

  function complaint(request) {
    try { return (JSON.parse(request.responseText).complaints || []).join(" "); } catch { return ""; }
  }

  function queue(form) {
    const words = form.dataset;
    const list = form.querySelector("[data-uploads-list]");
    const status = form.querySelector("[data-uploads-status]");
    const waiting = [];
    let busy = false;
    let failed = 0;

    function add(files, kind) {
      status.textContent = "";
      Array.from(files).forEach(function (file) {
        const shown = line(list, file);
        shown.tell(words.textWaiting);
        waiting.push({ file: file, kind: kind, shown: shown, tries: 0 });
      });
      next();
    }

    function next() {
      if (busy) return;
      const job = waiting.shift();
      if (!job) return;
      busy = true;
      if (job.file.size > Number(words.mostBytes)) fail(job, words.textLarge, false);
      else send(form, job.file, job.kind, job.shown, function (code, text, request) { answered(job, code, text, request); });
    }

    function answered(job, code, text, request) {
      if (code === 201) {
        job.shown.end("done", words.textDone);
        over();
      } else if (code === 503 && (job.tries += 1) < TRIES) {
        job.shown.tell(words.textBusy);
        const seconds = Number(request.getResponseHeader("Retry-After")) || 5;
        window.setTimeout(function () { busy = false; waiting.unshift(job); next(); }, seconds * 1000);
      } else {
        fail(job, text || (code === 0 || code === 503 ? words.textLost : words.textFailed), !text);
      }
    }

    function fail(job, text, again) {
      failed += 1;
      job.shown.end("failed", text);
      if (again) job.shown.offer(words.textAgain, function () { failed -= 1; add([job.file], job.kind); });
      over();
    }

    function over() {
      busy = false;
      if (waiting.length) next();
      else refresh().then(function () {
        status.textContent = failed ? words.textSome : words.textAll;
        // The next file may be another paper: it is not taken for this one.
        if (!failed) form.elements.kind.value = "";
        form.dispatchEvent(new Event("mt:saved"));
      });
    }

    return add;
  }

  // What stands above the form is drawn by the server: the list of files, and what is still missing.
  async function refresh() {
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-uploads-fresh]");
      const old = document.querySelector("[data-uploads-fresh]");
      if (answer.ok && fresh && old) old.replaceWith(document.importNode(fresh, true));
    } catch {
      // Without a connection the list stays as it was; the lines below tell what was sent.
    }
  }

  function begin(form) {
    const add = queue(form);
    const kind = form.elements.kind;
    const status = form.querySelector("[data-uploads-status]");
    const place = form.querySelector("[data-drop]");
    const fields = Array.from(form.querySelectorAll("input[type=file]"));

    // Files that were chosen before the kind wait in their field until it is told.
    function take() {
      const files = fields.flatMap(function (field) { return Array.from(field.files); });
      if (!files.length) return;
      if (!kind.value) {
        status.textContent = form.dataset.textKind;
        kind.focus();
        return;
      }
      fields.forEach(function (field) { field.value = ""; });
      add(files, kind.value);
    }

    fields.forEach(function (field) { field.addEventListener("change", take); });
    // By key one walks through the kinds, and each counts as a change: what is meant is known when the list is left.
    let walking = false;
    kind.addEventListener("keydown", function () { walking = true; });
    kind.addEventListener("pointerdown", function () { walking = false; });
    kind.addEventListener("change", function () { if (!walking) take(); });
    kind.addEventListener("focusout", function () {
      if (walking && kind.value) take();
      walking = false;
    });
    form.addEventListener("submit", function (event) {
      if (!fields.some(function (field) { return field.files.length; })) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      take();
    }, true);
    if (!place) return;
    place.querySelector("[data-drop-hint]").hidden = false;
    ["dragenter", "dragover"].forEach(function (name) {
      place.addEventListener(name, function (event) { event.preventDefault(); place.classList.add("mt-drop--over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      place.addEventListener(name, function () { place.classList.remove("mt-drop--over"); });
    });
    place.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      fields[0].files = event.dataTransfer.files;
      take();
    });
  }

  document.querySelectorAll("form[data-uploads]").forEach(begin);
})();
