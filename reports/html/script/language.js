/** The language and the theme of the page. */
import { all } from "./dom.js";

const ATTRIBUTES = ["aria-label", "title", "placeholder"];

/**
 * Shows the text of a language: the style of the page hides the others, and what cannot contain both is swapped here.
 * @param {string} language
 */
export function showLanguage(language) {
  document.documentElement.lang = language;
  // Titles and options can only contain text.
  for (const element of document.querySelectorAll(`[data-${language}-text]`))
    element.textContent = element.getAttribute(`data-${language}-text`);
  for (const name of ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[data-${language}-${name}]`))
      element.setAttribute(name, element.getAttribute(`data-${language}-${name}`) ?? "");
  }
}

/** Returns the languages of the page, its own first. */
export function languagesOfPage() {
  const own = document.documentElement.lang;
  const others = all("body [lang]").map(({ lang }) => lang);
  return [...new Set([own, ...others])];
}

/** Shows a theme; empty: that of the system. */
export function showTheme(/** @type {string} */ theme) {
  const { dataset } = document.documentElement;
  if (theme === "light" || theme === "dark") dataset["theme"] = theme;
  else delete dataset["theme"];
}
