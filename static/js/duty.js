// Sound of the duty screen: only after somebody asked for it, and only while something rings. Works on without it.
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
  document.addEventListener("htmx:afterSwap", () => { dress(); sound(); });
  dress();
})();
