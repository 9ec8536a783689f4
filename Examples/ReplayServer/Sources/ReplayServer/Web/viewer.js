// The page: lists recordings, plays one, follows one that goes on.
import { Player, isKeyframe, isMeta, mark, replayerClass } from "/player.js";

const $ = (id) => document.getElementById(id);
const Replayer = replayerClass();
const firstBytes = 4 << 20; // so much is loaded before playing can begin; the rest while it plays
const quiet = 250; // milliseconds without an event after which what was stored of a live recording is there

let page = { next: null }, open = null, player = null, source = null, stored = null, windows = new Map(), chosen = null;
let lastCursor = null, gathering = 0, retry = 0;

const clock = (ms) => {
  const seconds = Math.floor(ms / 1000), pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
};
const size = (bytes) => bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
const say = (text) => { $("status").textContent = text; };
const address = ({ project, session }, what = "") =>
  `/v1/projects/${encodeURIComponent(project)}/sessions/${encodeURIComponent(session)}${what}`;

async function get(url, options) {
  const response = await fetch(url, options);
  if (response.status === 401) { showLogin(); throw new Error("log in"); }
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw new Error(body?.error?.message ?? `the server answered ${response.status}`);
  }
  return response;
}

function showLogin() { $("login").hidden = false; $("viewer").hidden = true; $("token").focus(); }

// --- the list

async function list(more = false) {
  const query = new URLSearchParams({ limit: 50 });
  if ($("project").value) query.set("project", $("project").value);
  if (more && page.next) query.set("after", page.next);
  page = await (await get(`/v1/sessions?${query}`)).json();
  $("login").hidden = true;
  $("viewer").hidden = false;
  if (!more) $("sessions").replaceChildren();
  $("sessions").append(...page.sessions.map(item));
  $("empty").hidden = $("sessions").childElementCount > 0;
  $("more").hidden = !page.next;
}

function item(session) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.project = session.project;
  button.dataset.session = session.session;
  const title = document.createElement("b"), facts = document.createElement("small"), where = document.createElement("small");
  title.textContent = new Date(session.start ?? session.firstReceived).toLocaleString();
  if (session.live) {
    const badge = document.createElement("span");
    badge.className = "live";
    badge.textContent = "live";
    title.append(badge);
  }
  const pages = `${session.pageViews} ${session.pageViews === 1 ? "page" : "pages"}`;
  facts.textContent = `${clock(session.durationMs)} · ${pages} · ${session.events} events · ${size(session.rawBytes)}`
    + (session.errors ? ` · ${session.errors} errors` : "");
  where.textContent = `${session.project} · ${session.pages[0] ?? session.session}`;
  button.append(title, facts, where);
  button.onclick = () => show(session);
  const line = document.createElement("li");
  line.append(button);
  return line;
}

// --- one recording

function leave() {
  stored?.abort();
  source?.close();
  clearTimeout(gathering);
  clearTimeout(retry);
  player?.close();
  stored = source = player = chosen = lastCursor = null;
  windows = new Map();
  $("markers").replaceChildren();
  $("controls").classList.remove("is-live");
  say("");
}

async function show(session) {
  leave();
  if (!Replayer) return say("rrweb could not be loaded");
  open = (await (await get(address(session))).json());
  for (const button of $("sessions").querySelectorAll("button")) {
    button.toggleAttribute("aria-current", button.dataset.session === open.session && button.dataset.project === open.project);
  }
  $("player").hidden = false;
  $("title").textContent = open.pages[0] ?? open.session;
  $("follow").hidden = !open.live;
  for (const name of open.windows) room(name);
  if (open.live) follow(); else await load();
}

function room(name) {
  if (!windows.has(name)) {
    windows.set(name, { events: [], hasKeyframe: false });
    $("windows").replaceChildren(...[...windows.keys()].map((name, index) => new Option(name ? `${index + 1}: ${name.slice(0, 8)}` : "main", name)));
    $("windows-label").hidden = windows.size < 2;
    if (chosen !== null) $("windows").value = chosen;
  }
  return windows.get(name);
}

// Events of a recording that is there, in the order they are played in, line by line.
async function load() {
  const stop = stored = new AbortController();
  const response = await get(address(open, "/events?at=start&envelope=1"), { signal: stop.signal });
  const gap = response.headers.get("Replay-Gap");
  if (gap === "noKeyframe") return say("This recording has no full snapshot: it cannot be played.");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", length = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done || stop.signal.aborted) break;
      length += value.length;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) take(JSON.parse(line));
      if (!player && length > firstBytes) begin();
      say(`loading, ${size(length)} of ${size(open.rawBytes)}`);
    }
  } catch (error) { if (!stop.signal.aborted) say(`Loading broke off: ${error.message}`); return; }
  if (stop.signal.aborted) return;
  if (!player) begin();
  say(player ? "" : "There is nothing to play in this recording.");
  marks();
}

function take({ cursor, window, event }) {
  lastCursor = cursor;
  if (typeof event !== "object") return; // packed whole by the recorder: only its own tools can read it
  const own = room(window);
  own.events.push(event);
  own.hasKeyframe ||= isKeyframe(event);
  if (player && window === chosen) player.add(event);
}

