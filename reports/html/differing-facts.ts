/** The facts about the compared plugins. */
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

const TITLE: Text = { en: "Facts about the plugins", zh: "插件的事实" };
const DIFFERENT: Text = { en: "Different", zh: "不同" };
const SAME: Text = { en: "The same for all plugins", zh: "所有插件相同" };
const FACT: Text = { en: "Fact", zh: "事实" };
const NOT_COLLECTED: Text = { en: "not collected", zh: "未收集" };

/**
 * Returns the facts that decide what a comparison means, those that differ first.
 * @param plugins the plugins of the plan
 * @param all plugins of all runs of the page, so that each has one color in the page
 */
export function comparedFacts(
  plugins: readonly string[],
  facts: readonly PluginFacts[],
  cells: readonly SummaryCell[],
  all = plugins,
): Html {
  const rows = [...mtuFacts(plugins, cells), ...storedFacts(plugins, facts)];
  const groups =
    plugins.length < 2
      ? [factRows(rows, plugins.length, null)]
      : [
          factRows(rows.filter(isDifferent), plugins.length, DIFFERENT),
          factRows(
            rows.filter((fact) => !isDifferent(fact)),
            plugins.length,
            SAME,
          ),
        ];
  const head = [FACT, ...plugins.map((plugin) => markedName(plugin, all))];
  return html`<h3>${TITLE}</h3>
    ${headedTable(TITLE, head, groups)}`;
}

/** Returns a group of rows; a value that all plugins have is shown once. */
function factRows(facts: readonly PluginFact[], plugins: number, title: Text | null): Html | null {
  if (facts.length === 0) return null;
  const heading = html`<tr class="group">
    <th scope="rowgroup" colspan="${plugins + 1}">${title}</th>
  </tr>`;
  return html`<tbody>
    ${title === null ? null : heading}
    ${facts.map((fact) => {
      const shown = isDifferent(fact) ? fact.values : fact.values.slice(0, 1);
      const span = shown.length === 1 ? html` colspan="${plugins}"` : null;
      return html`<tr>
        <th scope="row">${fact.name}</th>
        ${shown.map((value) => html`<td${span}>${value === null ? NOT_COLLECTED : html`<bdi>${value}</bdi>`}</td>`)}
      </tr>`;
    })}
  </tbody>`;
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
