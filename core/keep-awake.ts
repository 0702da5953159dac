/**
 * Keeps the CPUs of a machine out of their idle states, whose exit takes longer than a packet. Nothing is set that
 * outlives the process: the kernel ends a request to /dev/cpu_dma_latency with its file descriptor (power management
 * interface, Documentation/power/pm_qos_interface.rst).
 */
import { lastLine } from "./errors.ts";
import type { Shell } from "./shell.ts";

/**
 * `cpu_dma_latency`: idle CPUs poll, which costs other processes nothing. `spinners`: a process of idle priority runs
 * on each CPU, which costs a competing process 2 % of a CPU.
 */
export type AwakeMeans = "cpu_dma_latency" | "spinners";

/** How the CPUs of a machine are kept awake, or why they are not. */
export type AwakeFacts =
  { readonly means: AwakeMeans; readonly reason: null } | { readonly means: null; readonly reason: string };

/** CPUs that are kept awake until `stop`, or until this process ends. */
export interface AwakeCpus {
  readonly facts: AwakeFacts;
  stop(): Promise<void>;
}

/**
 * Prints the means or the reason, and ends when its standard input is closed. A request of zero latency selects the
 * first idle state, which keeps a CPU awake only if it polls. Spinners are processes of the scheduling class SCHED_IDLE
 * in a session whose group has the lowest weight (sched(7), "The autogroup feature"). In a control group with a weight
 * of its own, that group would count instead, and spinners could take half of a CPU from processes of other groups.
 */
const SCRIPT = `
device=$1
read -r state </sys/devices/system/cpu/cpu0/cpuidle/state0/name
if [ "$state" = POLL ] && [ -c $device ] && [ -w $device ]; then
  exec 3>$device && printf '\\0\\0\\0\\0' >&3 && echo cpu_dma_latency && read -r
  exit
fi
read -r autogroups </proc/sys/kernel/sched_autogroup_enabled
[ "$autogroups" = 1 ] || { echo "no access to $device, and the kernel has no autogroups"; exit; }
while IFS=: read -r id controllers group; do
  case ",$controllers," in *,cpu,*) [ "$group" = / ] || weighted=1 ;; esac
  [ "$id" = 0 ] || continue
  group=\${group%/}
  while :; do
    [ -e "/sys/fs/cgroup$group/cpu.weight" ] && weighted=1
    [ -n "$group" ] || break
    group=\${group%/*}
  done
done </proc/self/cgroup
[ -z "$weighted" ] || { echo "no access to $device, and a control group sets CPU weights"; exit; }
echo 19 >/proc/self/autogroup || { echo "cannot set the weight of the session"; exit; }
for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
  taskset -c "\${cpu##*cpu}" chrt --idle 0 nice -n 19 bash -c '
    while kill -0 $1; do for ((i = 0; i < 100000; i++)); do :; done; done' bash $$ >/dev/null 2>&1 &
done
trap 'kill $(jobs -p)' EXIT
echo spinners
read -r
:`;

/**
 * Keeps all CPUs awake, if the machine allows it.
 * @param device another file than the kernel's, for tests
 * @throws the signal's reason
 */
export async function keepCpusAwake(
  shell: Shell,
  signal: AbortSignal,
  device = "/dev/cpu_dma_latency",
): Promise<AwakeCpus> {
  let started: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => (started = resolve));
  const decoder = new TextDecoder();
  let printed = "";
  const process = shell.start(["bash", "-c", SCRIPT, "bash", device], {
    signal,
    onStdout: (chunk) => {
      printed += decoder.decode(chunk, { stream: true });
      if (printed.includes("\n")) started(printed);
    },
  });
  const ended = process.done.then(({ stdout, stderr }) => stdout || `not possible: ${lastLine(stderr)}`);
  const answer = lastLine(await Promise.race([line, ended]));
  signal.throwIfAborted();
  return {
    facts: factsOf(answer),
    stop: async () => {
      process.closeStdin();
      await process.done;
    },
  };
}

function factsOf(answer: string): AwakeFacts {
  return answer === "cpu_dma_latency" || answer === "spinners"
    ? { means: answer, reason: null }
    : { means: null, reason: answer };
}
