/** The colors of plugins, measured as readers with and without a color vision deficiency see them. */
import { describe, expect, it } from "vitest";
import { LIGHT_THEME, PALETTE, paletteVariables, pluginColor, pluginShape } from "../../../reports/views/palette.ts";
import { STYLE } from "../../../reports/html/style.ts";

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

/** Simulations of Machado, Oliveira and Fernandes (2009) at full severity, for linear RGB. */
const VISIONS: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const linear = (hex: string): Vector => {
  const channel = (from: number): number => {
    const value = parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};
const multiply = (matrix: Matrix, [r, g, b]: Vector): Vector => {
  const [x, y, z] = matrix.map((row) => row[0] * r + row[1] * g + row[2] * b);
  return [x ?? 0, y ?? 0, z ?? 0];
};

function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [r, g, blue] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** Returns the distance of two colors in the Oklab color space, in which white and black have a distance of 1. */
function distance(a: string, b: string, vision: Matrix): number {
  const oklab = (hex: string): Vector => {
    const rgb = multiply(vision, linear(hex));
    const cones = multiply(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      rgb,
    );
    const [l, m, s] = cones.map(Math.cbrt);
    return multiply(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      [l ?? 0, m ?? 0, s ?? 0],
    );
  };
  const [x, y] = [oklab(a), oklab(b)];
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

const cssVariable = (name: string): string[] =>
  [...STYLE.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6})`, "g"))].map(([, color]) => color ?? "");

describe.each(["light", "dark"] as const)("the colors of the %s theme", (theme) => {
  const colors = PALETTE[theme];

  it("have a contrast of at least 3:1 to the page and its panels", () => {
    const position = theme === "light" ? 0 : 1;
    for (const surface of ["paper", "panel"].map((name) => cssVariable(name)[position] ?? "#808080"))
      for (const color of colors) expect(contrast(color, surface), `${color} on ${surface}`).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(VISIONS))("differ with %s", (_, vision) => {
    for (const [i, a] of colors.entries())
      for (const [j, b] of colors.entries())
        if (i < j) expect(distance(a, b, vision), `--p${i} and --p${j}`).toBeGreaterThan(i < 4 && j < 4 ? 0.08 : 0.04);
  });

  it("are in the style sheet", () => {
    expect(STYLE).toContain(paletteVariables(theme));
  });
});

it("gives each of 56 plugins its own color and shape", () => {
  const styles = Array.from({ length: 56 }, (_, index) => `${pluginColor(index)} ${pluginShape(index)}`);
  expect(new Set(styles).size).toBe(56);
  expect(styles[0]).toBe("var(--p1) circle");
  expect(styles[8]).toBe("var(--p1) square");
});

it("has the colors of the light theme for views outside of pages", () => {
  for (const [name, color] of Object.entries(LIGHT_THEME)) expect(cssVariable(name)[0], name).toBe(color);
});
