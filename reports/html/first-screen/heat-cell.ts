/** One cell of the heat table: what a plugin's value is to that of each reference, of which one is shown. */
import { formatFactor } from "../../first-screen/amounts.ts";
import { type HeatCell, strengthOf } from "../../first-screen/heat-cells.ts";
import {
  comparedText,
  NOT_COMPARED,
  rankText,
  referenceText,
  tileText,
  type TileText,
} from "../../first-screen/tile-text.ts";
import type { Comparison } from "../../../results/index.ts";
import { idPart } from "../../element-ids.ts";
import type { Scale } from "../../format.ts";
import type { Text } from "../../language/text.ts";
import { html, type Content, type Html } from "../markup.ts";
import { permalink } from "../plugin-name.ts";
import { referencePlugins } from "../references.ts";

const NO_HOST_VALUE: Text = { en: "no host value", zh: "没有 host 的数值" };
const TO_HOST: Text = { en: "of host", zh: "相对 host" };

const CELL_LINK: Text = { en: "Link to this cell", zh: "此单元的链接" };

/** The question of a column. */
export interface HeatColumn {
  /** Id of the column, with which those of its cells start. */
  readonly id: string;
  readonly question: {
    readonly suite: string;
    readonly scenario: string;
    readonly metric: string;
    readonly path: string;
  };
  readonly scale: Scale;
}

/** @param plugins the plugins of the plan */
export function heatCell(heat: HeatCell, plugins: readonly string[], { id, question, scale }: HeatColumn): Html {
  const text = tileText(heat, scale);
  if (text === null) return html`<td data-column="${id}">–</td>`;
  const cellId = `${id}-${idPart(heat.plugin, plugins)}`;
  const { scenario, metric, path } = question;
  return html`<td
    id="${cellId}"
    class="number"
    data-column="${id}"
    data-scenario="${scenario}"
    data-metric="${metric}"
    data-path="${path}"
    data-plugin="${heat.plugin}"
    data-state="${heat.cell?.state ?? ""}"
    data-verdict="${heat.mark ?? ""}"
  >
    ${content(heat, plugins, text)}${permalink(cellId, CELL_LINK)}
  </td>`;
}

function content(heat: HeatCell, plugins: readonly string[], text: TileText): Html {
  const { value, label } = text;
  if (value === null) return html`<span class="${heat.cell?.state === "failed" ? "bad" : "muted"}">${label}</span>`;
  return html`<div data-refs>
    ${versusBest(heat, text)} ${versusHost(heat, value)}
    ${referencePlugins(plugins).map((ref, index) => versusPlugin(heat, ref, { value, comparison: heat.versus[index] }))}
  </div>`;
}

interface Shown {
  readonly ref: string;
  /** Classes of the color. */
  readonly style: string;
  readonly factor: Content;
  readonly label: Content;
  readonly value: Content;
  readonly verdict: string;
}

function choice({ ref, style, factor, label, value, verdict }: Shown): Html {
  const visible = ref === "best" ? null : html` hidden`;
  return html`<div class="tile ${style}" data-ref="${ref}" data-verdict="${verdict}" ${visible}>
    <b>${factor}</b> <span>${label}</span><br /><small>${value}</small>
  </div>`;
}

function versusBest(heat: HeatCell, { factor, label, value }: TileText): Html {
  const { mark, comparison, ranks } = heat;
  const base = { ref: "best", label, verdict: mark ?? "" };
  if (mark === null || factor === null) return choice({ ...base, style: "plain", factor: value, value: "" });
  const style = comparison === null ? mark : styleOf(comparison);
  return choice({ ...base, style, factor, value: ranks === null ? value : html`${value}, ${rankText(ranks)}` });
}

function styleOf(comparison: Comparison): string {
  return `${comparison.verdict} s${strengthOf(comparison)}`;
}

function versusHost({ cell }: HeatCell, value: string): Html {
  const ratio = cell?.baselineRatio?.median ?? null;
  const base = { ref: "host", style: "plain", value, verdict: "" };
  if (ratio === null) return choice({ ...base, factor: "–", label: NO_HOST_VALUE });
  return choice({ ...base, factor: `${formatFactor(ratio)}×`, label: TO_HOST });
}

interface Versus {
  readonly value: string;
  readonly comparison: Comparison | null | undefined;
}

function versusPlugin(heat: HeatCell, ref: string, { value, comparison }: Versus): Html {
  const base = { ref, value, verdict: "" };
  if (ref === heat.plugin) return choice({ ...base, ...referenceText(heat), style: "reference", verdict: "reference" });
  if (comparison == null) return choice({ ...base, style: "plain", factor: "–", label: NOT_COMPARED });
  const text = comparedText(comparison, heat.cell?.unit ?? "1");
  return choice({ ...base, ...text, style: styleOf(comparison), verdict: comparison.verdict });
}
