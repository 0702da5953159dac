/** The noise card of the machine, as stored with the run. */
import type { NoiseCard } from "../../results/index.ts";
import { NOISE_COLUMNS, noiseRows, noiseSentences } from "../noise.ts";
import { joinSentences } from "../language/text.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { headedTable } from "./table.ts";

const TITLE = { en: "Noise of this machine", zh: "本机的噪声" };

/** @param card undefined: the machine had no card when the run started */
export function noiseSection(card: NoiseCard | undefined): Html | null {
  if (card === undefined) return null;
  const rows = noiseRows(card).map(
    ([metric, ...values]) =>
      html`<tr>
        <th scope="row">${metric ?? ""}</th>
        ${values.map((value) => html`<td>${value}</td>`)}
      </tr>`,
  );
  return html`<h3>${TITLE}</h3>
    <p>${joinSentences(noiseSentences(card))}</p>
    ${headedTable(
      TITLE,
      NOISE_COLUMNS,
      html`<tbody>
        ${rows}
      </tbody>`,
    )}`;
}
