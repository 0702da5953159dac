/** Rules that every execution of a plugin must obey, whatever it is executed for. */
import { errorObject, type Invocation, type JsonObject } from "../../cni/index.ts";
import { describeEnd, type Output, succeeded } from "../../core/shell.ts";
import type { Step } from "../node/recorder.ts";
import type { TestNode } from "../node/test-node.ts";
import { readWrittenFiles } from "../node/written-files.ts";
import { parseObject } from "./call-output.ts";
import { misplacedFiles, type MisplacedFiles } from "./execution-files.ts";

/** A rule about the output and the end of one execution. */
type CallRule = "status" | "output" | "error" | "crash" | "pipe" | "process";

export type ExecutionRule = CallRule | "files";

/** What an execution violates, and how badly: reports show the worst violation of a rule. */
interface Finding {
  readonly expected: string;
  readonly got: string;
  /** 0 is the worst. */
  readonly rank: number;
}

export interface Violation extends Finding {
  readonly call: Invocation;
}

/**
 * Collects the worst violation of each rule, the first of equally bad ones, and what tests observe once for all.
 */
export class ExecutionObserver {
  readonly #timeLimit: number;
  readonly #violations = new Map<ExecutionRule, Violation>();
  /** The commands of the test of each execution. */
  readonly #steps = new WeakMap<Invocation, readonly Step[]>();
  /** The executions of each test that ended on their own: a plugin that a test ended could not clean up. */
  readonly #ended = new WeakMap<readonly Step[], Invocation[]>();
  readonly #shared = new Map<string, Promise<unknown>>();

  /** @param timeLimit seconds: executions that a test kills earlier violate nothing */
  constructor(timeLimit: number) {
    this.#timeLimit = timeLimit;
  }

  /** Notes the commands of the test that made a call of any plugin. */
  note(call: Invocation, steps: readonly Step[]): void {
    this.#steps.set(call, steps);
  }

