/** The method section: how to read the numbers, and the rules behind them, in short. */
import { MIN_BLOCKS, SIGNIFICANCE_LEVEL } from "../../results/index.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";

export function methodSection(): Html {
  return html`<section id="method">
    <h2>How to read this report</h2>
    <ul class="plain">
      <li>
        <strong>n is the number of blocks.</strong> Each block deploys every plugin once, in random order, together with
        the host baseline. The value of a block is the median of its repetitions. One-second intervals within a load are
        never used as samples.
      </li>
      <li>
        <strong>Median and 95 % confidence interval (CI).</strong> The interval lies between two of the block values
        (order statistics) and assumes no distribution. With fewer than ${MIN_BLOCKS} blocks, no interval is given.
      </li>
      <li>
        <strong>Ratio to host.</strong> Each value is divided by the host-to-host value of the same block, so that drift
        of the machine cancels out.
      </li>
      <li>
        <strong>Ranks and ties.</strong> Two plugins are compared on the blocks that both have, with an exact Wilcoxon
        signed-rank test on the logarithms of the paired ratios and Holm's correction within each question (one metric
        on one path); the significance level is ${SIGNIFICANCE_LEVEL}. The rank of a plugin is one plus the number of
        plugins that are significantly better. “Tied” means that the data shows no difference, not that there is none.
        Plugins are not ranked if the blocks are too few for any difference to be significant.
      </li>
      <li>
        <strong>Failures.</strong> One failed repetition fails its cell, so no median hides a failure. Outliers are
        flagged, never removed.
      </li>
    </ul>
  </section>`;
}
