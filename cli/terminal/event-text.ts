/** Formats the events of a run as lines for people. */
import { printableLine } from "../../core/errors.ts";
import { METRICS, metricsShownIn } from "../../core/metrics.ts";
import type { RunEvent } from "../../engine/index.ts";
import { BASELINE } from "../../plugins/index.ts";
import { blockPosition, decisionSentence, formatValue } from "../../reports/index.ts";

export type MeasuringEvent = Extract<RunEvent, { kind: "measuring" }>;

/** Returns an event as a line; null: it is not worth one. */
export function formatEvent(event: RunEvent): string | null {
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

/** Returns the block, the task and the repetition. */
function position(event: MeasuringEvent): string {
  return `block ${event.block}: ${taskAndRepetition(event)}`;
}

/** Returns the task, with the repetition if there are several. */
export function taskAndRepetition({ task, rep }: MeasuringEvent): string {
  const { repetitions } = task.scenario;
  return repetitions === 1 ? task.id : `${task.id}, repetition ${rep}/${repetitions}`;
}

/** Returns the time until the end of the run: `about 4 min left`. */
export function timeLeft({ secondsLeft, task }: MeasuringEvent): string {
  return `${typeof task.suite.blocks === "number" ? "about" : "at most"} ${minutes(secondsLeft)} left`;
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
