/** The keyboard shortcuts of the page. */
import { all } from "./dom.js";

/**
 * @param {object} actions
 * @param {() => boolean} actions.isOn whether shortcuts of a single character are on
 * @param {() => void} actions.focusFilter
 * @param {() => void} actions.clear
 * @param {() => void} actions.help
 */
export function listenToKeys({ isOn, focusFilter, clear, help }) {
  /** @type {Readonly<Record<string, () => void>>} */
  const shortcuts = { "/": focusFilter, "?": help, j: () => moveView(1), k: () => moveView(-1) };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null) return;
    if (event.key === "Escape") return clear();
    const action = Object.hasOwn(shortcuts, event.key) ? shortcuts[event.key] : undefined;
    if (action === undefined || !isOn() || isTyping(event.target)) return;
    event.preventDefault();
    action();
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest("input, select, textarea") !== null;
}

/** Moves the focus to the next or the previous visible view. */
function moveView(/** @type {1 | -1} */ step) {
  const views = all("main article").filter((view) => view.checkVisibility());
  const focused = views.findIndex((view) => view.contains(document.activeElement));
  const above = views.filter((view) => view.getBoundingClientRect().top < 0).length;
  const from = focused === -1 ? above - (step === 1 ? 1 : 0) : focused;
  const view = views[Math.min(Math.max(from + step, 0), views.length - 1)];
  if (view === undefined) return;
  view.tabIndex = -1;
  view.focus({ preventScroll: true });
  view.scrollIntoView();
}
