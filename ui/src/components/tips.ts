// One small tooltip for the whole window, instead of the platform's. An element says what with `data-tip`, and which key with
// `data-key`. It only repeats for the eye what aria-label or aria-description say, so it is hidden from readers.
const WAIT = 450;
const GAP = 6;
/** Right after one was read, the next appears at once. */
const WARM = 300;

/** Listens to the whole document; returns the function that stops. */
export function tips(): () => void {
  const bubble = document.createElement("div");
  bubble.className = "tip";
  bubble.setAttribute("aria-hidden", "true");
  let target: HTMLElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiddenAt = 0;

  const of = (event: Event) => (event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null);

  function over(event: Event) {
    const next = of(event);
    if (next === target) return;
    hide();
    target = next;
    if (next?.dataset.tip) timer = setTimeout(show, Date.now() - hiddenAt < WARM ? 0 : WAIT);
  }

  /** The keyboard sees it too, but a click's focus does not. */
  function focus(event: Event) {
    if (event.target instanceof Element && event.target.matches(":focus-visible")) over(event);
  }

  function show() {
    if (!target?.isConnected || !target.dataset.tip) return;
    bubble.replaceChildren(target.dataset.tip);
    if (target.dataset.key) bubble.append(Object.assign(document.createElement("kbd"), { textContent: target.dataset.key }));
    // Inside a dialog, because a dialog covers everything else.
    (target.closest("dialog") ?? document.body).append(bubble);
    place(target.getBoundingClientRect());
  }

  function place(box: DOMRect) {
    const { offsetWidth: width, offsetHeight: height } = bubble;
    const inside = (at: number, room: number) => Math.max(GAP, Math.min(at, room - GAP));
    const below = box.bottom + GAP + height < window.innerHeight;
    const start = inside(box.left + box.width / 2 - width / 2, window.innerWidth - width);
    bubble.style.setProperty("inset", `${below ? box.bottom + GAP : box.top - GAP - height}px auto auto ${start}px`);
  }

  function hide() {
    clearTimeout(timer);
    if (bubble.isConnected) hiddenAt = Date.now();
    bubble.remove();
    target = null;
  }

  const gone = (event: Event) => target && of(event) === target && hide();
  const listeners: [string, (event: Event) => void][] = [
    ["pointerover", over], ["focusin", focus], ["focusout", gone], ["pointerdown", hide], ["keydown", hide], ["scroll", hide], ["wheel", hide],
  ];
  for (const [name, listener] of listeners) document.addEventListener(name, listener, { capture: true, passive: true });
  return () => {
    hide();
    for (const [name, listener] of listeners) document.removeEventListener(name, listener, { capture: true });
  };
}
