/** Renders the tables of the docs that repeat data of the code. */
import { METRICS } from "../../core/metrics.ts";

/** The generated parts of the docs, by the name in their markers. */
export const TABLES: Readonly<Record<string, () => string>> = {
  metrics: () =>
    table(
      ["metric", "unit", "better", "meaning"],
      Object.entries(METRICS).map(([name, { unit, better, meaning }]) => [code(name), unit, better, meaning]),
    ),
};

/** Returns a page with all its generated parts rendered again. @throws Error for a marker with an unknown name */
export function renderPage(page: string): string {
  return page.replaceAll(
    /(<!-- generated: (.+) -->\n)[^]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const render = TABLES[name];
      if (render === undefined)
        throw new Error(`unknown generated part "${name}"; known: ${Object.keys(TABLES).join(", ")}`);
      return `${start}\n${render()}\n${end}`;
    },
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return [line(head), `|${"---|".repeat(head.length)}\n`, ...rows.map(line)].join("");
}

function code(text: string): string {
  return `\`${text}\``;
}
