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

  /** Names of the references of all runs, in the order of the page. */
  names = [...new Set(this.#groups.flatMap(({ elements }) => elements.map(refOf)))];

  /** @param {string} name of a hash, which can be from a page with other plugins */
  known(name) {
    return knownReference(name, this.names);
  }

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
 * Returns the reference of a hash; empty for the one that a page shows without a choice, also if the page does not have
 * the named one.
 * @param {string} name
 * @param {readonly string[]} names of all references, that without a choice first
 */
export function knownReference(name, names) {
  return names.indexOf(name) > 0 ? name : "";
}

/**
 * Switches a metric to the view that compares with a reference, or to its first one if no view does.
 * @param {HTMLElement} views
 * @param {string} name
 */
function showView(views, name) {
  const selector = name === "host" ? '[data-compares="host"]' : `label:has([data-ref="${CSS.escape(name)}"]) input`;
  const input = (name === "" ? null : views.querySelector(selector)) ?? views.querySelector("input");
  if (input instanceof HTMLInputElement) input.checked = true;
}

/** @param {HTMLElement} element */
function refOf(element) {
  return element.dataset["ref"] ?? "";
}
