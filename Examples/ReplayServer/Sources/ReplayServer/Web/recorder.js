// Records the page it is in with rrweb, and sends the recording to a replay server:
//   <script src="https://replay.example/recorder.js" data-project="shop" data-token="..."></script>
// More: data-endpoint (where to send; otherwise where this script is from), data-flush-ms (5000), data-mask-inputs ("false"
// records what is typed), data-visitor (who it is), data-rrweb (the address of rrweb's recorder).
(() => {
  "use strict";
  const tag = document.currentScript;
  const option = (name, otherwise = "") => tag.dataset[name] ?? otherwise;
  const endpoint = option("endpoint", new URL(tag.src).origin).replace(/\/$/, "");
  const flushEvery = Number(option("flushMs", 5000));
  const idleEnd = 30 * 60e3; // after so long without an event a new session begins
  const batchBytes = 1 << 20; // a batch is cut where it grows over this
  const keepaliveBytes = 60e3; // what browsers let a page have on its way when it goes, all together, less some room
  const waitingBytes = 16 << 20, retryMost = 60e3; // recording stops when so much waits to be sent
  const movesLate = 500; // rrweb gives the movements of a mouse so late, those after it was stopped as well
  const load = (store, name) => { try { return JSON.parse(store.getItem(name)); } catch { return null; } };
  const save = (store, name, value) => { try { store.setItem(name, JSON.stringify(value)); return true; } catch { return false; } };
  const newID = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  // All tabs of a site share a session; each is a window of it. A tab that was copied brings along the window of its
  // original, which is still open: then it is another window.
  let session = load(localStorage, "replay.session");
  if (!session || Date.now() - session.last > idleEnd) session = { id: newID(), last: Date.now() };
  save(localStorage, "replay.session", session);
  let view = load(sessionStorage, "replay.window");
  if (!view || view.open || view.session !== session.id) view = { id: newID(), session: session.id, next: 0 };
  const keepView = (open) => { view.open = open; save(sessionStorage, "replay.window", view); };
  keepView(true);
  // What waits to be sent, in order. What a page before left over is sent once more under its ID: the server knows it by
  // that and does not store it twice.
  const queue = load(sessionStorage, "replay.queue") ?? [];
  let events = [], size = 0, inFlight = 0, failures = 0, stop = null, isDead = false, isBusy = false, sending = null, timer = 0;
  const bytes = (text) => new TextEncoder().encode(text).length;
  const address = ({ session, window }, what) => {
    const query = new URLSearchParams({ window });
    if (option("visitor")) query.set("visitor", option("visitor"));
    return `${endpoint}/v1/projects/${encodeURIComponent(option("project", "default"))}/sessions/${session}/${what}?${query}`;
  };
  const byQuery = (batch) => `&batch=${batch.id ?? ""}&token=${encodeURIComponent(option("token"))}`;
  function cut(limit) {
    while (events.length) {
      let length = 0, count = 0;
      while (count < events.length && (count === 0 || length + events[count].size <= limit)) length += events[count++].size;
      const body = events.splice(0, count).map((event) => event.text).join("\n");
      queue.push({ id: `${view.id}-${view.next++}`, window: view.id, session: session.id, body });
    }
    size = 0;
    keepView(view.open); // before anything is sent: no number is used for other bytes after a reload
  }
  function keepQueue() {
    let kept = queue.map(({ id, window, session, body }) => ({ id, window, session, body }));
    while (kept.length && !save(sessionStorage, "replay.queue", kept)) kept = kept.slice(0, -1);
    if (!kept.length) sessionStorage.removeItem("replay.queue");
  }
  function die(why) {
    isDead = true;
    stop?.();
    queue.length = events.length = size = 0;
    keepQueue();
    console.warn(`replay recorder: stopped, ${why}`);
  }
  // True where the batch is done with.
  function settle(batch, { ok, status }) {
    if (ok || [400, 409, 413, 415, 422].includes(status)) {
      if (!ok) console.warn(`replay recorder: batch ${batch.id} was refused with ${status}`);
      if (queue.includes(batch)) queue.splice(queue.indexOf(batch), 1);
      if (sessionStorage.getItem("replay.queue")) keepQueue();
      return true;
    }
    if (status === 410) localStorage.removeItem("replay.session");
    if ([401, 403, 410].includes(status)) die(`the server answered ${status}`);
    return isDead;
  }
  async function send(batch) {
    const headers = { "Content-Type": "application/x-ndjson", "Batch-ID": batch.id };
    if (option("token")) headers.Authorization = `Bearer ${option("token")}`;
    let body = batch.body;
    if (body.length > 1024 && "CompressionStream" in window) {
      body = await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
      headers["Content-Encoding"] = "gzip";
    }
    return fetch(address(batch, "batches"), { method: "POST", headers, body, credentials: "omit" });
  }
  // Ends when nothing waits any more.
  async function flush() {
    cut(batchBytes);
    if (queue.reduce((sum, batch) => sum + batch.body.length, 0) > waitingBytes) die("too much waits to be sent");
    if (!isBusy && !isDead) sending = sendQueue();
    return sending;
  }
  // One batch at a time, so that they arrive in order; the same again, later and later, until it is taken.
  async function sendQueue() {
    isBusy = true;
    clearTimeout(timer);
    while (queue.length && !isDead) {
      const batch = queue[0];
      let wait = Math.min(retryMost, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
      try {
        const response = await send(batch);
        if (settle(batch, response)) { failures = 0; continue; }
        wait = Math.max(wait, 1000 * Number(response.headers.get("Retry-After") || 0));
      } catch { /* no connection */ }
      failures++;
      await new Promise((done) => setTimeout(done, wait));
    }
    isBusy = false;
    timer = setTimeout(flush, flushEvery);
  }
  // The page may go now. What fits goes out at once, in requests that outlive it and need no preflight; all that no answer
  // came for is kept for the next page of this tab as well.
  function leave() {
    if (isDead) return;
    cut(keepaliveBytes);
    keepQueue();
    for (const batch of queue) {
      const length = bytes(batch.body), url = address(batch, "batches") + byQuery(batch);
      if (batch.isLeaving || inFlight + length > keepaliveBytes) continue;
      const type = "text/plain", done = () => { inFlight -= length; batch.isLeaving = false; };
      [inFlight, batch.isLeaving] = [inFlight + length, true];
      fetch(url, { method: "POST", body: batch.body, keepalive: true, credentials: "omit", headers: { "Content-Type": type } })
        .then((response) => { done(); settle(batch, response); })
        .catch(() => { done(); navigator.sendBeacon?.(url, new Blob([batch.body], { type })); });
    }
  }
  function emit(event) {
    if (isDead) return;
    const text = JSON.stringify(event);
    events.push({ text, size: bytes(text) + 1 });
    size += events.at(-1).size;
    if (Date.now() - session.last > 1000) save(localStorage, "replay.session", (session.last = Date.now(), session));
    if (size > batchBytes) flush();
  }
  function start() {
    const record = window.rrweb?.record ?? window.rrwebRecord?.record ?? window.rrwebRecord;
    if (typeof record !== "function") return console.warn("replay recorder: rrweb is not there");
    stop = record({ emit, maskAllInputs: option("maskInputs") !== "false", checkoutEveryNms: 5 * 60e3 });
    flush();
  }
  addEventListener("pagehide", () => { leave(); keepView(false); });
  addEventListener("pageshow", () => keepView(true));
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.replayRecorder = {
    session: session.id, window: view.id, flush,
    stop: async () => {
      if (stop) {
        stop();
        stop = null;
        await new Promise((done) => setTimeout(done, movesLate));
      }
      return flush();
    },
    finish: async () => {
      await window.replayRecorder.stop();
      const last = { session: session.id, window: view.id };
      await fetch(address(last, "finish") + byQuery(last), { method: "POST", keepalive: true, credentials: "omit" });
      localStorage.removeItem("replay.session");
    },
  };
  if (window.rrweb?.record || window.rrwebRecord) return start();
  const script = Object.assign(document.createElement("script"), { src: option("rrweb", `${endpoint}/rrweb/recorder`), onload: start });
  document.head.append(script);
})();
