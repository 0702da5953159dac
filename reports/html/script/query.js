/**
 * The filter line of a page: `plugin:calico path:cross-node verdict:worse,undecided !udp "free text"`.
 *
 * Terms are separated by spaces; quotes keep spaces in a value. `key:value` finds rows whose key contains the value,
 * `key=value` rows whose key equals it; any other term is searched in the entire text of a row. Several values of a
 * key are alternatives, and `!` excludes. Letter case is ignored.
 */

/** @typedef {"plugin" | "path" | "metric" | "scenario" | "verdict" | "state" | "level" | "status"} QueryKey */

/** @type {readonly QueryKey[]} */
export const QUERY_KEYS = ["plugin", "path", "metric", "scenario", "verdict", "state", "level", "status"];

/**
 * A term with its alternatives in lowercase. Without a key, the value is searched in the entire text.
 * @typedef {{ key: QueryKey | null, exact: boolean, negated: boolean, values: string[] }} Term
 */

/**
 * A row: the values of its keys in lowercase, several of one key separated by spaces, and its entire text in lowercase.
 * @typedef {{ keys: Partial<Record<QueryKey, string>>, text: string }} Row
 */

/** Parts of a term: `!`, a key with `:` or `=`, and a value with optional quotes. */
const TERM = /(!?)(?:([a-z]+)([:=]))?((?:"[^"]*"?|[^\s"])*)/giu;

/**
 * Returns the terms of a filter line. Every text is a valid filter line: an unknown key is searched as text.
 * @param {string} line
 * @returns {Term[]}
 */
export function parseQuery(line) {
  const terms = [...line.matchAll(TERM)].map(([, mark = "", name = "", operator = "", rest = ""]) => {
    const key = QUERY_KEYS.find((known) => known === name.toLowerCase()) ?? null;
    const value = key === null ? name + operator + rest : rest;
    const values = key === null ? [unquote(value)] : splitAlternatives(value).map(unquote);
    return {
      key,
      exact: key !== null && operator === "=",
      negated: mark === "!",
      values: values.map((each) => each.toLowerCase()).filter((each) => each !== ""),
    };
  });
  return mergeAlternatives(terms.filter(({ values }) => values.length > 0));
}

/**
 * Reports whether a row has all terms.
 * @param {readonly Term[]} terms
 * @param {Row} row
 */
export function matchesQuery(terms, { keys, text }) {
  return terms.every(({ key, exact, negated, values }) => {
    const stored = key === null ? text : keys[key];
    const has = (/** @type {string} */ value) =>
      stored !== undefined && (exact ? stored === value : stored.includes(value));
    return values.some(has) !== negated;
  });
}

/**
 * Splits at commas outside quotes.
 * @param {string} value
 */
function splitAlternatives(value) {
  return value.match(/(?:"[^"]*"?|[^,"])+/gu) ?? [];
}

/** @param {string} value */
function unquote(value) {
  return value.replaceAll('"', "");
}

/**
 * Joins the terms of a key: `plugin:a plugin:b` has the meaning of `plugin:a,b`. Excluded values and text stay apart,
 * because all of them must hold.
 * @param {readonly Term[]} terms
 */
function mergeAlternatives(terms) {
  /** @type {Term[]} */
  const merged = [];
  for (const term of terms) {
    const same = merged.find(
      ({ key, exact, negated }) => key !== null && key === term.key && exact === term.exact && !negated,
    );
    if (same === undefined || term.negated) merged.push({ ...term });
    else same.values = [...same.values, ...term.values];
  }
  return merged;
}
