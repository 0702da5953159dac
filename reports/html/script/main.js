/** Starts the script of a page. The hash of the URL is the state, so that every view is a link with a history. */
import { addCopyButtons } from "./copying.js";
import { addDownloads } from "./download.js";
import { Filter } from "./filter.js";
import { Folding } from "./folding.js";
import { DEFAULT_STATE, formatHash, parseHash } from "./hash-state.js";
import { createHelp } from "./help.js";
import { listenToKeys } from "./keyboard.js";
import { languagesOfPage, showLanguage, showTheme } from "./language.js";
import { QUERY_KEYS } from "./query.js";
import { References } from "./references.js";
import { Sorting } from "./sorting.js";
import { Toolbar } from "./toolbar.js";

/** @typedef {import("./hash-state.js").PageState} PageState */

class ReportPage {
  #state = DEFAULT_STATE;
  #languages = languagesOfPage();
  #references = new References();
  #filter = new Filter();
  #sorting = new Sorting((next) => this.#change({ sort: next(this.#state.sort) }));
  #folding = new Folding((next) => this.#remember({ ...this.#state, open: next(this.#state.open) }, true));
  #help = createHelp(this.#filter.rows.length === 0 ? [] : QUERY_KEYS, (on) => this.#change({ keys: on ? "" : "off" }));
  #toolbar = new Toolbar({
    rows: this.#filter.rows.length,
    references: this.#references.names,
    languages: this.#languages,
    change: (changed, replace) => this.#change(changed, replace),
    help: () => this.#help.dialog.showModal(),
  });

  open() {
    listenToKeys({
      isOn: () => this.#state.keys !== "off",
      focusFilter: () => this.#toolbar.line.focus(),
      clear: () => this.#state.q !== "" && this.#change({ q: "" }),
      help: () => this.#help.dialog.showModal(),
    });
    addEventListener("hashchange", () => this.#follow());
    document.addEventListener("click", (event) => {
      // A second click on a link to the current target does not change the hash.
      const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
      if (link?.getAttribute("href") === location.hash) this.#follow();
    });
    this.#apply(parseHash(location.hash), true);
  }

  /**
   * @param {Partial<PageState>} changed
   * @param {boolean} [replace] continues the current entry of the history
   */
  #change(changed, replace = false) {
    const next = { ...this.#state, ...changed };
    this.#apply(next);
    this.#remember(next, replace);
  }

  /**
   * Writes a state to the address of the page.
   * @param {PageState} next
   * @param {boolean} replace
   */
  #remember(next, replace) {
    this.#state = next;
    const hash = formatHash(next);
    if (`#${hash}` === (location.hash || "#")) return;
    const address = hash === "" ? location.href.replace(/#.*/su, "") : `#${hash}`;
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }

  /** Applies a new address. A link to an element keeps the rest of the state, unless the filter hides the element. */
  #follow() {
    const parsed = parseHash(location.hash);
    if (location.hash.includes("?") || parsed.at === "") return this.#apply(parsed);
    const target = document.getElementById(parsed.at);
    const q = target !== null && this.#filter.hides(target) ? "" : this.#state.q;
    const next = { ...this.#state, q, at: parsed.at };
    this.#apply(next, true);
    this.#remember(next, true);
  }

  /**
   * Shows a state.
   * @param {PageState} wanted
   * @param {boolean} [reveals] scrolls to its target, also if the target is that of the previous state
   */
  #apply(wanted, reveals = wanted.at !== this.#state.at) {
    const next = { ...wanted, base: this.#references.known(wanted.base) };
    this.#folding.apply(next.open, this.#state.open);
    const hasOtherValues = this.#references.apply(next.base);
    if (hasOtherValues) this.#filter.refresh();
    this.#sorting.apply(next.sort, hasOtherValues);
    this.#toolbar.show(next, this.#filter.apply(next.q));
    this.#help.switcher.checked = next.keys !== "off";
    showTheme(next.theme);
    showLanguage(this.#languages.includes(next.lang) ? next.lang : (this.#languages[0] ?? "en"));
    this.#state = next;
    const target = next.at === "" ? null : document.getElementById(next.at);
    if (reveals && target !== null) this.#folding.reveal(target);
  }
}

/** @param {(text: string) => string} printable replaces control characters */
export function start(printable) {
  // Before the script adds text in all languages, because it offers those of the page.
  const page = new ReportPage();
  addCopyButtons();
  addDownloads(printable);
  page.open();
}
