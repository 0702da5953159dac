/** Content for each reference that a reader can compare values with, of which the script of the page shows one. */
import type { Text } from "../language/text.ts";
import { html, type Content, type Html } from "./markup.ts";

/** Up to this number of plugins, each of them can be chosen as the reference. */
const MAX_REFERENCES = 12;

/** Returns the plugins that can be chosen. @param plugins the plugins of the plan */
export function referencePlugins(plugins: readonly string[]): readonly string[] {
  return plugins.length > MAX_REFERENCES ? [] : plugins;
}

/** The reference whose values are those of the baseline. */
export const HOST_REFERENCE = "host";

export interface ReferenceChoice {
  /** `best` (the plugin with the best median), `host`, or a plugin. */
  readonly ref: string;
  readonly content: Content;
  /** Verdict on the shown pair, which the row of the content takes over. */
  readonly verdict?: string;
  /** Value by which a table is sorted while the content is shown; null: sorted last. Default: the text. */
  readonly value?: number | null;
}

/** Returns the content of all references; without a choice of the reader, that of the first one is shown. */
export function byReference(choices: readonly ReferenceChoice[]): Html {
  const elements = choices.map(({ ref, content, verdict, value }, index) => {
    const mark = verdict === undefined ? null : html` data-verdict="${verdict}"`;
    const order = value === undefined ? null : html` data-value="${value ?? ""}"`;
    const hidden = index === 0 ? null : html` hidden`;
    return html`<span data-ref="${ref}" ${mark}${order}${hidden}>${content}</span>`;
  });
  return html`<span data-refs>${elements}</span>`;
}

/** Returns a title for the comparison with the best plugin, and one for each other reference. */
export function comparisonTitle(title: Text, references: readonly string[]): Html {
  const chosen = references.map((ref) => {
    const name = html`<bdi>${ref}</bdi>`;
    return { ref, content: { en: html`Compared with ${name}`, zh: html`与 ${name} 比较` } };
  });
  return byReference([{ ref: "best", content: title }, ...chosen]);
}
