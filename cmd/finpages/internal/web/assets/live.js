// Keeps a page up to date while somebody looks at it. Everything works without.
(() => {
  "use strict";

  // What has just been done is not said again when the page is loaded again.
  const here = new URL(location.href);
  if (here.searchParams.has("done")) {
    here.searchParams.delete("done");
    history.replaceState(null, "", here);
  }

  const base = document.body.dataset.base; // of all addresses

  // How far this machine's clock is ahead of the server's.
  const ahead = (page) => Date.now() - (Date.parse(page.body.dataset.now) || Date.now());
  let skew = ahead(document);
  const now = () => Date.now() - skew;

  // Says how far away a time is, as the server does.
  const units = [["day", 86400, 172800], ["hour", 3600, 7200], ["minute", 60, 60], ["second", 1, 0]];
  const words = (at) => {
    const past = Math.floor((now() - at) / 1000);
    const far = past < 0 ? -past - 1 : past;
    if (past === 0 || past === 1 || far === 0) return "just now";
    const [unit, size] = units.find((u) => far >= u[2]);
    const n = Math.floor(far / size);
    const span = n + " " + unit + (n === 1 ? "" : "s");
    return past < 0 ? "in " + span : span + " ago";
  };
  const quarter = 90 * 86400000; // times that are farther away are dates
  // Says a time as it is where the reader is, beside UTC.
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  const local = (page) => {
    for (const e of page.querySelectorAll("time[datetime]:not([data-local])")) {
      const at = new Date(e.getAttribute("datetime"));
      e.dataset.local = "";
      if (isNaN(at) || at.getTimezoneOffset() === 0) continue;
      const here = (at.getDate() === at.getUTCDate() ? "" : day.format(at) + ", ") + clock.format(at);
      if (e.title) e.title += " (" + here + ")";
      else e.append(" (" + here + ")");
    }
  };
  const tick = (page) => {
    local(page);
    for (const e of page.querySelectorAll("[data-ago]")) {
      const at = Date.parse(e.dataset.ago);
      if (Math.abs(now() - at) >= quarter) continue;
      const text = words(at);
      if (e.textContent !== text) e.textContent = text;
    }
  };
  local(document);
  setInterval(() => document.hidden || tick(document), 1000);
  if (!document.querySelector("[data-live]")) return;

  const announce = (text) => { document.getElementById("announce").textContent = text; };

  // Says, once, that the page is no longer kept up to date, and takes that back.
  let heard = Date.now(); // when the server last gave a sign of life
  let loaded = Date.now(); // when the page was last compared with the server's
  let lost = "";
  const then = () => new Date(heard - skew).toISOString().slice(11, 16) + " UTC";
  const lose = (why, text, link) => {
    if (lost === why) return;
    lost = why;
    const note = document.getElementById("lost");
    note.textContent = text;
    if (link) {
      const a = document.createElement("a");
      a.href = link;
      a.textContent = "Log in";
      note.append(" ", a);
    }
    document.documentElement.classList.add("stale");
  };
  const find = () => {
    if (!lost) return;
    lost = "";
    document.getElementById("lost").textContent = "";
    document.documentElement.classList.remove("stale");
    announce("This page is up to date again.");
  };

  // What stands for an element in a newer copy of the page.
  const name = (e) => e.id || e.getAttribute("href") || e.getAttribute("aria-label") || e.textContent;

  // Replaces the live parts of the page by those of a newer copy. Open parts
  // stay open, and the focus stays where it is.
  const replace = (page) => {
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

  // Shows what the server shows now, or says that it cannot be had.
  const load = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(10000) });
    if (answer.status === 401 || answer.redirected && new URL(answer.url).pathname === base + "/login") {
      lose("login", "You are logged out. This page shows the state at " + then() + ".", base + "/login?next=" + encodeURIComponent(location.pathname + location.search));
    } else if (answer.status >= 500) {
      throw new Error(answer.statusText);
    } else if (!answer.ok) {
      lose("gone", "This page no longer exists in finpages. It shows the state at " + then() + ".");
    } else {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      skew = ahead(page);
      tick(page);
      replace(page);
      find();
    }
    heard = loaded = Date.now();
  };
  const inTime = (work) => Promise.race([work, new Promise((_, no) => setTimeout(no, 15000, new Error("too slow")))]);
  let loading = false, again = false;
  const refresh = async () => {
    again = true;
    if (loading) return;
    loading = true;
    while (again) {
      again = false;
      await inTime(load()).catch(() => lose("silent", "finpages has not responded since " + then() + ". This page shows the state at that time."));
    }
    loading = false;
  };

  const said = {}; // by source: a sync that ends as the last one did is no news to a screen reader
  let events;
  const follow = () => {
    let open = false;
    events?.close();
    events = new EventSource(base + "/api/v1/events");
    events.addEventListener("hello", () => { open = true; refresh(); }); // for what happened before this was listened to
    events.addEventListener("alive", () => { heard = Date.now(); });
    events.addEventListener("progress", (e) => {
      heard = Date.now();
      const { source, text } = JSON.parse(e.data);
      for (const p of document.querySelectorAll("[data-progress]")) {
        if (p.dataset.progress === source) p.textContent = text;
      }
    });
    events.addEventListener("change", (e) => {
      const { source, state, text } = JSON.parse(e.data);
      if (state !== "busy" && said[source] !== text) {
        said[source] = text;
        announce(source ? source + ": " + text : text);
      }
      refresh();
    });
    events.addEventListener("error", () => {
      if (open || events.readyState === EventSource.CLOSED) setTimeout(refresh, 2000); // a restart takes a moment
      open = false;
    });
  };
  follow();
  addEventListener("pagehide", () => events.close());
  const look = () => {
    if (document.hidden || !lost && Date.now() - heard < 30000 && Date.now() - loaded < 60000) return;
    refresh().then(() => lost || events.readyState !== EventSource.CLOSED || follow());
  };
  setInterval(look, 3000);
  document.addEventListener("visibilitychange", look);
})();
