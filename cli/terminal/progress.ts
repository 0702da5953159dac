/** Progress of a run: a live table on a terminal, plain lines with the time elsewhere. */
import type { Host } from "../../core/host.ts";
import type { Plan } from "../../engine/index.ts";
import { formatCount, plannedBlocks } from "../../reports/index.ts";
import type { ResultRecord } from "../../results/index.ts";
import { isInteractive } from "./capabilities.ts";
import { formatEvent } from "./event-text.ts";
import { liveProgress, type Progress } from "./live-progress.ts";

export type { Progress };

/**
 * Prints what a run measures, and returns the receiver of its events.
 * @param wanted whether to show a live table on a terminal
 * @param earlier results of earlier sessions of the run
 */
export function showProgress(host: Host, wanted: boolean, plan: Plan, earlier: readonly ResultRecord[] = []): Progress {
  process.stderr.write(`${runHeader(plan)}\n`);
  return wanted && isInteractive(process.stderr, host) ? liveProgress(host, plan, earlier) : plainLines(host);
}

function runHeader(plan: Plan): string {
  const { plugins, suites, nodes, cluster, clusterReason } = plan;
  const measured = plugins.length === 0 ? "the host baseline only" : `${plugins.join(", ")} and the host baseline`;
  return (
    `cnibench: ${measured}; ${suites.join(", ")}; ` +
    `${plannedBlocks(plan).en}; ${formatCount(nodes, "node")}; cluster ${cluster} (${clusterReason})`
  );
}

function plainLines({ clock }: Host): Progress {
  const print = (line: string): void => void process.stderr.write(`${clock.date().toISOString()} ${line}\n`);
  return {
    end: () => undefined,
    print: (text) => void process.stderr.write(text),
    on: (event) => {
      const line = formatEvent(event);
      if (event.kind === "note") process.stderr.write(`${line}\n`);
      else if (line !== null) print(line);
    },
  };
}
