/** One cell of the heat table: what a plugin's value is to that of each reference, of which one is shown. */
import { formatFactor } from "../../first-screen/amounts.ts";
import type { HeatCell, Versus } from "../../first-screen/heat-cells.ts";
import { formatDifference, formatNumber, formatRanks, type Scale } from "../../format.ts";
import { verdictLabel } from "../../language/verdict-labels.ts";
import type { Text } from "../../language/text.ts";
import type { Ranks } from "../../questions.ts";
import { html, type Content, type Html } from "../markup.ts";

/** Up to this number of plugins, each of them can be chosen as the reference. */
const MAX_REFERENCES = 12;

const FAILED: Text = { en: "failed", zh: "失败" };
const SKIPPED: Text = { en: "skipped", zh: "已跳过" };
const BEST: Text = { en: "best", zh: "最优" };
const REFERENCE: Text = { en: "reference", zh: "参照" };
const NOT_COMPARED: Text = { en: "not compared", zh: "未比较" };
const NO_HOST_VALUE: Text = { en: "no host value", zh: "没有主机数值" };
const TO_HOST: Text = { en: "of host", zh: "相对主机" };

/**
 * @param plugins the plugins of the plan
 * @param scale of the values of the question
 */
export function heatCell(heat: HeatCell, plugins: readonly string[], scale: Scale): Html {
  const { cell } = heat;
  if (cell === null) return html`<td>–</td>`;
  if (cell.state !== "measured" || cell.median === null) {
    const style = cell.state === "failed" ? "bad" : "muted";
    return html`<td><span class="${style}">${cell.state === "failed" ? FAILED : SKIPPED}</span></td>`;
  }
  const value = `${formatNumber(cell.median, scale, cell.ci95)} ${scale.unit}`.trimEnd();
  const others = plugins.length > MAX_REFERENCES ? [] : plugins;
  return html`<td class="number">
    <div data-refs>
      ${versusBest(heat, value)} ${versusHost(heat, value)}
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

function versusBest(heat: HeatCell, value: string): Html {
  const { mark, comparison, strength, ranks, cell } = heat;
  const detail: Content = ranks === null ? value : html`${value}, ${rankText(ranks)}`;
  const base = { ref: "best", value: detail, verdict: mark ?? "" };
  if (mark === "best") return choice({ ...base, style: "best", factor: "1×", label: BEST });
  if (mark === "reference") return choice({ ...base, style: "reference", factor: "1×", label: REFERENCE });
  if (mark === null || comparison === null)
    return choice({ ...base, style: "plain", factor: value, label: NOT_COMPARED, value: "" });
  const sign = mark === "equal" ? "= " : "";
  const amount =
    comparison.scale === "ratio"
      ? `${formatFactor(comparison.estimate)}×`
      : formatDifference(comparison, cell?.unit ?? "1");
  return choice({ ...base, style: `${mark} s${strength}`, factor: `${sign}${amount}`, label: verdictLabel(mark) });
}

function rankText(ranks: Ranks): Text {
  const rank = formatRanks(ranks);
  return { en: `rank ${rank}`, zh: `第 ${rank} 名` };
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
