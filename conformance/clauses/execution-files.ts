/** Attributes the files that a test leaves on its node to the executions of the plugin. Pure. */
import type { Invocation } from "../../cni/index.ts";
import type { Step } from "../node/recorder.ts";
import type { WrittenFile } from "../node/written-files.ts";

/** Files that an execution may not leave. */
export interface MisplacedFiles {
  readonly call: Invocation;
  /** In directories for static files. */
  readonly static: readonly string[];
  /** In directories for temporary files. */
  readonly temporary: readonly string[];
}

const TEMPORARY = /^\/(var\/)?tmp\//;

/**
 * In /etc, plugins and their agents share /etc/cni, but the networks in net.d belong to the administrator. Python
 * writes its cache next to the modules of a plugin.
 */
const ALLOWED = [/^\/etc\/cni\/(?!net\.d\/)/, /\/__pycache__\//];

/** The time of a file is that of the last timer interrupt of the kernel, at least 100 per second. */
const CLOCK_TICK_S = 0.011;

/** Time is compared with times of files, so a later end is at most one millisecond late. */
const CLOCK_PRECISION_S = 0.001;

/**
 * Returns the files that each execution left outside the directories for variable data and the paths in its
 * configuration. A file that may come from several executions belongs to the last one, because repeating the test up to
 * there leaves the file in any case, and is allowed if one of them may leave it. A file that may come from another
 * command of the test is ignored, and so are all files on a node with another clock.
 * @param calls the executions of the plugin under test that ended on their own
 * @param steps the commands of the test
 */
export function misplacedFiles(
  files: readonly WrittenFile[],
  calls: readonly Invocation[],
  steps: readonly Step[],
): readonly MisplacedFiles[] {
  const callOf = new Map(calls.map((call) => [call.output, call]));
  const writers = steps.filter(mayWrite);
  const left = new Map<Invocation, string[]>();
  for (const { path, time } of files) {
    const candidates = writers.filter((step) => spans(step, time)).map(({ output }) => output && callOf.get(output));
    const last = candidates.at(-1);
    if (!last || !candidates.every((call) => call && !isAllowed(path, call))) continue;
    const paths = left.get(last) ?? [];
    left.set(last, paths);
    paths.push(path);
  }
  return calls.flatMap((call) => {
    const paths = left.get(call) ?? [];
    if (paths.length === 0) return [];
    const isTemporary = (path: string): boolean => TEMPORARY.test(path);
    const isStatic = (path: string): boolean => !isTemporary(path);
    return [{ call, static: paths.filter(isStatic).sort(), temporary: paths.filter(isTemporary).sort() }];
  });
}

/** Tests often inspect a container with `ip` right after an execution. It writes no files outside of /run. */
function mayWrite({ argv }: Step): boolean {
  const program = argv[0] === "nsenter" ? argv[argv.indexOf("--") + 1] : argv[0];
  return program !== "ip";
}

function spans({ start, end }: Step, time: number): boolean {
  return time >= start - CLOCK_TICK_S && (end === null || time <= end + CLOCK_PRECISION_S);
}

/** Absolute paths in a configuration. */
const CONFIGURED_PATH = /"(\/[^"\\]+)"/g;

/** Reports whether a file may remain: its path begins with a configured one, or it is a directory above one. */
function isAllowed(path: string, { request }: Invocation): boolean {
  if (ALLOWED.some((pattern) => pattern.test(path))) return true;
  const configured = [...request.matchAll(CONFIGURED_PATH)].map(([, value = ""]) => value);
  return configured.some((value) => path.startsWith(value) || value.startsWith(`${path}/`));
}
