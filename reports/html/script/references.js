/**
 * Chooses what values are compared with. A group (`data-refs`) contains one child for each reference (`data-ref`), with
 * the numbers and the verdict of that pair; one child is shown. The row or cell around a group has its verdict, by
 * which the filter finds it.
 */
import { all } from "./dom.js";

export class References {
  #groups = all("[data-refs]").map((group) => {
    const choices = [...group.children].filter((child) => child instanceof HTMLElement && "ref" in child.dataset);
    const elements = /** @type {HTMLElement[]} */ (choices);
    const owner = /** @type {HTMLElement | null} */ (group.closest("[data-verdict]"));
    return { elements, owner, initial: elements.find(({ hidden }) => !hidden) };
  });
  #switches = all(".view-switch");
  #shown = "";

  /** Names of all references in the order of the page. */
  names = [...new Set(this.#groups.flatMap(({ elements }) => elements.map(refOf)))];

  /**
   * @param {string} name empty: the reference that the page shows without a choice
   * @returns {boolean} whether the page shows another reference than before
   */
  apply(name) {
    if (name === this.#shown) return false;
    this.#shown = name;
    for (const { elements, owner, initial } of this.#groups) {
      const shown = elements.find((element) => refOf(element) === name) ?? initial;
      for (const element of elements) element.hidden = element !== shown;
      const verdict = shown?.dataset["verdict"];
      if (owner !== null && verdict !== undefined) owner.dataset["verdict"] = verdict;
    }
    for (const each of this.#switches) showView(each, name);
    return true;
  }
}

/**
 * Switches a metric to the view that compares with a reference, and back.
 * @param {HTMLElement} views
 * @param {string} name
 */
function showView(views, name) {
  const wanted = name === "" ? "" : `[data-compares="${name === "host" ? "host" : "plugins"}"]`;
  const input = views.querySelector(`input${wanted}`);
  if (input instanceof HTMLInputElement) input.checked = true;
}

/** @param {HTMLElement} element */
function refOf(element) {
  return element.dataset["ref"] ?? "";
}
