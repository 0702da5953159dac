/**
 * What a test did, as lines to paste. With the plugins' files on this machine they are one command that makes a node of its own,
 * without root and without touching the machine; else they are for a root shell of a node.
 */
import { quoteArgv, quoteWord } from "../../core/quote.ts";
import { commandLine } from "../../cni/command-line.ts";
import type { Invocation } from "../../cni/types.ts";
import { UPLINK } from "./surroundings.ts";
import type { Step } from "./steps.ts";

/** Executions that are told: what led to the last. Other steps are told all. */
const TOLD = 16;

export interface Programs {
  /** Paths on this machine. */
  readonly files: readonly string[];
  /** Folder of the node that they are in. */
  readonly folder: string;
}

/** @param last the execution that shows it; null: everything is told. */
export function reproduce(steps: readonly Step[], last: Invocation | null, programs: Programs | null): string {
  const end = last === null ? -1 : steps.findIndex(({ output }) => output === last.output);
  const lines = shortened(end === -1 ? steps : steps.slice(0, end + 1)).map(lineOf);
  return programs === null ? lines.join("\n") : [...opening(programs), ...lines, "END"].join("\n");
}

/** Of many executions, those that the plugin refused led to nothing, and the last tell most. */
function shortened(steps: readonly Step[]): readonly Step[] {
  const executions = steps.filter(isExecution);
  if (executions.length <= TOLD) return steps;
  const done = executions.filter((step) => step.output?.exitCode === 0 || step === executions.at(-1));
  const told = new Set(done.slice(-TOLD));
  return steps.filter((step) => !isExecution(step) || told.has(step));
}

function isExecution({ env }: Step): boolean {
  return Object.hasOwn(env, "CNI_COMMAND");
}

function lineOf(step: Step): string {
  const { argv, stdin, env } = step;
  if (isExecution(step)) return commandLine(argv, env, stdin);
  return `${stdin === "" ? "" : `printf %s ${quoteWord(stdin)} | `}${quoteArgv(argv)}`;
}

/** A node as the tests have it (surroundings.ts): own network, /run, /tmp, /etc, /opt and /var/lib. */
function opening({ files, folder }: Programs): string[] {
  return [
    "unshare --map-root-user --net --mount --pid --fork --mount-proc sh <<'END'",
    `set -e; mount -t tmpfs node /run; mkdir /run/netns /run/bin; cp ${quoteArgv(files)} /run/bin`,
    "cp -a /etc /run/etc 2>/dev/null || true; mkdir -p /run/etc/cni; mount --bind /run/etc /etc",
    `for i in /tmp /opt /var/lib; do mount -t tmpfs node $i; done; mkdir -p ${quoteWord(folder)} /var/lib/cni; mv /run/bin/* ${quoteWord(folder)}`,
    ...UPLINK.split("\n"),
    "set +e",
  ];
}
