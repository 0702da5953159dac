/** One cell of the heat table: what a plugin's value is to that of each reference, of which one is shown. */
import { formatFactor } from "../../first-screen/amounts.ts";
import type { HeatCell, Versus } from "../../first-screen/heat-cells.ts";
import { NOT_COMPARED, rankText, REFERENCE, tileText, type TileText } from "../../first-screen/tile-text.ts";
import type { Scale } from "../../format.ts";
import { verdictLabel } from "../../language/verdict-labels.ts";
import type { Text } from "../../language/text.ts";
import { html, type Content, type Html } from "../markup.ts";

/** Up to this number of plugins, each of them can be chosen as the reference. */
const MAX_REFERENCES = 12;

const NO_HOST_VALUE: Text = { en: "no host value", zh: "没有 host 的数值" };
const TO_HOST: Text = { en: "of host", zh: "相对 host" };

/**
 * @param plugins the plugins of the plan
 * @param scale of the values of the question
 */
export function heatCell(heat: HeatCell, plugins: readonly string[], scale: Scale): Html {
  const text = tileText(heat, scale);
  if (text === null) return html`<td>–</td>`;
  const { value, label } = text;
  if (value === null)
    return html`<td><span class="${heat.cell?.state === "failed" ? "bad" : "muted"}">${label}</span></td>`;
  const others = plugins.length > MAX_REFERENCES ? [] : plugins;
  return html`<td class="number">
    <div data-refs>
      ${versusBest(heat, text)} ${versusHost(heat, value)}
      ${others.map((other, index) => versusPlugin(other, heat.plugin === other ? "itself" : heat.versus[index], value))}
    </div>
  </td>`;
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

function versusBest({ mark, strength, ranks }: HeatCell, { factor, label, value }: TileText): Html {
  const base = { ref: "best", label, verdict: mark ?? "" };
  if (mark === null || factor === null) return choice({ ...base, style: "plain", factor: value, value: "" });
  const style = mark === "best" || mark === "reference" ? mark : `${mark} s${strength}`;
  return choice({ ...base, style, factor, value: ranks === null ? value : html`${value}, ${rankText(ranks)}` });
}

function versusHost({ cell }: HeatCell, value: string): Html {
  const ratio = cell?.baselineRatio?.median ?? null;
  const base = { ref: "host", style: "plain", value, verdict: "" };
  if (ratio === null) return choice({ ...base, factor: "–", label: NO_HOST_VALUE });
  return choice({ ...base, factor: `${formatFactor(ratio)}×`, label: TO_HOST });
}

function versusPlugin(ref: string, versus: Versus | null | undefined | "itself", value: string): Html {
  if (versus === "itself")
    return choice({ ref, style: "reference", factor: "1×", label: REFERENCE, value, verdict: "" });
  if (versus == null) return choice({ ref, style: "plain", factor: "–", label: NOT_COMPARED, value, verdict: "" });
  const { factor, verdict } = versus;
  const sign = verdict === "equal" ? "= " : "";
  const text = factor === null ? "" : `${formatFactor(factor)}×`;
  return choice({ ref, style: verdict, factor: `${sign}${text}`, label: verdictLabel(verdict), value, verdict });
}
