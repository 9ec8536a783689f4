// Records the page it is in with rrweb, and sends the recording to a replay server:
//   <script src="https://replay.example/recorder.js" data-project="shop" data-token="..."></script>
// More: data-endpoint (where to send; otherwise where this script is from), data-flush-ms (5000), data-mask-inputs ("false"
// records what is typed), data-visitor (who it is), data-rrweb (the address of rrweb's recorder).
(() => {
  "use strict";
  const tag = document.currentScript;
  const option = (name, otherwise) => tag.dataset[name] ?? otherwise;
  const endpoint = option("endpoint", new URL(tag.src).origin).replace(/\/$/, "");
  const flushEvery = Number(option("flushMs", 5000));
  const idleEnd = 30 * 60e3; // after so long without an event a new session begins
  const batchBytes = 1 << 20; // a batch is cut where it grows over this
  const keepaliveBytes = 60e3; // what browsers let a page have on its way when it goes, all requests together, less some room
  const waitingBytes = 16 << 20; // recording stops when so much waits to be sent
  const retryMost = 60e3;

  const load = (storage, name) => { try { return JSON.parse(storage.getItem(name)); } catch { return null; } };
  const save = (storage, name, value) => {
    try { storage.setItem(name, JSON.stringify(value)); return true; } catch { return false; }
  };
  const newID = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

  // All tabs of a site share a session, each is a window of it. A tab that was copied brings along the window of its
  // original, which is still open: then it is another window.
  let session = load(localStorage, "replay.session");
  if (!session || Date.now() - session.last > idleEnd) session = { id: newID(), last: Date.now() };
  save(localStorage, "replay.session", session);
  let view = load(sessionStorage, "replay.window");
  if (!view || view.open || view.session !== session.id) view = { id: newID(), session: session.id, next: 0 };
  view.open = true;
  save(sessionStorage, "replay.window", view);

  // What waits to be sent, in order: { id, window, session, body }. What a page before left over is sent once more: the
  // server knows it by its ID and does not store it twice.
  const queue = load(sessionStorage, "replay.queue") ?? [];
  let events = [], size = 0, stop = null, isDead = false, failures = 0, timer = 0, inFlight = 0, saved = 0;

  const encoder = new TextEncoder();
  const bytes = (text) => encoder.encode(text).length;
  const address = (batch, what) =>
    `${endpoint}/v1/projects/${encodeURIComponent(option("project", "default"))}/sessions/${batch.session}/${what}`;
  const query = (batch) => {
    const visitor = option("visitor", "");
    return `window=${batch.window}` + (visitor ? `&visitor=${encodeURIComponent(visitor)}` : "");
  };

  function cut(limit) {
    while (events.length) {
      let length = 0, count = 0;
      while (count < events.length && (count === 0 || length + events[count].size <= limit)) length += events[count++].size;
      const body = events.splice(0, count).map((event) => event.text).join("\n");
      queue.push({ id: `${view.id}-${view.next++}`, window: view.id, session: session.id, body });
    }
    size = 0;
    // Kept before it is sent: no number is used for other bytes after a reload.
    save(sessionStorage, "replay.window", view);
  }

  const remove = (batch) => { const at = queue.indexOf(batch); if (at >= 0) queue.splice(at, 1); };

  function die(why) {
    isDead = true;
    stop?.();
    queue.length = events.length = size = 0;
    sessionStorage.removeItem("replay.queue");
    console.warn(`replay recorder: stopped, ${why}`);
  }

  // True where the batch is done with.
  function settle(batch, response) {
    if (response.ok || [400, 409, 413, 415, 422].includes(response.status)) {
      if (!response.ok) console.warn(`replay recorder: batch ${batch.id} refused with ${response.status}`);
      remove(batch);
      if (saved) { saved = queue.length; save(sessionStorage, "replay.queue", queue); }
      return true;
    }
    if (response.status === 410) localStorage.removeItem("replay.session");
    if ([401, 403, 410].includes(response.status)) die(`the server answered ${response.status}`);
    return isDead;
  }

  async function send(batch) {
    const headers = { "Content-Type": "application/x-ndjson", "Batch-ID": batch.id };
    if (option("token")) headers.Authorization = `Bearer ${option("token")}`;
    let body = batch.body;
    if (body.length > 1024 && "CompressionStream" in window) {
      const packed = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
      body = await new Response(packed).arrayBuffer();
      headers["Content-Encoding"] = "gzip";
    }
    return fetch(`${address(batch, "batches")}?${query(batch)}`, { method: "POST", headers, body, credentials: "omit" });
  }

  // One batch at a time, so that they arrive in order; the same again, later and later, until it is taken.
  async function pump() {
    if (pump.isBusy || isDead) return;
    pump.isBusy = true;
    clearTimeout(timer);
    while (queue.length && !isDead) {
      let wait = Math.min(retryMost, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
      try {
        const response = await send(queue[0]);
        if (settle(queue[0] ?? {}, response)) { failures = 0; continue; }
        wait = Math.max(wait, 1000 * Number(response.headers.get("Retry-After") || 0));
      } catch { /* no connection: wait and try again */ }
      failures++;
      await new Promise((done) => setTimeout(done, wait));
    }
    pump.isBusy = false;
    timer = setTimeout(flush, flushEvery);
  }

  function flush() {
    cut(batchBytes);
    if (queue.reduce((sum, batch) => sum + batch.body.length, 0) > waitingBytes) return die("too much waits to be sent");
    return pump();
  }

  // The page may go now. What fits goes out at once, in requests that outlive it and need no preflight; all that no answer
  // came for is also kept for the next page of this tab.
  function leave() {
    if (isDead) return;
    cut(keepaliveBytes);
    for (const batch of queue) {
      const length = bytes(batch.body);
      if (batch.isLeaving || inFlight + length > keepaliveBytes) continue;
      const url = `${address(batch, "batches")}?${query(batch)}&batch=${batch.id}&token=${encodeURIComponent(option("token", ""))}`;
      const done = () => { inFlight -= length; batch.isLeaving = false; };
      inFlight += length;
      batch.isLeaving = true;
      fetch(url, { method: "POST", body: batch.body, keepalive: true, credentials: "omit", headers: { "Content-Type": "text/plain" } })
        .then((response) => { done(); settle(batch, response); })
        .catch(() => { done(); navigator.sendBeacon?.(url, new Blob([batch.body], { type: "text/plain" })); });
    }
    saved = queue.length;
    let kept = queue.map(({ id, window, session, body }) => ({ id, window, session, body }));
    while (kept.length && !save(sessionStorage, "replay.queue", kept)) kept = kept.slice(0, -1);
    if (!kept.length) sessionStorage.removeItem("replay.queue");
  }

  function emit(event) {
    if (isDead) return;
    const text = JSON.stringify(event);
    events.push({ text, size: bytes(text) + 1 });
    size += events.at(-1).size;
    if (Date.now() - session.last > 1000) { session.last = Date.now(); save(localStorage, "replay.session", session); }
    if (size > batchBytes) flush();
  }

  function start() {
    const record = window.rrweb?.record ?? window.rrwebRecord?.record ?? window.rrwebRecord;
    if (typeof record !== "function") return console.warn("replay recorder: rrweb is not there");
    stop = record({ emit, maskAllInputs: option("maskInputs", "true") !== "false", checkoutEveryNms: 5 * 60e3 });
    pump();
  }

  addEventListener("pagehide", () => { leave(); view.open = false; save(sessionStorage, "replay.window", view); });
  addEventListener("pageshow", () => { view.open = true; save(sessionStorage, "replay.window", view); });
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.replayRecorder = {
    session: session.id, window: view.id, flush,
    stop() { stop?.(); stop = null; return flush(); },
    async finish() {
      await this.stop();
      const token = encodeURIComponent(option("token", ""));
      await fetch(`${address({ session: session.id }, "finish")}?token=${token}`, { method: "POST", keepalive: true, credentials: "omit" });
      localStorage.removeItem("replay.session");
    },
  };

  if (window.rrweb?.record || window.rrwebRecord) return start();
  const script = document.createElement("script");
  script.src = option("rrweb", `${endpoint}/rrweb/recorder`);
  script.onload = start;
  document.head.append(script);
})();
