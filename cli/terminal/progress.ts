/** Progress of a run: one live line on a terminal, plain lines with the time elsewhere. */
import { printableLine } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import type { Plan, RunEvent } from "../../engine/index.ts";
import { blockPosition, decisionSentence, formatCount, formatValue, plannedBlocks } from "../../reports/index.ts";
import { BASELINE } from "../../plugins/index.ts";
import { METRICS, metricsShownIn } from "../../core/metrics.ts";

interface Progress {
  readonly on: (event: RunEvent) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

export function showProgress(host: Host, wanted: boolean, plan: Plan): Progress {
  const live = wanted && process.stderr.isTTY && !host.env.CI;
  process.stderr.write(`${runHeader(plan)}\n`);
  return live ? liveLine() : plainLines(host);
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
    on: (event) => {
      const line = formatEvent(event);
      if (event.kind === "note") process.stderr.write(`${line}\n`);
      else if (line !== null) print(line);
    },
  };
}

function liveLine(): Progress {
  let activity = "";
  let lastResult = "";
  const clear = (): void => void process.stderr.write("\r\u001b[K");
  const draw = (): void => {
    const width = (process.stderr.columns || 80) - 1;
    process.stderr.write(
      `\r\u001b[K${`${activity}${lastResult === "" ? "" : `  | last: ${lastResult}`}`.slice(0, width)}`,
    );
  };
  return {
    end: clear,
    on: (event) => {
      if (event.kind === "failed" || event.kind === "note" || event.kind === "decided") {
        clear();
        process.stderr.write(`${formatEvent(event)}\n`);
      } else if (event.kind === "measured" || event.kind === "checked" || event.kind === "skipped")
        lastResult = formatEvent(event) ?? lastResult;
      else
        activity =
          event.kind === "measuring" ? `${position(event)}, ${timeLeft(event)}` : (formatEvent(event) ?? activity);
      draw();
    },
  };
}

function formatEvent(event: RunEvent): string | null {
  switch (event.kind) {
    case "note":
      return event.text;
    case "deploying": {
      const activity = event.plugin === BASELINE ? "measuring the host baseline" : `deploying ${event.plugin}`;
      return `${blockPosition(event.block, event.plan)}: ${activity}`;
    }
    case "measuring":
      return event.rep === 1 ? `${position(event)} (${timeLeft(event)})` : null;
    case "measured":
      return formatMeasured(event);
    case "decided":
      return decisionSentence(event.decision, event.plan).en;
    case "checked":
      return `${event.task.id}: ${event.passed} clauses passed, ${event.failed} failed`;
    case "skipped":
      return printableLine(`skipped ${event.task.id}: ${event.reason}`);
    case "failed":
      return printableLine(`FAILED ${event.plugin}, ${event.subject}: ${event.error}`);
  }
}

function formatMeasured({ task, values }: Extract<RunEvent, { kind: "measured" }>): string | null {
  const metric = metricsShownIn("progress").find((name) => values[name] !== undefined);
  const value = metric === undefined ? undefined : values[metric];
  return metric === undefined || value === undefined
    ? null
    : `${task.id} ${metric} ${formatValue(value, METRICS[metric].unit)}`;
}

function position(event: Extract<RunEvent, { kind: "measuring" }>): string {
  const repetitions = event.task.scenario.repetitions;
  const rep = repetitions === 1 ? "" : `, repetition ${event.rep}/${repetitions}`;
  return `block ${event.block}: ${event.task.id}${rep}`;
}

function timeLeft({ secondsLeft, task }: Extract<RunEvent, { kind: "measuring" }>): string {
  return `${typeof task.suite.blocks === "number" ? "about" : "at most"} ${minutes(secondsLeft)} left`;
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
