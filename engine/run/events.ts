/** Events that a run emits. The receiver decides how to present them. */
import type { MetricName } from "../../core/metrics.ts";
import type { RunFile, StoppingDecision } from "../../results/index.ts";
import type { Task } from "../plan/make-plan.ts";

export type RunEvent =
  /** A plugin is installed on an existing cluster, or uninstalled. */
  | { readonly kind: "note"; readonly text: string }
  | {
      readonly kind: "deploying";
      readonly block: number;
      readonly plan: Pick<RunFile["plan"], "blocks" | "stoppingRules">;
      readonly plugin: string;
    }
  | {
      readonly kind: "measuring";
      readonly block: number;
      readonly task: Task;
      readonly rep: number;
      readonly secondsLeft: number;
    }
  | {
      readonly kind: "measured";
      readonly block: number;
      readonly task: Task;
      readonly rep: number;
      readonly values: Readonly<Partial<Record<MetricName, number>>>;
    }
  /** A stopping rule decided after a block whether its suite stops. */
  | { readonly kind: "decided"; readonly decision: StoppingDecision; readonly plan: RunFile["plan"] }
  | { readonly kind: "checked"; readonly task: Task; readonly failed: number; readonly passed: number }
  | { readonly kind: "skipped"; readonly task: Task; readonly reason: string }
  | {
      readonly kind: "failed";
      readonly plugin: string;
      readonly subject: string;
      readonly error: string;
      /** The tasks that lack results because of the failure. */
      readonly tasks: readonly Task[];
    };

export type RunListener = (event: RunEvent) => void;
