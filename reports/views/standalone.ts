/** A view as a file of its own, for papers and slides: in the colors of the light theme, with its description. */
import { EnvironmentError } from "../../core/errors.ts";
import type { Language } from "../language/text.ts";
import { VIEW_WIDTH } from "./draw.ts";
import { LIGHT_THEME } from "./palette.ts";
import type { View } from "./view.ts";

/** Formats of a single view. */
export const VIEW_FORMATS = ["svg", "png"] as const;
export type ViewFormat = (typeof VIEW_FORMATS)[number];

/** Pixels of a raster image for each pixel of the drawing. */
const RASTER_SCALE = 3;

/**
 * Returns a view as SVG text, or as the bytes of a PNG image.
 * @throws EnvironmentError if an image would lack its text, because the machine has no fonts
 */
export async function standaloneView(view: View, format: ViewFormat, language: Language): Promise<string | Uint8Array> {
  const svg = withDescription(inLightTheme(await view.draw()), view, language);
  return format === "svg" ? `${svg}\n` : rasterize(svg);
}

/** Replaces the CSS variables, which have no values outside of a page, and fills the background. */
function inLightTheme(svg: string): string {
  const colored = svg
    .replace(/var\(--([a-z]+\d*)\)/g, (variable, name: string) => LIGHT_THEME[name] ?? variable)
    .replaceAll('"currentColor"', `"${LIGHT_THEME["ink"] ?? ""}"`);
  return colored.replace(
    /^<svg [^>]*>/,
    (tag) => `${tag}<rect width="100%" height="100%" fill="${LIGHT_THEME["paper"] ?? ""}"/>`,
  );
}

function withDescription(svg: string, { title, caption }: View, language: Language): string {
  const texts = `<title>${escapeXml(title[language])}</title><desc>${escapeXml(caption[language])}</desc>`;
  return svg.replace(/^<svg [^>]*>/, (tag) => `${tag}${texts}`);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

async function rasterize(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const font = { loadSystemFonts: true, sansSerifFamily: "DejaVu Sans", defaultFontFamily: "DejaVu Sans" };
  const sample = new Resvg(
    '<svg xmlns="http://www.w3.org/2000/svg"><text y="20" font-family="sans-serif">0</text></svg>',
    {
      font,
    },
  );
  if (sample.getBBox() === undefined)
    throw new EnvironmentError(
      "no fonts found, so the image would lack its text; install fonts-dejavu-core, or use --format svg",
    );
  return new Resvg(svg, { font, fitTo: { mode: "width", value: VIEW_WIDTH * RASTER_SCALE } }).render().asPng();
}
