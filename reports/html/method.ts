/** How to read the numbers: the rules that they were made by, in short. */
import { SIGNIFICANCE_LEVEL } from "../../results/comparisons.ts";
import { MIN_BLOCKS } from "../../results/statistics.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";

export function methodSection(): Html {
  return html`<section id="method">
    <h2>How to read this</h2>
    <ul class="plain">
      <li>
        <strong>n counts blocks.</strong> In each block every plugin is deployed anew, once, in random order, together
        with the host baseline. The value of a block is the median of its repetitions; one-second intervals inside a run
        are never samples.
      </li>
      <li>
        <strong>Median and 95 % interval.</strong> The interval runs between two of the block values (order statistics)
        and assumes no distribution. With fewer than ${MIN_BLOCKS} blocks there is none.
      </li>
      <li>
        <strong>Ratio to host.</strong> Each value is divided by the host-to-host value of its own block, so that drift
        of the machine cancels.
      </li>
      <li>
        <strong>Ranks and ties.</strong> Two plugins are compared on the blocks that both have: exact Wilcoxon
        signed-rank test on the logarithms of the paired ratios, Holm's correction within the question (one metric on
        one path), threshold ${SIGNIFICANCE_LEVEL}. A plugin's rank is one more than the number of plugins shown to be
        better. “Tied” means that no difference was shown, not that there is none. Where no outcome could have been
        significant, nothing is ranked.
      </li>
      <li>
        <strong>Failures.</strong> One failed repetition fails its cell: there is no average of what is left. Outliers
        are flagged and kept.
      </li>
    </ul>
  </section>`;
}
