// What the page needs of rrweb: its Replayer, shown to scale, for a recording that is there and for one that goes on.

const fullSnapshot = 2, incremental = 3, meta = 4, plugin = 6;

const element = (id, tagName, ...childNodes) => ({ type: 2, id, tagName, attributes: {}, childNodes });
const emptyPage = { type: 0, id: 1, childNodes: [element(2, "html", element(3, "head"), element(4, "body"))] };

/// rrweb's Replayer, wherever the script that was loaded has it. rrweb-player keeps it to itself: then it is taken from a
/// player that nobody sees.
export function replayerClass() {
  for (const name of ["rrweb", "rrwebReplay", "rrwebReplayer"]) if (window[name]?.Replayer) return window[name].Replayer;
  const Player = window.rrwebPlayer?.Player ?? window.rrwebPlayer?.default ?? window.rrwebPlayer;
  if (typeof Player !== "function") return null;
  const target = document.createElement("div");
  target.id = "probe";
  document.body.append(target);
  const events = [
    { type: meta, data: { href: "about:blank", width: 1, height: 1 }, timestamp: 1 },
    { type: fullSnapshot, data: { node: emptyPage, initialOffset: { left: 0, top: 0 } }, timestamp: 2 },
  ];
  const player = new Player({ target, props: { events, autoPlay: false, showController: false, width: 1, height: 1 } });
  const replayer = player.getReplayer();
  replayer.pause();
  setTimeout(() => target.remove(), 1000); // it still builds its page
  return replayer.constructor;
}

/// A mark on the timeline: what people look for.
export function mark(event) {
  if (event.type === meta) return { kind: "page", title: event.data?.href };
  if (event.type === incremental && event.data?.source === 2 && event.data.type === 2) return { kind: "click", title: "click" };
  if (event.type === plugin && event.data?.payload?.level === "error") return { kind: "error", title: "error" };
  return null;
}

export const isKeyframe = (event) => event.type === fullSnapshot;
export const isMeta = (event) => event.type === meta;

const lagLeast = 200; // milliseconds before a live recording's end from which on it is joined

/// One window of one recording on the stage. Of a live one the list of events grows: what comes is played from its first
/// event on, whatever of the time before is still to be shown, so that it lags by no more than the recorder holds events back.
/// (rrweb's own live mode does not show what happened before it was started.)
export class Player {
  constructor(stage, Replayer, { events, live = false, speed = 1, skip = true, onEnd }) {
    this.stage = stage;
    this.isLive = live;
    this.isPlaying = false;
    this.isEnded = false;
    this.shown = 0;
    this.start = events[0].timestamp;
    this.fresh = null; // time of the first event that came since it was last played on
    stage.replaceChildren();
    this.replayer = new Replayer(events, {
      root: stage, speed, skipInactive: skip && !live, showWarning: false, showDebug: false, mouseTail: false,
      triggerFocus: false,
    });
    this.replayer.on("resize", (size) => { this.size = size; this.fit(); });
    this.replayer.on("finish", () => { this.isPlaying = false; this.isEnded = true; this.shown = this.total; onEnd?.(); });
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(stage);
    if (live) this.play(Math.max(0, this.total - lagLeast)); else this.replayer.pause(0);
  }

  fit() {
    if (!this.size?.width || !this.size?.height) return;
    const scale = Math.min(this.stage.clientWidth / this.size.width, this.stage.clientHeight / this.size.height, 1);
    const { width, height } = this.size;
    const style = this.replayer.wrapper.style;
    style.transform = `scale(${scale})`;
    style.left = `${(this.stage.clientWidth - width * scale) / 2}px`;
    style.top = `${(this.stage.clientHeight - height * scale) / 2}px`;
  }

  add(event) {
    this.replayer.addEvent(event);
    if (!this.isLive) return;
    this.fresh ??= event.timestamp - this.start;
    // When those that came together are all in.
    clearTimeout(this.catchingUp);
    this.catchingUp = setTimeout(() => this.catchUp(), 20);
  }

  catchUp() {
    const { fresh } = this;
    this.fresh = null;
    if (this.isEnded || this.time < fresh) this.play(Math.max(this.shown, fresh));
  }

  get time() { return Math.max(0, this.replayer.getCurrentTime()); }
  get total() { return this.replayer.getMetaData().totalTime; }
  play(at = this.isEnded ? 0 : this.time) { this.isEnded = false; this.isPlaying = true; this.replayer.play(at); }
  pause(at) { this.isPlaying = false; this.replayer.pause(at); }
  seek(at) { this.isEnded = false; if (this.isPlaying) this.replayer.play(at); else this.replayer.pause(at); }
  set(config) { this.replayer.setConfig(config); }

  close() {
    clearTimeout(this.catchingUp);
    this.observer.disconnect();
    try { this.replayer.pause(); this.replayer.destroy?.(); } catch { /* it is thrown away in any case */ }
    this.stage.replaceChildren();
  }
}
