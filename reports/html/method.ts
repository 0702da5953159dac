/** The method section: how to read the numbers, and the rules behind them, in short. */
import { FALSE_DISCOVERY_RATE, HEADLINE_ERROR_RATE, MIN_BLOCKS } from "../../results/index.ts";
import { formatPercent } from "../format.ts";
import { foldedSection } from "./fold.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";

export function methodSection(): Html {
  return foldedSection(
    "method",
    { en: "How to read this report", zh: "如何阅读本报告" },
    html`<ul class="plain">
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
        <strong>Verdicts.</strong> Two plugins are compared on the blocks that both have. “Equal”: the 90 % interval of
        their ratio lies inside the equivalence band, which is 5 % unless the suite sets another one, or an absolute
        band for metrics that can be 0. “Better” and “worse”: the difference is significant, after a correction for all
        pairs of the question (one metric on one path). “Undecided”: neither was shown; the smallest true difference
        that would have shown in 80 % of such runs is given, for one pair and normal differences. The interval of a
        ratio covers one pair. Ranks are ranges: from one plus the number of plugins that were shown to be better, to
        the number of plugins minus those shown to be worse.
      </li>
      <li>
        <strong>False differences.</strong> A suite can name headline questions before the run; the chance that any of
        their differences is false is at most ${formatPercent(HEADLINE_ERROR_RATE)}. All other questions are
        exploratory: of those in which the plugins do not seem to be all equal, at most
        ${formatPercent(FALSE_DISCOVERY_RATE)} are expected to have a false difference. Each “equal” has a chance of at
        most 5 % of being false.
      </li>
      <li>
        <strong>Failures.</strong> One failed repetition fails its cell, so no median hides a failure. Outliers are
        flagged, never removed.
      </li>
    </ul>`,
  );
}
