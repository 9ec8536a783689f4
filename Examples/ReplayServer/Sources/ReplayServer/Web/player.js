// What the page needs of rrweb: its Replayer, shown to scale, for a recording that is there and for one that goes on.

const fullSnapshot = 2, incremental = 3, meta = 4, plugin = 6;

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
    { type: fullSnapshot, data: { node: { type: 0, childNodes: [], id: 1 }, initialOffset: { left: 0, top: 0 } }, timestamp: 2 },
  ];
  const player = new Player({ target, props: { events, autoPlay: false, showController: false, width: 1, height: 1 } });
  const replayer = player.getReplayer();
  replayer.pause();
  target.remove();
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

/// One window of one recording on the stage.
export class Player {
  constructor(stage, Replayer, { live = false, speed = 1, skip = true, events = [], onEnd } = {}) {
    this.stage = stage;
    this.isPlaying = false;
    this.isEnded = false;
    stage.replaceChildren();
    this.replayer = new Replayer(live ? [] : events, {
      root: stage, liveMode: live, speed, skipInactive: skip && !live, showWarning: false, showDebug: false, mouseTail: false,
      triggerFocus: false,
    });
    this.replayer.on("resize", (size) => { this.size = size; this.fit(); });
    this.replayer.on("finish", () => { this.isPlaying = false; this.isEnded = true; onEnd?.(); });
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(stage);
    if (live) {
      // A second behind the newest event, by the recorded clock: the visitor's and this one may differ.
      const last = events.length ? events.at(-1).timestamp : Date.now();
      this.replayer.startLive(last - 1000);
      for (const event of events) this.replayer.addEvent(event);
    } else {
      this.replayer.pause(0);
    }
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

  add(event) { this.replayer.addEvent(event); }
  get time() { return Math.max(0, this.replayer.getCurrentTime()); }
  get total() { return this.replayer.getMetaData().totalTime; }
  play(at = this.isEnded ? 0 : this.time) { this.isEnded = false; this.isPlaying = true; this.replayer.play(at); }
  pause(at) { this.isPlaying = false; this.replayer.pause(at); }
  seek(at) { this.isEnded = false; if (this.isPlaying) this.replayer.play(at); else this.replayer.pause(at); }
  set(config) { this.replayer.setConfig(config); }

  close() {
    this.observer.disconnect();
    try { this.replayer.pause(); this.replayer.destroy?.(); } catch { /* it is thrown away in any case */ }
    this.stage.replaceChildren();
  }
}
