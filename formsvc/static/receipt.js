// A receipt whose documents are being made: looks for them, calmly and not for ever.
//
// Without this file the page loads itself anew. With it, only what has changed is put in place,
// so that nobody's reading or focus is disturbed, and a sentence says so.

"use strict";

(() => {
  const LOOKS = 25; // after 2, 3, 4 … 30 seconds: some ten minutes
  const list = document.querySelector("[data-waiting]");
  const told = document.querySelector("[data-told]");
  if (!list || !told) return;
  let looks = 0;

  const put = (page) => {
    for (const here of [...list.children, document.getElementById("fingerprints")]) {
      const newer = here && page.getElementById(here.id);
      if (!newer) continue;
      newer.toggleAttribute("open", here.hasAttribute("open"));
      if (newer.outerHTML !== here.outerHTML) here.replaceWith(newer);
    }
    const sentence = page.querySelector("[data-told]").textContent.trim() || list.dataset.new;
    if (told.textContent.trim() !== sentence) told.textContent = sentence;
    return page.querySelector("[data-waiting]") !== null;
  };

  const look = async () => {
    let waiting = true;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && page.querySelector("[data-told]")) waiting = put(page);
    } catch {
      // the line is down: the next look may find it up again
    }
    looks += 1;
    if (waiting && looks < LOOKS) lookLater();
  };

  const lookLater = () => setTimeout(look, Math.min(2 + looks, 30) * 1000);

  lookLater();
})();
