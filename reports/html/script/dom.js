/** Creates elements with text in both languages of the page. */

/**
 * Creates an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function create(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Returns text in both languages; the style of the page hides one of them.
 * @param {string} en
 * @param {string} zh
 */
export function bilingual(en, zh) {
  const text = create("span", {});
  text.append(create("span", { lang: "en" }, en), create("span", { lang: "zh" }, zh));
  return text;
}

/**
 * Sets an attribute, or the `text` of an element, in both languages; `showLanguage` chooses one of them.
 * @param {HTMLElement} element
 * @param {string} name
 * @param {readonly [en: string, zh: string]} texts
 */
export function setBilingual(element, name, [en, zh]) {
  element.setAttribute(`data-en-${name}`, en);
  element.setAttribute(`data-zh-${name}`, zh);
}

/**
 * Returns all elements that match a selector.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement[]}
 */
export function all(selector, root = document) {
  return [...root.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement);
}
