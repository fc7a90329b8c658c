// The duty screen keeps itself fresh, or says that it is not. Sound only after somebody asked for it, while something rings.
(() => {
  "use strict";
  let context = null;
  const beep = () => {
    [0, 0.35, 0.7].forEach((offset) => {
      const [tone, volume] = [context.createOscillator(), context.createGain()];
      tone.frequency.value = 880;
      volume.gain.value = 0.25;
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + offset);
      tone.stop(context.currentTime + offset + 0.2);
    });
  };
  const screen = () => document.querySelector("[data-gf-duty]");
  const dress = () => {
    const button = document.querySelector("[data-gf-sound]");
    if (!button) return;
    button.hidden = false;
    button.textContent = context ? button.dataset.on : button.dataset.off;
    button.setAttribute("aria-pressed", String(Boolean(context)));
  };
  const sound = () => { if (context && Number(screen()?.dataset.ringing)) beep(); };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-gf-sound]")) return;
    context = context ? (context.close(), null) : new AudioContext();
    dress();
    sound();
  });
  const stale = (is) => { const note = document.querySelector("[data-gf-stale]"); if (note) note.hidden = !is; };
  document.addEventListener("htmx:afterSwap", () => { dress(); sound(); stale(false); });
  document.addEventListener("htmx:sendError", () => stale(true));
  document.addEventListener("htmx:timeout", () => stale(true));
  document.addEventListener("htmx:responseError", () => stale(true));
  // Whatever else came back, such as the page to sign in, must not wipe the screen: go there and be seen.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status < 400 && !event.detail.xhr.responseText.includes("data-gf-duty")) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  if (!window.htmx) setTimeout(() => location.reload(), 15000);
  dress();
})();
