/** Queueing disciplines of a network namespace: what a plugin limits rates with. */
import { run, type Shell } from "../../core/shell.ts";
import { valueAt, stringAt, tryParse } from "../../core/json.ts";
import { inspect } from "./recorder.ts";

export interface Qdisc {
  readonly dev: string;
  /** `tbf`, `ingress` ... */
  readonly kind: string;
  readonly root: boolean;
}

/** What the kernel gives every link by itself. */
const DEFAULT_QDISCS = ["noqueue", "pfifo_fast", "fq_codel", "mq"];
/** Beside the root; what is inside of others goes with them. */
const HOOK_QDISCS = ["ingress", "clsact"];

export async function readQdiscs(shell: Shell): Promise<readonly Qdisc[]> {
  const parsed = tryParse(await inspect(shell, "tc -j qdisc show"));
  const all = (Array.isArray(parsed) ? parsed : []).map((value: unknown): Qdisc => ({
    dev: stringAt(value, "dev") ?? "",
    kind: stringAt(value, "kind") ?? "",
    root: valueAt(value, "root") === true,
  }));
  return all.filter(({ kind, root }) => (root && !DEFAULT_QDISCS.includes(kind)) || HOOK_QDISCS.includes(kind));
}

export async function deleteQdisc(shell: Shell, { dev, kind, root }: Qdisc): Promise<void> {
  await run(shell, ["tc", "qdisc", "del", "dev", dev, root ? "root" : kind]);
}

/** Another rate for a token bucket filter: 1 Mbit/s. */
export async function changeRate(shell: Shell, { dev }: Qdisc): Promise<void> {
  await run(shell, [
    "tc",
    "qdisc",
    "change",
    "dev",
    dev,
    "root",
    "tbf",
    "rate",
    "1mbit",
    "burst",
    "32kb",
    "latency",
    "25ms",
  ]);
}
