/** Traffic policy of a network namespace: queueing disciplines, by which plugins limit rates, and routing rules. */
import { run, type Shell } from "../../core/shell.ts";
import { valueAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import { inspect } from "./recorder.ts";

export interface Qdisc {
  readonly dev: string;
  /** `tbf`, `ingress`, ... */
  readonly kind: string;
  readonly root: boolean;
}

/** Disciplines that the kernel assigns to links by default. */
const DEFAULT_QDISCS = ["noqueue", "pfifo_fast", "fq_codel", "mq"];
/** Disciplines next to the root; others that are not root are part of another discipline. */
const HOOK_QDISCS = ["ingress", "clsact"];

/** Disciplines that were configured. */
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

/** Sets the rate of a token bucket filter to 1 Mbit/s. */
export async function changeRate(shell: Shell, { dev }: Qdisc): Promise<void> {
  const tbf = ["tbf", "rate", "1mbit", "burst", "32kb", "latency", "25ms"];
  await run(shell, ["tc", "qdisc", "change", "dev", dev, "root", ...tbf]);
}

/** A policy routing rule. */
export interface RoutingRule {
  /** The rule as `ip` prints it, without its priority. */
  readonly spec: string;
  /** The command that deletes it. */
  readonly deleteCommand: readonly string[];
}

/** Prints the rules of both families, with the option that selects the family first. */
const READ_RULES_SCRIPT = "ip -4 rule show | sed 's/^/-4 /'; ip -6 rule show | sed 's/^/-6 /'";

export async function readPolicyRules(shell: Shell): Promise<readonly RoutingRule[]> {
  return (await inspect(shell, READ_RULES_SCRIPT)).split("\n").flatMap((line): RoutingRule[] => {
    const [, family = "", priority = "", spec = ""] = /^(-[46]) (\d+):\s+(.*)$/.exec(line) ?? [];
    return priority === "" ? [] : [{ spec, deleteCommand: ["ip", family, "rule", "del", "priority", priority] }];
  });
}
