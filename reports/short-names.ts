/** Shortens long names of plugins for tables and sentences, so that two plugins never get the same name. */

/** Characters up to which a name is shown in full. */
const MAX_NAME_LENGTH = 40;
const KEPT_LENGTH = 32;

/**
 * Returns how the names of a run are shown: `aaaa…~3` is the third plugin of the plan.
 * @param plugins the plugins of the plan, whose long names are shortened
 */
export function shortNames(plugins: readonly string[]): (name: string) => string {
  const short = new Map(
    plugins.map((name, index) => [name, isLong(name) ? `${clip(name, KEPT_LENGTH)}~${index + 1}` : name]),
  );
  return (name) => short.get(name) ?? name;
}

/** Returns the plugins whose names are shortened. */
export function longNames(plugins: readonly string[]): readonly string[] {
  return plugins.filter(isLong);
}

function isLong(name: string): boolean {
  return [...name].length > MAX_NAME_LENGTH;
}

/** Replaces the end of a longer text by an ellipsis. @param length in characters, with the ellipsis */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : text;
}
