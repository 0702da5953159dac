/**
 * Chooses what values are compared with. A group (`data-refs`) contains one child for each reference (`data-ref`), with
 * the numbers and the verdict of that pair; one child is shown.
 */
import { all } from "./dom.js";

export class References {
  #groups = all("[data-refs]").map((group) => {
    const choices = [...group.children].filter((child) => child instanceof HTMLElement && "ref" in child.dataset);
    const elements = /** @type {HTMLElement[]} */ (choices);
    return { elements, initial: elements.find(({ hidden }) => !hidden) };
  });

  /** Names of all references in the order of the page. */
  names = [...new Set(this.#groups.flatMap(({ elements }) => elements.map(refOf)))];

  /** @param {string} name empty: the reference that the page shows without a choice */
  apply(name) {
    for (const { elements, initial } of this.#groups) {
      const shown = elements.find((element) => refOf(element) === name) ?? initial;
      for (const element of elements) element.hidden = element !== shown;
    }
  }
}

/** @param {HTMLElement} element */
function refOf(element) {
  return element.dataset["ref"] ?? "";
}
