// Keeps a page up to date while somebody looks at it. Everything works without.
(() => {
  "use strict";

  // What has just been done is not said again when the page is loaded again.
  const here = new URL(location.href);
  if (here.searchParams.has("done")) {
    here.searchParams.delete("done");
    history.replaceState(null, "", here);
  }
  if (!document.querySelector("[data-live]")) return;

  // What stands for an element in a newer copy of the page.
  const name = (e) => e.id || e.getAttribute("href") || e.getAttribute("aria-label") || e.textContent;

  // Replaces the live parts of the page by what the server shows now. Open
  // parts stay open, and the focus stays where it is.
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const newer = page.getElementById(part.id);
      if (!newer || part.isEqualNode(newer)) continue;
      const open = [...part.querySelectorAll("details[open]")].map((d) => d.id);
      const focus = part.contains(document.activeElement) && name(document.activeElement);
      part.replaceWith(newer);
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      if (focus) [...newer.querySelectorAll("a, button, summary, [tabindex]")].find((e) => name(e) === focus)?.focus();
    }
  };

  const events = new EventSource("/api/v1/events");
  events.addEventListener("hello", refresh); // for what happened before this was listened to
  events.addEventListener("progress", (e) => {
    const { source, text } = JSON.parse(e.data);
    for (const p of document.querySelectorAll("[data-progress]")) {
      if (p.dataset.progress === source) p.textContent = text;
    }
  });
  const said = {}; // by source: a sync that ends as the last one did is no news to a screen reader
  events.addEventListener("change", (e) => {
    const { source, state, text } = JSON.parse(e.data);
    if (state !== "busy" && said[source] !== text) {
      said[source] = text;
      document.getElementById("announce").textContent = source ? source + ": " + text : text;
    }
    refresh();
  });
  addEventListener("pagehide", () => events.close());
  setInterval(() => document.hidden || refresh(), 60000); // "3 minutes ago" gets older
})();
