/** The cost of a growing parameter. */
import { expect, it } from "vitest";
import type { SummaryCell } from "../../../results/index.ts";
import { figuresOf } from "../../../reports/questions.ts";
import { pluginStyles } from "../../../reports/views/plugin-styles.ts";
import { sweepViews } from "../../../reports/views/sweep-views.ts";
import { idMaker, type ViewContext } from "../../../reports/views/view.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { run, summary } = inputOf(sampleRun({ blocks: 6 }));

/** Returns the context of a suite with a scenario per offered rate, and its figures. */
function udpRun(rates: readonly number[]) {
  const scenarios = rates.map((rate) => ({ name: `udp-${rate}`, runner: "iperf3-udp", params: { rate } }));
  const context: ViewContext = {
    run: { ...run, definition: { ...run.definition, suites: [{ name: "quick", scenarios }] } },
    ...{ styles: pluginStyles(run.plan.plugins), id: idMaker() },
  };
  const throughput = summary.cells.filter(({ metric }) => metric === "throughput");
  const cells = scenarios.flatMap(({ name }) =>
    throughput.flatMap((cell): SummaryCell[] => [
      { ...cell, scenario: name },
      { ...cell, scenario: name, metric: "loss", unit: "1", median: 0.02, ci95: null, better: "lower" },
    ]),
  );
  return sweepViews(context, figuresOf({ ...summary, cells }));
}

it("draws delivered against offered packets and their loss, per path", async () => {
  const [view] = udpRun([100, 1000, 100_000]).get("quick") ?? [];
  expect(view?.id).toBe("v-quick-by-rate");
  expect(view?.caption.en).toContain("Throughput (higher is better) and packet loss (lower is better)");
  expect(view?.scenarios).toEqual(["udp-100", "udp-1000", "udp-100000"]);
  const svg = (await view?.draw()) ?? "";
  for (const panel of ["throughput, same-node", "loss, same-node", "throughput, cross-node", "loss, cross-node"])
    expect(svg).toContain(`>${panel}</text>`);
  expect(svg).toContain('stroke-dasharray="4,3"');
});

it("has no view with one value of the parameter", () => {
  expect(udpRun([100]).size).toBe(0);
});
