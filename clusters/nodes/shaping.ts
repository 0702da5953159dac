/** Shapes the rate, delay and loss of the traffic that each node receives, with `tc -batch`. */
import { EnvironmentError } from "../../core/errors.ts";
import { CommandError } from "../../core/shell.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import type { ClusterSpec } from "../cluster.ts";

/** The part of a cluster spec that shapes the underlay. */
type Shaping = Pick<ClusterSpec, "underlayRate" | "underlayDelay" | "underlayLoss">;

/** Maximum time that a packet may be queued; packets that would wait longer are dropped, as in a switch. */
const MAX_QUEUE_DELAY_S = 0.05;
/** Seconds of traffic that may be sent in one burst, because kernel timers are not more precise on every host. */
const BURST_S = 0.004;
/** Minimum burst: the largest packet that the kernel forwards without segmentation. */
const MIN_BURST_BYTES = 70_000;
/** Enough packets for a delay of one second at 10 Gbit/s. */
const DELAY_QUEUE_PACKETS = 1_000_000;

/** @throws EnvironmentError if the kernel lacks a queueing discipline. */
export async function shapeUnderlay(lab: Shell, ports: readonly string[], shaping: Shaping): Promise<void> {
  const lines = ports.flatMap((port) => shapingLines(port, shaping));
  if (lines.length === 0) return;
  const output = await lab.exec(["tc", "-batch", "-"], { stdin: `${lines.join("\n")}\n` });
  if (succeeded(output)) return;
  if (!/qdisc kind is unknown|No such file|not supported/i.test(output.stderr)) throw new CommandError(output);
  const [qdisc, flag] =
    shaping.underlayDelay !== undefined
      ? ["netem", "delay"]
      : shaping.underlayLoss !== undefined
        ? ["netem", "loss"]
        : ["tbf", "rate"];
  throw new EnvironmentError(`the kernel lacks ${qdisc}, required by --underlay-${flag}; omit the option`);
}

function shapingLines(port: string, { underlayRate, underlayDelay, underlayLoss }: Shaping): string[] {
  const delay = underlayDelay === undefined ? [] : [`delay ${Math.round(underlayDelay * 1e6)}us`];
  const loss = underlayLoss === undefined ? [] : [`loss ${underlayLoss * 100}%`];
  const impaired = [...delay, ...loss];
  const netem =
    impaired.length === 0
      ? []
      : [`qdisc add dev ${port} root handle 1: netem limit ${DELAY_QUEUE_PACKETS} ${impaired.join(" ")}`];
  const parent = impaired.length === 0 ? "root" : "parent 1:1";
  return underlayRate === undefined
    ? netem
    : [...netem, `qdisc add dev ${port} ${parent} tbf ${tokenBucket(underlayRate)}`];
}

/** @param rate bit/s. */
function tokenBucket(rate: number): string {
  const burst = Math.max(MIN_BURST_BYTES, Math.round((rate / 8) * BURST_S));
  return `rate ${rate}bit burst ${burst}b latency ${MAX_QUEUE_DELAY_S * 1000}ms`;
}
