/**
 * The colors and marker shapes of plugins. Plugin k of the plan has color k and shape k in every view; color 0 is the
 * baseline. The colors differ for readers with any color vision, and have a contrast of at least 3:1 to the page.
 */

/** Colors by theme; views use them as the CSS variables `--p0` to `--p8`. */
export const PALETTE = {
  light: ["#6b747d", "#004bd2", "#f24a00", "#2f9a5b", "#892f7e", "#7c8a00", "#2570ce", "#984118", "#5040a6"],
  dark: ["#98a2ac", "#3e84d4", "#ea7225", "#3aebac", "#ee8df9", "#d2b914", "#9cfcdc", "#a56050", "#825bff"],
} as const satisfies Record<string, readonly string[]>;

type Theme = keyof typeof PALETTE;

/** Seven shapes and eight colors: the first 56 plugins differ without color or without shape. */
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right"] as const;

export const BASELINE_COLOR = "var(--p0)";

/** @param index position of the plugin in the plan, from 0 */
export function pluginColor(index: number): string {
  return `var(--p${(index % (PALETTE.light.length - 1)) + 1})`;
}

/** Returns the name of a vega symbol. @param index position of the plugin in the plan, from 0 */
export function pluginShape(index: number): string {
  return SHAPES[index % SHAPES.length] ?? SHAPES[0];
}

/** Returns the declarations of the color variables, for a style sheet. */
export function paletteVariables(theme: Theme): string {
  return PALETTE[theme].map((color, index) => `--p${index}: ${color};`).join(" ");
}

/** The values of the CSS variables of the light theme that views use. */
export const LIGHT_THEME: Readonly<Record<string, string>> = {
  ...{ paper: "#ffffff", ink: "#1c2024", muted: "#5b646e", good: "#1b7340", bad: "#b3261e" },
  ...Object.fromEntries(PALETTE.light.map((color, index) => [`p${index}`, color])),
};