function begin(name) {
  const playable = [...windows].filter(([, own]) => own.hasKeyframe && own.events.length > 1);
  if (!playable.length) return;
  chosen = name ?? (playable.some(([name]) => name === chosen) ? chosen : playable[0][0]);
  $("windows").value = chosen;
  player?.close();
  player = new Player($("stage"), Replayer, {
    events: [...windows.get(chosen).events], speed: Number($("speed").value), skip: $("skip").checked, onEnd: tick,
  });
  tick();
}

function marks() {
  if (!player) return;
  const events = windows.get(chosen).events, start = events[0].timestamp, total = player.total || 1;
  const all = events.map((event) => ({ event, mark: mark(event) })).filter(({ mark }) => mark).slice(0, 500);
  $("markers").replaceChildren(...all.map(({ event, mark }) => {
    const line = document.createElement("i");
    line.className = mark.kind;
    line.title = mark.title ?? mark.kind;
    line.style.left = `${Math.min(100, 100 * (event.timestamp - start) / total)}%`;
    return line;
  }));
}

// --- one that goes on

function follow() {
  leave();
  for (const name of open.windows) room(name);
  $("follow").hidden = true;
  $("controls").classList.add("is-live");
  say("live: waiting for events");
  connect();
}

function connect() {
  const place = lastCursor ? `after=${lastCursor}` : "from-keyframe=1";
  const stream = source = new EventSource(address(open, `/live?envelope=1&${place}`));
  stream.onmessage = ({ data }) => live(JSON.parse(data));
  stream.addEventListener("gap", ({ data }) => say(`live: ${JSON.parse(data).message}`));
  const end = (text) => () => {
    stream.close();
    source = null;
    $("follow").hidden = true;
    $("controls").classList.remove("is-live");
    say(text);
  };
  stream.addEventListener("finished", end("The recording is finished."));
  stream.addEventListener("erased", end("The recording was erased."));
  for (const name of ["gone", "failed"]) {
    stream.addEventListener(name, ({ data }) => end(`The recording cannot be followed: ${JSON.parse(data).message}`)());
  }
  stream.onerror = () => {
    if (source !== stream) return;
    say("live: the connection broke off, trying again");
    // EventSource asks again by itself, but not after an answer such as 503: then only the session's own tells why.
    if (stream.readyState !== EventSource.CLOSED) return;
    retry = setTimeout(async () => {
      try { await get(address(open)); connect(); } catch (error) { say(error.message); if (!$("login").hidden) return; retry = setTimeout(connect, 5000); }
    }, 2000);
  };
}

function live(envelope) {
  const { window, event } = envelope;
  const own = room(window);
  // What is before the newest keyframe is not needed to go on from it.
  if (typeof event === "object" && isKeyframe(event)) {
    const last = own.events.at(-1);
    own.events = last && isMeta(last) ? [last] : [];
  }
  take(envelope);
  if (player) { if (window === chosen) say("live"); return; }
  clearTimeout(gathering);
  gathering = setTimeout(() => goLive(window), quiet);
}

function goLive(name) {
  const own = windows.get(name);
  if (!own?.hasKeyframe || own.events.length < 2) return;
  chosen = name;
  $("windows").value = chosen;
  player?.close();
  player = new Player($("stage"), Replayer, { live: true, events: [...own.events] });
  say("live");
}

// --- controls

function tick() {
  if (!player || source) return;
  $("timeline").max = player.total;
  if (document.activeElement !== $("timeline") || player.isPlaying) $("timeline").value = player.isEnded ? player.total : player.time;
  $("time").value = clock(player.isEnded ? player.total : player.time);
  $("duration").value = clock(player.total);
  $("play").textContent = player.isPlaying ? "Pause" : "Play";
}
setInterval(tick, 100);

$("play").onclick = () => { if (player?.isPlaying) player.pause(); else player?.play(); tick(); };
$("timeline").oninput = () => { player?.seek(Number($("timeline").value)); tick(); };
$("speed").onchange = () => player?.set({ speed: Number($("speed").value) });
$("skip").onchange = () => player?.set({ skipInactive: $("skip").checked });
$("windows").onchange = () => { if (source) goLive($("windows").value); else { begin($("windows").value); marks(); } };
$("follow").onclick = follow;
$("refresh").onclick = () => list();
$("more").onclick = () => list(true);
$("project").onchange = () => list();
$("logout").onclick = async () => { await fetch("/logout", { method: "POST" }); leave(); showLogin(); };
$("erase").onclick = async () => {
  if (!open || !confirm("Erase this recording for good?")) return;
  try {
    const receipt = await (await get(address(open), { method: "DELETE" })).json();
    leave();
    say(`Erased; receipt ${receipt.id}`);
    await list();
  } catch (error) { say(error.message); }
};
$("login").onsubmit = async (event) => {
  event.preventDefault();
  const response = await fetch("/login", { method: "POST", body: JSON.stringify({ token: $("token").value }) });
  $("login-error").textContent = response.ok ? "" : "That is not the viewer token.";
  if (!response.ok) return;
  $("token").value = "";
  const next = new URLSearchParams(location.hash.slice(1)).get("next");
  if (next === "/demo") location.href = next; else await list();
};

/// For tests and for the curious.
window.replayViewer = {
  list, show, follow,
  get player() { return player; },
  get open() { return open; },
  get lastCursor() { return lastCursor; },
  get window() { return chosen; },
  get state() { return source ? "live" : player ? (player.isPlaying ? "playing" : player.isEnded ? "ended" : "paused") : "idle"; },
};
list().catch((error) => say(error.message));
