"""A real browser records a page with rrweb, watches it live in a second tab, and replays it from the store.

    browser_test.py SERVER SCREENSHOTS        SERVER is the replay-server executable, SCREENSHOTS a folder

Needs playwright and django-rrweb from PyPI (the latter ships rrweb's recorder and player) and a Chromium, whose path may be
given in SEGMENT_CHROMIUM. Ends with status 0 when everything held.
"""

import contextlib
import importlib.util
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from playwright.sync_api import sync_playwright

INGEST, VIEWER = "ingest-token-of-the-test", "viewer-token-of-the-test"
NAME, WISHES = "Ada Lovelace", "a difference engine, please"
LATER, LATEST = "and an analytical one", "and tea"
PATIENCE = 20_000  # milliseconds; how long something may take on a busy machine

# In the recorded page: writes down what the recorder emits, over reloads.
NOTE_EMITTED = """
(() => {
  let real;
  const note = (event) => {
    const all = JSON.parse(sessionStorage.getItem("test.emitted") ?? "[]");
    all.push(JSON.stringify(event));
    sessionStorage.setItem("test.emitted", JSON.stringify(all));
  };
  Object.defineProperty(window, "rrwebRecord", {
    configurable: true,
    get: () => real,
    set: (record) => {
      real = (options) => record({ ...options, emit: (event, ...rest) => { note(event); options.emit(event, ...rest); } });
    },
  });
})();
"""

# In the watching page: writes down the ID of every event that comes, over reconnections.
NOTE_SEEN = """
(() => {
  const Real = EventSource;
  window.seen = [];
  window.connections = 0;
  window.EventSource = class extends Real {
    constructor(...all) {
      super(...all);
      this.addEventListener("open", () => window.connections++);
      this.addEventListener("message", (event) => window.seen.push(event.lastEventId));
    }
  };
})();
"""


def check(holds, what):
    if not holds:
        raise AssertionError(what)
    print(f"ok: {what}", flush=True)


def free_port():
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def rrweb_folder():
    """The folder in which django-rrweb keeps rrweb's files, and the names of recorder, player and style sheet."""
    package = importlib.util.find_spec("django_rrweb")
    folder = pathlib.Path(package.submodule_search_locations[0]) / "static" / "django-rrweb"
    names = sorted(path.name for path in folder.iterdir())
    pick = lambda part, end: next(name for name in names if part in name and name.endswith(end))
    return folder, pick("record", ".js"), pick("player", ".js"), pick("style", ".css")


class Server:
    def __init__(self, program, folder):
        self.program, self.folder, self.port = program, folder, free_port()
        self.process = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        rrweb, recorder, player, style = rrweb_folder()
        environment = {**os.environ, "REPLAY_INGEST_TOKEN": INGEST, "REPLAY_VIEWER_TOKEN": VIEWER}
        self.process = subprocess.Popen(
            [self.program, f"{self.folder}/store", "--port", str(self.port), "--rrweb", str(rrweb), "--rrweb-recorder",
             recorder, "--rrweb-player", player, "--rrweb-style", style, "--log-level", "warning"],
            env=environment)
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.address}/healthz").close()
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def stop(self):
        self.process.terminate()
        check(self.process.wait(timeout=60) == 0, "the server ends well when it is asked to")

    def get(self, path):
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {VIEWER}"})
        with urllib.request.urlopen(request) as response:
            return response.read()


class Scene:
    def __init__(self, browser, server, screenshots):
        self.server, self.screenshots = server, screenshots
        # Two visitors of their own: what one loses of its network the other keeps.
        self.recorded = browser.new_context(viewport={"width": 900, "height": 700})
        self.watching = browser.new_context(viewport={"width": 1280, "height": 800})
        for context in (self.recorded, self.watching):
            context.set_default_timeout(PATIENCE)
        self.problems = []

    def page(self, context, script):
        page = context.new_page()
        page.add_init_script(script)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def log_in(self, page, path="/"):
        page.goto(self.server.address + "/")
        page.fill("#token", VIEWER)
        page.click("#login button")
        page.wait_for_selector("#viewer:not([hidden])")
        if path != "/":
            page.goto(self.server.address + path)

    def shoot(self, page, name):
        page.screenshot(path=f"{self.screenshots}/{name}.png")

    def replayed(self, page):
        """The frame in which the recording is shown."""
        return page.frame_locator("#stage iframe").last


def emitted(page):
    return page.evaluate("JSON.parse(sessionStorage.getItem('test.emitted') ?? '[]')")


def stored(server, session):
    return server.get(f"/v1/projects/demo/sessions/{session}/events").decode().splitlines()


