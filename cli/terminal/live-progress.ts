/**
 * Shows a run in progress as a table that is replaced in place. It is only drawn on events, which occur between
 * measurements: no timer and no key makes cnibench compute during a load.
 */
import type { Host } from "../../core/host.ts";
import type { Plan, RunEvent } from "../../engine/index.ts";
import { blockPosition } from "../../reports/index.ts";
import type { ResultRecord } from "../../results/index.ts";
import { formatEvent, type MeasuringEvent, taskAndRepetition, timeLeft } from "./event-text.ts";
import { LiveArea } from "./live-area.ts";
import { LiveResults } from "./live-results.ts";
import { liveLines } from "./live-table.ts";

export interface Progress {
  readonly on: (event: RunEvent) => void;
  /** Prints text that ends with a line break. */
  readonly print: (text: string) => void;
  /** Removes the live table. */
  readonly end: () => void;
}

/** Seconds between two redraws within a task: its repetitions can be shorter than a terminal takes to draw. */
const MIN_REDRAW_INTERVAL_S = 0.5;

/** @param earlier results of earlier sessions of the run */
export function liveProgress({ clock }: Pick<Host, "clock">, plan: Plan, earlier: readonly ResultRecord[]): Progress {
  const results = new LiveResults(plan, earlier);
  const area = new LiveArea(process.stderr);
  let [status, last, left, focus, drawnAt] = ["starting", "", "", 0, -Infinity];

  const draw = (): void => {
    area.draw(liveLines({ status, last, rows: results.rows, focus }, area.size));
    drawnAt = clock.now();
  };
  const showMeasuring = (event: MeasuringEvent): void => {
    left = `, ${timeLeft(event)}`;
    status = `${blockPosition(event.block, plan)}${left}: ${taskAndRepetition(event)}`;
    const row = results.rowOf(event.task);
    if (row !== -1) focus = row;
    if (event.rep === 1 || clock.now() - drawnAt >= MIN_REDRAW_INTERVAL_S) draw();
  };
  // After a stop by Ctrl-Z, the shell has printed below the table.
  const onContinue = (): void => area.abandon();
  process.on("SIGCONT", onContinue);

  return {
    print: (text) => area.print(text),
    end: () => {
      process.off("SIGCONT", onContinue);
      area.print("");
    },
    on: (event: RunEvent) => {
      results.add(event);
      const line = formatEvent(event);
      switch (event.kind) {
        case "measuring":
          return showMeasuring(event);
        case "deploying":
          status = `${line ?? ""}${left}`;
          return draw();
        case "measured":
        case "checked":
        case "skipped": // drawn by the next event, so that there is one redraw between two measurements
          last = line ?? last;
          return;
        case "failed":
        case "note":
        case "decided":
          area.print(`${line ?? ""}\n`);
          return draw();
      }
    },
  };
}
