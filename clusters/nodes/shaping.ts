/** Rate, delay and loss of the underlay, as `tc -batch` lines for what each node receives. */
import { CommandError, EnvironmentError } from "../../core/errors.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import type { ClusterSpec } from "../cluster.ts";

type Shaping = Pick<ClusterSpec, "underlayRate" | "underlayDelay" | "underlayLoss">;

/** Seconds that a packet may wait for its turn; what would wait longer is dropped, as a switch does. */
const MAX_QUEUE_DELAY_S = 0.05;
/** Seconds of sending that may go out at once: timers of a kernel are not finer everywhere. */
const BURST_S = 0.004;
/** Bytes: no burst may be smaller than the largest packet that the kernel hands over in one piece. */
const MIN_BURST_BYTES = 70_000;
/** Packets: enough for a delay of a second at 10 Gbit/s. */
const DELAY_QUEUE_PACKETS = 1_000_000;

/** @throws EnvironmentError when the kernel has not what this takes. */
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
  throw new EnvironmentError(`the kernel lacks ${qdisc}, which --underlay-${flag} needs; leave it out`);
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
