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
  let conflict = false; // somebody else has saved: the next button leads to both texts
  let leaving = false;
  let line = Promise.resolve(); // requests stand in line, so that versions follow each other
  let lost = null; // sent, and no answer came: the server may have kept it all the same

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

  const tryAgainLater = (sentence) => {
    say(sentence, true);
    saveIn(TRY_AGAIN_AFTER);
  };

  const enqueue = (job) => {
    clearTimeout(timer);
    line = line.then(job);
  };

  // What is asked of the server

  // What the server keeps after a press of that button; null where it keeps nothing, which is said.
  const ask = async (action) => {
    try {
      // What was lost is sent again as it was: the server knows it, or keeps it now.
      if (lost && !(await told(await send(lost)))) return null;
      const body = new URLSearchParams(new FormData(form));
      body.set("_action", action);
      return await told(await send({ address: form.action, body }));
    } catch {
      tryAgainLater(words.unsaved);
      return null;
    }
  };

  const send = async (request) => {
    lost = request;
    let answer = await post(request);
    if (answer.status === 400 && (await renewToken())) {
      request.body.set("csrf_token", form.elements.csrf_token.value);
      answer = await post(request);
    }
    if (answer.status < 500) lost = null;
    return answer;
  };

  const post = ({ address, body }) => {
    const keepalive = document.hidden && body.toString().length < 60000; // browsers stop at 64 kB
    return fetch(address, { method: "POST", body, keepalive, headers: { Accept: "application/json" } });
  };

  // After a new log-in in another tab the page's token is too old; the page itself has a fresh one.
  const renewToken = async () => {
    const page = await read(await fetch(location.href));
    const fresh = page.querySelector("form[data-draft] [name=csrf_token]");
    if (fresh) form.elements.csrf_token.value = fresh.value;
    return Boolean(fresh);
  };

  const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  // A draft is told of as JSON after a save, and as its page where rows have come or gone.
  const told = async (answer) => {
    if (!answer.ok) {
      await refused(answer);
      return null;
    }
    const json = answer.headers.get("Content-Type").startsWith("application/json");
    const draft = json ? await answer.json() : shown(await read(answer));
    moved(draft);
    return draft;
  };

  const shown = (page) => {
    const draft = page.querySelector("form[data-draft]");
    return {
      page,
      address: draft.getAttribute("action"),
      version: draft.elements._version.value,
      saved: draft.querySelector("[data-status]").textContent,
      notices: [...page.querySelectorAll("main > .ds-alert[data-color=info]")].map((notice) =>
        notice.textContent.trim(),
      ),
    };
  };

  const refused = async (answer) => {
    if (answer.status === 409) {
      conflict = true;
      say("");
      form.querySelector("[data-conflict]").hidden = false;
    } else if (answer.status === 404) {
      say(words.gone, true);
    } else if (answer.status === 400 || answer.status === 401) {
      tryAgainLater(words.loggedOut);
    } else if (answer.status < 500) {
      say((await answer.json()).detail, true);
    } else {
      tryAgainLater(words.unsaved);
    }
  };

  // The draft has its own address from the first save on, and every save a new version.
  const moved = ({ address, version }) => {
    form.action = address;
    form.elements._version.value = version;
    const { pathname } = new URL(address, location);
    if (pathname !== location.pathname) history.replaceState(null, "", address);
    for (const button of document.querySelectorAll("[data-switch]")) {
      button.formAction = pathname + new URL(button.formAction).search;
    }
    for (const part of document.querySelectorAll("[data-kept]")) part.hidden = false;
    form.querySelector("a[data-kept]").href = `${pathname}/discard`;
  };

  // What a reader does

  const save = () =>
    enqueue(async () => {
      if (!conflict && !leaving) await keep();
    });

  // Whether the server has all that was typed.
  const keep = async () => {
    if (saved === changes) return true;
    const upTo = changes;
    say(words.saving);
    const draft = await ask("autosave");
    if (draft) kept(draft, upTo);
    return Boolean(draft);
  };

  const kept = (draft, upTo) => {
    saved = upTo;
    say([draft.saved, ...draft.notices].join(" "));
  };

  // Add or remove a row: only its rows are replaced, so that all else stays as it is on the page.
  const changeRows = (button) => {
    const [verb, path] = button.value.split(":");
    const owner = verb === "add" ? path : path.replace(/-\d+$/, "");
    enqueue(async () => {
      const upTo = changes;
      const old = document.getElementById(`rows-${owner}`);
      const typedIn = new Set(); // while the answer is on its way
      old.addEventListener("input", ({ target }) => typedIn.add(target));
      const draft = await ask(button.value);
      if (conflict) leave(button);
      if (!draft) return;
      const fresh = draft.page.getElementById(`rows-${owner}`);
      const twin = (control) => twinIn(fresh, control, verb === "remove" ? path : "");
      for (const control of typedIn) carryOver(control, twin(control));
      const at = document.activeElement;
      const goOn = [button, document.body].includes(at)
        ? fresh.querySelector("[autofocus]") || fresh.querySelector(`[id="add-${owner}"]`)
        : old.contains(at) && twin(at);
      old.replaceWith(fresh);
      if (goOn) goOn.focus();
      kept(draft, upTo);
      if (verb === "remove" && !typedIn.size) offerUndo(old, fresh);
    });
  };

  // The control of the same name among fresh rows, where those after a removed one have moved up.
  const twinIn = (fresh, control, removed) => {
    const row = /^(.*-)(\d+)$/.exec(removed);
    let name = control.name;
    if (row) {
      const [, before, number] = row;
      const [own] = /^\d+/.exec(name.slice(before.length)) ?? [];
      if (!name.startsWith(before) || own === number) return null;
      const place = Number(own) - (Number(own) > Number(number) ? 1 : 0);
      name = before + place + name.slice(before.length + own.length);
    }
    const box = ["radio", "checkbox", "submit"].includes(control.type);
    return [...fresh.elements].find(
      (other) => other.name === name && (!box || other.value === control.value),
    );
  };

  const carryOver = (from, to) => {
    if (!to) return;
    to.value = from.value;
    if ("checked" in from) to.checked = from.checked;
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
    // the rows as they were would overwrite what is typed in them from now on
    fresh.addEventListener("input", () => undo.remove(), { once: true });
    fresh.querySelector(".rows__foot:last-child").append(undo);
    say(words.removed);
  };

  // A button that leads away does so once the server has the text, or has two to choose between.
  const finish = (button) =>
    enqueue(async () => {
      if ((await keep()) || conflict) leave(button);
    });

  const leave = (button) => {
    leaving = true;
    // a submit may not be asked for while another one is being told of
    setTimeout(() => form.requestSubmit(button));
  };

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (conflict || leaving) {
      saved = changes; // all of it is in what is sent now
      return;
    }
    event.preventDefault();
    if (/^(add|remove):/.test(button?.value ?? "")) changeRows(button);
    else finish(button);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
  addEventListener("online", save);
  addEventListener("beforeunload", (event) => saved !== changes && event.preventDefault());
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false; // back from the next page
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
