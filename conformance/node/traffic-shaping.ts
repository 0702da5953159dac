/** Queueing disciplines of a network namespace, by which plugins limit rates. */
import { run, type Shell } from "../../core/shell.ts";
import { numberAt, valueAt, stringAt, tryParse } from "../../core/untrusted-json.ts";
import { inspect } from "./recorder.ts";

/** The parameters of a token bucket filter. */
export interface TokenBucket {
  /** Bytes per second. */
  readonly rate: number;
  /** Bytes. */
  readonly burst: number;
}

export interface Qdisc {
  readonly dev: string;
  /** `tbf`, `ingress`, ... */
  readonly kind: string;
  readonly root: boolean;
  /** null for other kinds. */
  readonly tokenBucket: TokenBucket | null;
  /** The parents of the filters of a hook. */
  readonly filterParents: readonly string[];
}

/** Disciplines that the kernel assigns to links by default. */
const DEFAULT_QDISCS = ["noqueue", "pfifo_fast", "fq_codel", "mq"];
/** Disciplines next to the root; others that are not root are part of another discipline. */
const HOOK_QDISCS = ["ingress", "clsact"];

/** Prints the disciplines, and the links and parents with filters below a hook; clsact has two parents. */
const READ_SCRIPT = `tc -j qdisc show
tc qdisc show | sed -n 's/^qdisc \\(ingress\\|clsact\\) .* dev \\([^ ]*\\) .*/\\1 \\2/p' | while read -r kind dev; do
  parents=ffff:
  [ "$kind" = ingress ] || parents="ffff:fff2 ffff:fff3"
  for parent in $parents; do
    [ -z "$(tc filter show dev "$dev" parent "$parent")" ] || echo "$dev $parent"
  done
done`;

/** Disciplines that were configured. */
export async function readQdiscs(shell: Shell): Promise<readonly Qdisc[]> {
  const [json = "", ...filters] = (await inspect(shell, READ_SCRIPT)).trimEnd().split("\n");
  const parsed = tryParse(json);
  const all = (Array.isArray(parsed) ? parsed : []).map((value: unknown): Qdisc => {
    const [dev, kind] = [stringAt(value, "dev") ?? "", stringAt(value, "kind") ?? ""];
    const [rate, burst] = [numberAt(value, "options", "rate"), numberAt(value, "options", "burst")];
    return {
      dev,
      kind,
      root: valueAt(value, "root") === true,
      tokenBucket: kind === "tbf" && rate !== null && burst !== null ? { rate, burst } : null,
      filterParents: HOOK_QDISCS.includes(kind)
        ? filters.flatMap((line) => (line.startsWith(`${dev} `) ? [line.slice(dev.length + 1)] : []))
        : [],
    };
  });
  return all.filter(({ kind, root }) => (root && !DEFAULT_QDISCS.includes(kind)) || HOOK_QDISCS.includes(kind));
}

export async function deleteQdisc(shell: Shell, { dev, kind, root }: Qdisc): Promise<void> {
  await run(shell, ["tc", "qdisc", "del", "dev", dev, root ? "root" : kind]);
}

export async function changeTokenBucket(shell: Shell, dev: string, { rate, burst }: TokenBucket): Promise<void> {
  const parameters = ["rate", `${rate}bps`, "burst", String(burst), "latency", "25ms"];
  await run(shell, ["tc", "qdisc", "change", "dev", dev, "root", "tbf", ...parameters]);
}

export async function deleteFilters(shell: Shell, dev: string, parent: string): Promise<void> {
  await run(shell, ["tc", "filter", "del", "dev", dev, "parent", parent]);
}
