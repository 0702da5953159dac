/**
 * The state of a page in the hash of its URL, so that a view of the page is a link, also for a file:
 * `#v-tcp-throughput?q=plugin:calico&sort=-median`. `#id` alone is a permalink.
 */

/**
 * What a reader chose. Empty: the default of the page.
 * @typedef {object} PageState
 * @property {string} at ID of the element that a permalink names
 * @property {string} q filter line
 * @property {string} base plugin, `host` or `best` that values are compared with
 * @property {string} sort column, with a leading `-` if descending
 * @property {string} lang
 * @property {string} theme
 * @property {string} keys `off`: no keyboard shortcuts
 * @property {readonly string[]} open details that the reader opened or closed
 */

/** Keys that have a single value, in the order in which they are written. */
const SINGLE = /** @type {const} */ (["q", "base", "sort", "lang", "theme", "keys"]);

/** @type {Readonly<PageState>} */
export const DEFAULT_STATE = { at: "", q: "", base: "", sort: "", lang: "", theme: "", keys: "", open: [] };

/**
 * Returns the state of a hash. Unknown keys are ignored, and damaged escapes are read as text.
 * @param {string} hash with or without the leading `#`
 * @returns {PageState}
 */
export function parseHash(hash) {
  const text = hash.replace(/^#/u, "");
  const mark = text.indexOf("?");
  const at = decode(mark === -1 ? text : text.slice(0, mark));
  const parameters = new URLSearchParams(mark === -1 ? "" : text.slice(mark + 1));
  const state = { ...DEFAULT_STATE, at };
  for (const key of SINGLE) state[key] = parameters.get(key) ?? "";
  return { ...state, open: (parameters.get("open") ?? "").split(",").filter((key) => key !== "") };
}

/**
 * Returns the hash of a state, without the leading `#`; empty for the default.
 * @param {PageState} state
 */
export function formatHash(state) {
  const pairs = SINGLE.map((key) => /** @type {const} */ ([key, state[key]]));
  const written = [...pairs, /** @type {const} */ (["open", state.open.join(",")])]
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${encode(value)}`);
  return encode(state.at) + (written.length === 0 ? "" : `?${written.join("&")}`);
}

/**
 * Escapes what has a meaning in a hash, and leaves the characters of the filter language readable.
 * @param {string} value
 */
function encode(value) {
  // encodeURIComponent throws at half a surrogate pair.
  const escaped = encodeURIComponent(value.replace(/\p{Surrogate}/gu, "\ufffd"));
  return escaped.replace(/%(?:3A|2C|2F|3D|40)/gu, decodeURIComponent);
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
