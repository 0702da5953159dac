/** The controls of the page. Without scripts they would do nothing, so the script creates them. */
import { bilingual, create, setBilingual } from "./dom.js";

const LANGUAGE_NAMES = new Map([
  ["en", "English"],
  ["zh", "中文"],
]);

const THEMES = /** @type {const} */ ([
  ["", "System theme", "跟随系统"],
  ["light", "Light", "浅色"],
  ["dark", "Dark", "深色"],
]);

/**
 * @typedef {object} ToolbarOptions
 * @property {number} rows number of rows that can be filtered; 0: no filter line
 * @property {readonly string[]} references names of the references to compare with
 * @property {readonly string[]} languages
 * @property {(change: Partial<import("./hash-state.js").PageState>, replace?: boolean) => void} change
 * @property {() => void} help
 */

export class Toolbar {
  line = create("input", { type: "search", name: "q", spellcheck: false, autocomplete: "off" });
  #count = create("output", {});
  #selects = /** @type {Map<"base" | "theme" | "lang", HTMLSelectElement>} */ (new Map());
  #form = create("form", { className: "toolbar" });
  #rows;
  /** Whether the next keystroke starts a new entry of the history. */
  #isNewEdit = true;

  /** @param {ToolbarOptions} options */
  constructor(options) {
    this.#rows = options.rows;
    this.#form.setAttribute("role", "search");
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    if (options.rows > 0) this.#addLine(options);
    if (options.references.length > 1) this.#addReferences(options);
    this.#addTheme(options);
    if (options.languages.length > 1) this.#addLanguages(options);
    const help = create("button", { type: "button" }, bilingual("Help", "帮助"));
    help.addEventListener("click", options.help);
    this.#form.append(help);
    const main = document.querySelector("main");
    main?.before(this.#form);
  }

  /**
   * Shows a state in the controls.
   * @param {import("./hash-state.js").PageState} state
   * @param {number} found number of rows that the filter line finds
   */
  show(state, found) {
    if (this.line.value !== state.q) this.line.value = state.q;
    this.#count.replaceChildren(
      state.q.trim() === ""
        ? bilingual(`${this.#rows} rows`, `${this.#rows} 行`)
        : bilingual(`${found} of ${this.#rows} rows`, `${this.#rows} 行中的 ${found} 行`),
    );
    for (const [key, select] of this.#selects) {
      const { initial = "" } = select.dataset;
      select.value = state[key] || initial;
      // The hash names a value that the page does not have.
      if (select.selectedIndex < 0) select.value = initial;
    }
  }

  /** @param {ToolbarOptions} options */
  #addLine({ change }) {
    setBilingual(this.line, "placeholder", [
      "plugin:… path:… verdict:worse !text",
      "plugin:… path:… verdict:worse !文本",
    ]);
    this.line.addEventListener("input", () => {
      change({ q: this.line.value }, !this.#isNewEdit);
      this.#isNewEdit = false;
    });
    this.line.addEventListener("change", () => (this.#isNewEdit = true));
    this.line.addEventListener("blur", () => (this.#isNewEdit = true));
    this.#form.append(create("label", { className: "line" }, bilingual("Filter", "筛选"), " ", this.line), this.#count);
  }

  /** @param {ToolbarOptions} options */
  #addReferences({ references, change }) {
    const options = references.map((name) => {
      const option = create("option", { value: name }, name);
      if (name === "best") setBilingual(option, "text", ["best median", "中位数最优者"]);
      if (name === "host") setBilingual(option, "text", ["host (baseline)", "host（基线）"]);
      return option;
    });
    this.#addSelect("base", bilingual("Compare with", "对比对象"), options, (base) => change({ base }));
  }

  /** @param {ToolbarOptions} options */
  #addTheme({ change }) {
    const options = THEMES.map(([value, en, zh]) => {
      const option = create("option", { value });
      setBilingual(option, "text", [en, zh]);
      return option;
    });
    this.#addSelect("theme", bilingual("Theme", "主题"), options, (theme) => change({ theme }));
  }

  /** @param {ToolbarOptions} options */
  #addLanguages({ languages, change }) {
    const options = languages.map((value) => {
      const option = create("option", { value, lang: value }, LANGUAGE_NAMES.get(value) ?? value);
      return option;
    });
    this.#addSelect("lang", bilingual("Language", "语言"), options, (lang) => change({ lang }));
  }

  /**
   * @param {"base" | "theme" | "lang"} key
   * @param {Node} title
   * @param {readonly HTMLOptionElement[]} options the first one is the default
   * @param {(value: string) => void} onChange
   */
  #addSelect(key, title, options, onChange) {
    const select = create("select", { name: key }, ...options);
    const initial = options[0]?.value ?? "";
    select.dataset["initial"] = initial;
    select.addEventListener("change", () => onChange(select.value === initial ? "" : select.value));
    this.#selects.set(key, select);
    this.#form.append(create("label", {}, title, " ", select));
  }
}