  /** Judges an execution of the plugin under test. @param steps the commands of the test so far */
  observe(call: Invocation, steps: readonly Step[]): void {
    if (endedOnItsOwn(call)) {
      const ended = this.#ended.get(steps) ?? [];
      this.#ended.set(steps, ended);
      ended.push(call);
    }
    const { ended, duration } = call.output;
    if (ended === "timeout" ? duration < this.#timeLimit : !endedOnItsOwn(call)) return;
    for (const [rule, judge] of Object.entries(RULES) as [CallRule, Judge][]) this.#record(rule, judge(call), call);
  }

  /** Judges the files that the executions of a test so far left on its node. */
  async observeFiles({ shell, steps }: Pick<TestNode, "shell" | "steps">): Promise<void> {
    const calls = this.#ended.get(steps);
    if (calls === undefined) return;
    for (const misplaced of misplacedFiles(await readWrittenFiles(shell), calls, steps))
      this.#record("files", judgeFiles(misplaced), misplaced.call);
  }

  #record(rule: ExecutionRule, finding: Finding | null, call: Invocation): void {
    if (finding !== null && finding.rank < (this.#violations.get(rule)?.rank ?? Infinity))
      this.#violations.set(rule, { ...finding, call });
  }

  violation(rule: ExecutionRule): Violation | null {
    return this.#violations.get(rule) ?? null;
  }

  /** The commands of the test that made a call, which may be another test; null for a call that was not noted. */
  stepsOf(call: Invocation): readonly Step[] | null {
    return this.#steps.get(call) ?? null;
  }

  /** Runs a function once, although several tests ask for its result. @param subject identifies the function */
  once<T>(subject: string, run: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(subject) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const result = run();
    this.#shared.set(subject, result);
    return result;
  }
}

type Judge = (call: Invocation) => Finding | null;

function endedOnItsOwn({ output }: Invocation): boolean {
  return output.ended === null && output.startError === null;
}

const RULES: Readonly<Record<CallRule, Judge>> = {
  status: judgeStatus,
  output: judgeOutput,
  error: judgeError,
  crash: judgeCrash,
  pipe: ({ command, output }) =>
    output.leftover === "pipe" && output.ended === null
      ? finding(`no process to keep the output of ${command} open`, "the output is still open after the plugin exited")
      : null,
  process: judgeProcesses,
};

function finding(expected: string, got: string, rank = 0): Finding {
  return { expected, got, rank };
}

function quote(text: string): string {
  return JSON.stringify(text.trim().slice(0, 300));
}

/** The first line of an uncaught error, and the last line: interpreters print the reason in one of them. */
function printed({ stderr, stdout }: Output): string {
  const lines = (stderr.trim() || stdout.trim()).split("\n");
  const first = lines.find((line) => UNCAUGHT.some((pattern) => pattern.test(line)));
  const shown = [...new Set([first ?? "", lines.at(-1) ?? ""])].filter((line) => line !== "");
  return `printed ${JSON.stringify(shown.map((line) => line.trim().slice(0, 150)).join(" ... "))}`;
}

/** Keys that only results have. */
const RESULT_KEYS = ["ips", "ip4", "ip6", "interfaces", "supportedVersions"];

function judgeStatus({ command, output }: Invocation): Finding | null {
  if (succeeded(output))
    return errorObject(output.stdout) === null
      ? null
      : finding(`${command} to fail with a non-zero exit code, or to print no error`, quote(output.stdout));
  const object = parseObject(output.stdout);
  return object !== null && object.code === undefined && RESULT_KEYS.some((key) => object[key] !== undefined)
    ? finding(`${command} to print no result, or to succeed`, `${describeEnd(output)}: ${quote(output.stdout)}`)
    : null;
}

/** Operations whose output is specified when they succeed. */
const SPECIFIED = ["ADD", "CHECK", "GC", "VERSION"];

function judgeOutput({ command, output }: Invocation): Finding | null {
  const { stdout } = output;
  return succeeded(output) && SPECIFIED.includes(command) && stdout.trim() !== "" && parseObject(stdout) === null
    ? finding(`${command} to print one JSON object or nothing`, quote(stdout))
    : null;
}

function judgeError(call: Invocation): Finding | null {
  const { command, output } = call;
  if (succeeded(output) || output.ended !== null) return null;
  const expected = `an error object with cniVersion, code, and msg from ${command}`;
  const error = parseObject(output.stdout);
  if (error === null) return noErrorObject(expected, output);
  const missing = [typeof error.code === "number" ? [] : "code", isText(error.msg) ? [] : "msg"].flat();
  if (missing.length > 0) return finding(expected, `no ${missing.join(" and no ")}: ${quote(output.stdout)}`, 1);
  return isText(error.cniVersion) || !isComplete(call)
    ? null
    : finding(expected, `no cniVersion: ${quote(output.stdout)}`, 2);
}

/** What the Go skeleton prints after ADD printed its result, because it compares the namespaces too late. */
const LATE_NETNS_CHECK = "netns and netns from CNI_NETNS should not be the same";

function noErrorObject(expected: string, output: Output): Finding {
  if (output.stdout.trim() === "") return finding(expected, `nothing; ${printed(output)}`);
  const last = output.stdout.split(/(?<=\})\s*(?=\{)/).at(-1) ?? "";
  if (parseObject(last) === null) return finding(expected, quote(output.stdout));
  return finding(expected, `other output before ${quote(last)}`, last.includes(LATE_NETNS_CHECK) ? 2 : 0);
}

/** The violations of the rule `error` that the Go skeleton causes. */
export const SKELETON_ERROR = new RegExp(`^no cniVersion|^other output before .*${LATE_NETNS_CHECK}`);

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Reports whether the plugin knows the version of the request, which it need not read in an invalid environment. */
function isComplete({ request, env }: Invocation): boolean {
  const object: JsonObject | null = parseObject(request);
  const valid = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"].every((name) => isText(env[name]));
  return valid && ["ADD", "CHECK", "DEL"].includes(env.CNI_COMMAND ?? "") && isText(object?.cniVersion);
}

/** Uncaught errors of Go, Python, JavaScript, Rust, Java, C, Perl, Ruby, and sh. */
const UNCAUGHT = [
  /^(panic|fatal error): |^goroutine \d+ \[/m,
  /^Traceback \(most recent call last\)/m,
  /^\s+at .+:\d+:\d+\)?$/m,
  /^thread '.*' panicked at/m,
  /^Exception in thread/m,
  /Segmentation fault|SIGSEGV|core dumped/,
  / at \S+ line \d+\.$/m,
  /^\S+:\d+:in .*\((\w+Error|\w+Exception)\)$/m,
  /: (line )?\d+: .*(not found|unbound variable|parameter not set|[Ss]yntax error|[Bb]ad substitution|unexpected EOF)/,
];

/** Exit codes by which shells report that a signal ended a command. */
const SIGNALED = { above: 128, below: 128 + 65 } as const;

function judgeCrash({ command, output }: Invocation): Finding | null {
  const { exitCode, signal, stdout, stderr, ended } = output;
  if (succeeded(output) || ended !== null || errorObject(stdout) !== null) return null;
  const signaled = signal !== null || (exitCode !== null && exitCode > SIGNALED.above && exitCode < SIGNALED.below);
  if (!signaled && !UNCAUGHT.some((pattern) => pattern.test(stderr) || pattern.test(stdout))) return null;
  return finding(`${command} to succeed, or to print an error object`, `${describeEnd(output)}; ${printed(output)}`);
}

function judgeProcesses({ command, output }: Invocation): Finding | null {
  if (output.ended === "timeout") return finding(`${command} to end within the time limit`, describeEnd(output));
  return output.leftover === "process"
    ? finding(`no process of ${command} after the plugin exited`, "a process in its process group", 1)
    : null;
}

/** Paths in a finding. */
const MAX_PATHS = 5;

function judgeFiles({ call: { command }, static: written, temporary }: MisplacedFiles): Finding {
  const list = (paths: readonly string[]): string =>
    [...paths.slice(0, MAX_PATHS), ...(paths.length > MAX_PATHS ? [`${paths.length - MAX_PATHS} more`] : [])].join(
      ", ",
    );
  return written.length > 0
    ? finding(`${command} to leave /etc and /opt unchanged, except /etc/cni and configured paths`, list(written))
    : finding(`${command} to remove its temporary files, except configured ones`, list(temporary), 1);
}
