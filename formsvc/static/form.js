// A paper being filled in: rows without a page load, a draft that saves itself, no work lost.
//
// Every page works without this file. Each button is an ordinary submit button with an
// `_action`; here some of them are sent by fetch instead, and the answer's rows are put in place.

"use strict";

(() => {
  const SAVE_AFTER = 1500;
  const TRY_AGAIN_AFTER = 15000;
  const form = document.querySelector("form[data-draft]");
  if (!form) return;

  const words = form.dataset;
  const status = form.querySelector("[data-status]");
  let changes = 0; // counts what is typed; `saved` is how far the server has it
  let saved = 0;
  let timer = 0;
  let stopped = false; // after a conflict, or once the page is on its way
  let line = Promise.resolve(); // requests stand in line, so that versions follow each other
  let waiting = 0;

  const say = (sentence, trouble = false) => {
    status.textContent = sentence;
    status.toggleAttribute("data-trouble", trouble);
  };

  const changed = () => {
    changes += 1;
    saveIn(SAVE_AFTER);
  };

  const saveIn = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  };

  const post = (action, accept) => {
    const body = new URLSearchParams(new FormData(form));
    body.set("_action", action);
    const keepalive = document.hidden && body.toString().length < 60000; // browsers stop at 64 kB
    return fetch(form.action, { method: "POST", body, keepalive, headers: { Accept: accept } });
  };

  // The draft has its own address from the first save on, and every save a new version.
  const moved = (address, version) => {
    form.action = address;
    form.elements._version.value = version;
    if (new URL(address, location).pathname !== location.pathname) history.replaceState(null, "", address);
  };

  const enqueue = (job) => {
    waiting += 1;
    line = line.then(job).finally(() => (waiting -= 1));
  };

  const save = () => {
    clearTimeout(timer);
    enqueue(async () => {
      if (stopped || saved === changes) return;
      const upTo = changes;
      say(words.saving);
      try {
        const answer = await post("autosave", "application/json");
        if (answer.ok) {
          const draft = await answer.json();
          moved(draft.address, draft.version);
          saved = upTo;
          say(draft.saved);
        } else if (answer.status === 409) {
          showConflict();
        } else {
          await fetchToken(answer.status);
          saveIn(TRY_AGAIN_AFTER);
        }
      } catch {
        say(words.unsaved, true);
        saveIn(TRY_AGAIN_AFTER);
      }
    });
  };

  const showConflict = () => {
    stopped = true;
    say("");
    form.querySelector("[data-conflict]").hidden = false;
  };

  // After a new log-in in another tab the page's token is too old; the page itself has a fresh one.
  const fetchToken = async (code) => {
    say(code === 401 ? words.loggedOut : words.unsaved, true);
    if (code !== 400) return;
    const page = await read(await fetch(location.href));
    const fresh = page.querySelector("form[data-draft] [name=csrf_token]");
    if (fresh) form.elements.csrf_token.value = fresh.value;
    else say(words.loggedOut, true);
  };

  const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  // Add or remove a row: only its rows are replaced, so that all else stays as it is on the page.
  const changeRows = (button) => {
    const [verb, path] = button.value.split(":");
    const owner = verb === "add" ? path : path.replace(/-\d+$/, "");
    clearTimeout(timer);
    enqueue(async () => {
      const upTo = changes;
      try {
        const answer = await post(button.value, "text/html");
        const page = await read(answer);
        const fresh = page.getElementById(`rows-${owner}`);
        if (!answer.ok || !fresh) throw new Error(String(answer.status));
        const old = document.getElementById(`rows-${owner}`);
        old.replaceWith(fresh);
        const draft = page.querySelector("form[data-draft]");
        moved(draft.getAttribute("action"), draft.elements._version.value);
        saved = upTo;
        (fresh.querySelector("[autofocus]") || fresh.querySelector(`[id="add-${owner}"]`)).focus();
        say(page.querySelector("[data-status]").textContent);
        if (verb === "remove") offerUndo(old, fresh);
      } catch {
        leave(button); // the ordinary way: a page load, which also tells what is wrong
      }
    });
  };

  const offerUndo = (old, fresh) => {
    const undo = Object.assign(document.createElement("button"), {
      type: "button",
      className: "ds-button",
      textContent: words.undo,
    });
    undo.dataset.variant = "tertiary";
    undo.addEventListener("click", () => {
      fresh.replaceWith(old);
      old.querySelector("input, select, textarea").focus();
      changed();
    });
    fresh.querySelector(".rows__foot:last-child").append(undo);
    say(words.removed);
  };

  const leave = (button) => {
    stopped = true;
    saved = changes;
    clearTimeout(timer);
    // a submit may not be asked for while another one is being told of
    if (button) setTimeout(() => form.requestSubmit(button));
  };

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (stopped) return;
    if (/^(add|remove):/.test(button?.value ?? "")) {
      event.preventDefault();
      changeRows(button);
    } else if (waiting) {
      event.preventDefault(); // a save under way must not overtake the button
      line.then(() => leave(button));
    } else {
      leave(null);
    }
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
  addEventListener("online", save);
  addEventListener("beforeunload", (event) => saved !== changes && event.preventDefault());
  addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false; // back from the next page
  });

  // Which section is being read, for the list at the side.
  const links = new Map(
    [...document.querySelectorAll(".way a")].map((link) => [link.hash.slice(1), link]),
  );
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-10% 0px -80% 0px" },
  );
  for (const id of links.keys()) watch.observe(document.getElementById(id));
})();
