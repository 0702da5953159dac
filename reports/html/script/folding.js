/** Opens and closes details: as the state says, around the target of a link, and for printing. */
import { all } from "./dom.js";

export class Folding {
  /** Whether details are open without a choice of the reader, by key. */
  #initial = /** @type {Map<string, boolean>} */ (new Map());
  #keys = /** @type {Map<string, HTMLDetailsElement>} */ (new Map());

  /** @param {(change: (open: readonly string[]) => readonly string[]) => void} onChange called when a reader folds */
  constructor(onChange) {
    for (const element of all("main details")) {
      const details = /** @type {HTMLDetailsElement} */ (element);
      const key = this.#keyOf(details);
      this.#keys.set(key, details);
      this.#initial.set(key, details.open);
      details.querySelector("summary")?.addEventListener("click", () => {
        const differs = !details.open !== this.#initial.get(key);
        onChange((open) => [...open.filter((each) => each !== key), ...(differs ? [key] : [])]);
      });
    }
    this.#openForPrint();
  }

  /**
   * @param {readonly string[]} keys details that differ from the page
   * @param {readonly string[]} previous
   */
  apply(keys, previous) {
    for (const key of new Set([...keys, ...previous])) {
      const details = this.#keys.get(key);
      if (details !== undefined) details.open = this.#initial.get(key) !== keys.includes(key);
    }
  }

  /**
   * Opens the details around an element and those that are its content, and scrolls to it.
   * @param {HTMLElement} target
   */
  reveal(target) {
    for (let part = target.parentElement; part !== null; part = part.parentElement)
      if (part instanceof HTMLDetailsElement) part.open = true;
    for (const part of [target, ...target.children]) if (part instanceof HTMLDetailsElement) part.open = true;
    for (const marked of all(".is-target")) marked.classList.remove("is-target");
    target.classList.add("is-target");
    target.scrollIntoView();
  }

  /** Returns the ID of details, or their position in the next element with an ID. */
  #keyOf(/** @type {HTMLDetailsElement} */ details) {
    if (details.id !== "") return details.id;
    const parent = details.parentElement?.closest("[id]");
    const siblings = all("details", parent ?? document);
    return `${parent?.id ?? ""}.${siblings.indexOf(details) + 1}`;
  }

  #openForPrint() {
    /** @type {HTMLDetailsElement[]} */
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = /** @type {HTMLDetailsElement[]} */ (all("main details:not([open])"));
      for (const details of opened) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of opened) details.open = false;
      opened = [];
    });
  }
}