def wait_until(page, expression):
    """Asked again and again from here: the page's security policy lets no script be made of a string."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise AssertionError(f"it never came to hold that {expression}")
        page.wait_for_timeout(20)


def run(program, screenshots):
    folder = tempfile.mkdtemp(prefix="replay-browser-")
    server = Server(program, folder)
    server.start()
    try:
        with sync_playwright() as tools:
            browser = tools.chromium.launch(
                executable_path=os.environ.get("SEGMENT_CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"])
            try:
                play(Scene(browser, server, screenshots))
            finally:
                browser.close()
        server.stop()
        # What was recorded is still there for the next server.
        server.start()
        check(json.loads(server.get("/v1/sessions"))["sessions"][0]["events"] > 20, "a server that starts again has it")
        server.stop()
    finally:
        if server.process.poll() is None:
            server.process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def play(scene):
    server = scene.server
    demo = scene.page(scene.recorded, NOTE_EMITTED)
    scene.log_in(demo, "/demo")
    wait_until(demo, "window.replayRecorder !== undefined")
    session = demo.evaluate("replayRecorder.session")
    demo.click("#add")
    demo.fill("#name", NAME)
    demo.evaluate("replayRecorder.flush()")

    # A second tab joins while it is being recorded.
    viewer = scene.page(scene.watching, NOTE_SEEN)
    scene.log_in(viewer)
    viewer.wait_for_selector(f"#sessions button[data-session='{session}'] .live")
    viewer.click(f"#sessions button[data-session='{session}']")
    wait_until(viewer, "replayViewer.state === 'live' && replayViewer.player !== null")
    scene.replayed(viewer).locator("#cart li", has_text="Thing 1").wait_for()
    wait_until_typed(scene, viewer, "#name", NAME)
    check(True, "who joins sees what was typed before")

    # What happens is seen within a moment.
    delays = []
    for count in range(2, 8):
        start = time.monotonic()
        demo.click("#add")
        scene.replayed(viewer).locator("#cart li", has_text=f"Thing {count}").wait_for()
        delays.append(time.monotonic() - start)
    delays.sort()
    print(f"from the click to the second tab: median {delays[3] * 1e3:.0f} ms, longest {delays[-1] * 1e3:.0f} ms", flush=True)
    demo.type("#wishes", WISHES, delay=5)
    wait_until_typed(scene, viewer, "#wishes", WISHES)
    check(True, "what is typed is seen in the second tab")
    scene.shoot(demo, "1-recorded")
    scene.shoot(viewer, "2-live")

    # The recorded page is loaded again: the same recording goes on.
    demo.reload()
    wait_until(demo, "window.replayRecorder !== undefined")
    check(demo.evaluate("replayRecorder.session") == session, "a page that is loaded again goes on with its recording")
    demo.fill("#name", NAME)
    demo.fill("#wishes", LATER)
    demo.click("#colour")
    wait_until_typed(scene, viewer, "#wishes", LATER)

    # The server stops and starts again: the recorder sends what it kept, the viewer goes on behind the last event it had.
    server.stop()
    for _ in range(3):
        demo.click("#add")
    demo.fill("#wishes", LATEST)
    demo.wait_for_timeout(1_000)
    server.start()
    wait_until_typed(scene, viewer, "#wishes", LATEST)
    scene.replayed(viewer).locator("#cart li", has_text="Thing 3").wait_for()
    check_seen(viewer, "who was cut off", connections=2)

    # The watching page is loaded again: it joins at the last keyframe.
    viewer.reload()
    viewer.click(f"#sessions button[data-session='{session}']")
    wait_until(viewer, "replayViewer.state === 'live' && replayViewer.player !== null")
    scene.replayed(viewer).locator("#cart li", has_text="Thing 3").wait_for()
    demo.click("#add")
    scene.replayed(viewer).locator("#cart li", has_text="Thing 4").wait_for()
    check_seen(viewer, "who loaded the page again")
    scene.shoot(viewer, "3-live-again")

    # The end: everything is in the store once, as it was emitted.
    demo.click("#finish")
    demo.wait_for_selector("#message:has-text('finished')")
    viewer.wait_for_selector("#status:has-text('finished')")
    # All of it: the recorder waits for the last movement of the mouse, which rrweb gives after it was stopped.
    check_stored(emitted(demo), stored(server, session))

    # Replayed from the store.
    viewer.click("#refresh")
    viewer.wait_for_selector(f"#sessions button[data-session='{session}']:not(:has(.live))")
    viewer.click(f"#sessions button[data-session='{session}']")
    wait_until(viewer, "replayViewer.player !== null && replayViewer.state !== 'live' && replayViewer.player.total > 0")
    scene.shoot(viewer, "4-list-and-player")
    viewer.evaluate("replayViewer.player.seek(replayViewer.player.total)")
    wait_until_typed(scene, viewer, "#wishes", LATEST)
    wait_until_typed(scene, viewer, "#name", NAME)
    scene.replayed(viewer).locator("#cart li", has_text="Thing 4").wait_for()
    check(True, "the replay ends with the typed text and the cart as they were")
    scene.shoot(viewer, "5-replayed")
    viewer.evaluate("replayViewer.player.seek(0)")
    viewer.click("#play")
    wait_until(viewer, "replayViewer.player.time > 500")
    check(True, "the replay plays")
    scene.shoot(viewer, "6-playing")
    check(scene.problems == [], f"no script failed: {scene.problems}")


def wait_until_typed(scene, page, field, text):
    deadline = time.monotonic() + PATIENCE / 1000
    while scene.replayed(page).locator(field).input_value() != text:
        if time.monotonic() > deadline:
            raise AssertionError(f"{field} never came to hold {text!r} in the replay")
        time.sleep(0.02)


def check_stored(sent, found):
    """All that was emitted is stored, once each, byte for byte. Batches of a page that goes may overtake each other."""
    lost = [event for event in sent if event not in found]
    check(not lost, f"no event is lost of {len(sent)}: {[event[:200] for event in lost]}")
    check(len(found) == len(sent) > 20 and sorted(found) == sorted(sent), "each is stored once, byte for byte")
    moved = sum(a != b for a, b in zip(sent, found))
    print(f"{moved} events arrived in another order than they were emitted in", flush=True)


def check_seen(page, who, connections=1):
    """The IDs that came are those of consecutive events, each once, over so many connections at least."""
    seen = [cursor for cursor in page.evaluate("window.seen") if cursor]
    sequences = [int(cursor.split("-")[1]) for cursor in seen]
    check(page.evaluate("window.connections") >= connections, f"{who} was connected {connections} times or more")
    check(
        len(sequences) > 1 and sequences == list(range(sequences[0], sequences[0] + len(sequences))),
        f"{who} missed nothing and saw nothing twice ({len(sequences)} events)")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    pathlib.Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    run(sys.argv[1], sys.argv[2])
    print("the browser test is green")
