// Gives the demo page something to record.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const hues = [0, 60, 120, 180, 240, 300];
  let count = 0, hue = 0;
  $("add").onclick = () => {
    const line = document.createElement("li");
    line.className = "new";
    line.textContent = `Thing ${++count}`;
    $("cart").querySelector(".new")?.classList.remove("new");
    $("cart").append(line);
  };
  $("remove").onclick = () => $("cart").lastElementChild?.remove();
  $("colour").onclick = () => { document.body.style.background = `hsl(${hues[hue++ % hues.length]} 60% 92%)`; };
  $("reload").onclick = () => location.reload();
  $("finish").onclick = async () => { await replayRecorder.finish(); $("message").textContent = "The recording is finished."; };
  $("form").onsubmit = (event) => { event.preventDefault(); $("message").textContent = "Ordered."; };
})();
