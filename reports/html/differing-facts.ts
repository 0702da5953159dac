/** The facts in which the compared plugins differ: they decide what a comparison means, so they come first. */
import { definesNetwork, median, type PluginFacts, type SummaryCell } from "../../results/index.ts";
import { formatValue } from "../format.ts";
import type { Text } from "../language/text.ts";
import { html, type Html } from "./markup.ts";
import { markedName } from "./plugin-name.ts";
import { headedTable } from "./table.ts";

interface PluginFact {
  readonly name: Text;
  /** By plugin, in plan order; null: not collected. */
  readonly values: readonly (string | null)[];
}

const TITLE: Text = { en: "Facts that differ between the plugins", zh: "插件之间不同的事实" };
const FACT: Text = { en: "Fact", zh: "事实" };
const NOT_COLLECTED: Text = { en: "not collected", zh: "未收集" };
const SAME: Text = {
  en: "Encapsulation, MTU, CNI versions and versions of the plugins do not differ.",
  zh: "各插件的封装、MTU、CNI 版本和插件版本没有不同。",
};

/** @param plugins the plugins of the plan */
export function differingFacts(
  plugins: readonly string[],
  facts: readonly PluginFacts[],
  cells: readonly SummaryCell[],
): Html | null {
  if (plugins.length < 2) return null;
  const differing = [...mtuFacts(plugins, cells), ...storedFacts(plugins, facts)].filter(isDifferent);
  if (differing.length === 0) return html`<p>${SAME}</p>`;
  const rows = differing.map(
    ({ name, values }) =>
      html`<tr>
        <th scope="row">${name}</th>
        ${values.map((value) => html`<td>${value === null ? NOT_COLLECTED : html`<bdi>${value}</bdi>`}</td>`)}
      </tr>`,
  );
  const head = [FACT, ...plugins.map((plugin) => markedName(plugin, plugins))];
  const body = html`<tbody>
    ${rows}
  </tbody>`;
  return html`<h3>${TITLE}</h3>
    ${headedTable(TITLE, head, body)}`;
}

function isDifferent({ values }: PluginFact): boolean {
  return new Set(values).size > 1;
}

function storedFacts(plugins: readonly string[], facts: readonly PluginFacts[]): PluginFact[] {
  const fact = (name: Text, valueOf: (facts: PluginFacts) => string | null): PluginFact => ({
    name,
    values: plugins.map((plugin) => {
      const own = facts.find((each) => each.name === plugin);
      return own === undefined ? null : valueOf(own);
    }),
  });
  return [
    fact({ en: "Encapsulation", zh: "封装" }, ({ encapsulation }) => encapsulation),
    fact({ en: "CNI versions", zh: "CNI 版本" }, ({ specVersions }) => specVersions?.join(", ") ?? null),
    fact({ en: "Version of the plugin", zh: "插件版本" }, ({ version }) => version),
  ];
}

/** Returns the measured MTU of each path. */
function mtuFacts(plugins: readonly string[], cells: readonly SummaryCell[]): PluginFact[] {
  const measured = cells.filter((cell) => definesNetwork(cell) && cell.median !== null);
  const paths = [...new Set(measured.map(({ path }) => path))];
  return paths.map((path) => ({
    name: { en: `Effective MTU, ${path}`, zh: `有效 MTU，${path}` },
    values: plugins.map((plugin) => {
      const values = measured.flatMap((cell) =>
        cell.plugin === plugin && cell.path === path ? (cell.median ?? []) : [],
      );
      return values.length === 0 ? null : formatValue(median(values), "B");
    }),
  }));
}
