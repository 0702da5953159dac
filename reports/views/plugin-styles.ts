/** The label, color and marker shape of each plugin in the views of a run. */
import { printable } from "../../core/errors.ts";
import { BASELINE_COLOR, pluginColor, pluginShape } from "./palette.ts";

export interface PluginStyle {
  /** Name in the run, or `host`. */
  readonly name: string;
  /** Printable name with at most {@link MAX_LABEL_WIDTH} columns, different from those of all other plugins. */
  readonly label: string;
  readonly color: string;
  readonly shape: string;
}

export const BASELINE = "host";

/** Columns of text, of which wide characters take two. */
const MAX_LABEL_WIDTH = 22;
/** Share of a shortened label that is its end: names of one family usually differ there. */
const END_SHARE = 0.4;
/** From here on are the scripts with wide characters, and emoji. */
const FIRST_WIDE = 0x1100;

/** Returns the styles of the baseline and of the plugins of a plan, in plan order. */
export function pluginStyles(plugins: readonly string[]): readonly PluginStyle[] {
  const [, ...labels] = uniqueLabels([BASELINE, ...plugins.map((name) => shortLabel(name))]);
  return [
    { name: BASELINE, label: BASELINE, color: BASELINE_COLOR, shape: "circle" },
    ...plugins.map((name, index) => ({
      name,
      label: labels[index] ?? name,
      color: pluginColor(index),
      shape: pluginShape(index),
    })),
  ];
}

/** Returns the style of a plugin. A plugin that is not in the plan looks like the baseline. */
export function styleOf(styles: readonly PluginStyle[], name: string): PluginStyle {
  const style = styles.find((each) => each.name === name);
  return style ?? { name, label: shortLabel(name), color: BASELINE_COLOR, shape: "circle" };
}

/** Returns the label of two plugins, as long as that of one. */
export function pairLabel(first: string, second: string): string {
  const label = `${first} / ${second}`;
  if (widthOf([...label]) <= MAX_LABEL_WIDTH) return label;
  const width = Math.floor((MAX_LABEL_WIDTH - 3) / 2);
  return `${shortLabel(first, width)} / ${shortLabel(second, width)}`;
}

/** Adds a number to labels that another row has. */
export function uniqueLabels(labels: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return labels.map((label) => {
    let unique = label;
    for (let number = 2; used.has(unique) || (number > 2 && labels.includes(unique)); number++)
      unique = `${label} (${number})`;
    used.add(unique);
    return unique;
  });
}

/** Keeps both ends of a name that is too long. @param width in columns */
function shortLabel(name: string, width = MAX_LABEL_WIDTH): string {
  const characters = [...printable(name).replaceAll(/\s+/g, " ")];
  if (widthOf(characters) <= width) return notInherited(characters.join(""));
  const endWidth = Math.ceil(width * END_SHARE);
  const end = takeWidth(characters.toReversed(), endWidth).toReversed();
  return `${takeWidth(characters, width - endWidth - 1).join("")}…${end.join("")}`;
}

/** Appends an invisible character to labels such as `constructor`: vega keeps groups in objects with inherited keys. */
function notInherited(label: string): string {
  return label in {} ? `${label}\u2060` : label;
}

function takeWidth(characters: readonly string[], width: number): string[] {
  let count = 0;
  while (count < characters.length && widthOf(characters.slice(0, count + 1)) <= width) count++;
  return characters.slice(0, count);
}

function widthOf(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + ((character.codePointAt(0) ?? 0) >= FIRST_WIDE ? 2 : 1), 0);
}
