/** Rules that every execution of a plugin must obey, whatever it is executed for. */
import { errorObject, type Invocation, type JsonObject } from "../../cni/index.ts";
import { describeEnd, type Output, succeeded } from "../../core/shell.ts";
import type { Step } from "../node/recorder.ts";
import { parseObject } from "./call-output.ts";

export type ExecutionRule = "status" | "output" | "error" | "crash" | "pipe" | "process";

/** What an execution violates, and how badly: reports show the worst violation of a rule. */
interface Finding {
  readonly expected: string;
  readonly got: string;
  /** 0 is the worst. */
  readonly rank: number;
}

export interface Violation extends Finding {
  readonly call: Invocation;
  /** The commands of its test so far. */
  readonly steps: readonly Step[];
}

/** Collects the worst violation of each rule, the first of equally bad ones. */
export class ExecutionObserver {
  readonly #timeLimit: number;
  readonly #violations = new Map<ExecutionRule, Violation>();
  #exercise: Promise<void> | null = null;

  /** @param timeLimit seconds: executions that a test kills earlier violate nothing */
  constructor(timeLimit: number) {
    this.#timeLimit = timeLimit;
  }

  /** Judges an execution. @param steps the commands of the test so far */
  observe(call: Invocation, steps: readonly Step[]): void {
    const { ended, startError, duration } = call.output;
    const judged = ended === "timeout" ? duration >= this.#timeLimit : ended === null && startError === null;
    if (!judged) return;
    for (const [rule, judge] of Object.entries(RULES) as [ExecutionRule, Judge][]) {
      const finding = judge(call);
      if (finding !== null && finding.rank < (this.#violations.get(rule)?.rank ?? Infinity))
        this.#violations.set(rule, { ...finding, call, steps });
    }
  }

  violation(rule: ExecutionRule): Violation | null {
    return this.#violations.get(rule) ?? null;
  }

  /** Runs the executions that all rules need once, although each rule asks for them. */
  exercise(run: () => Promise<void>): Promise<void> {
    this.#exercise ??= run();
    return this.#exercise;
  }
}

type Judge = (call: Invocation) => Finding | null;

const RULES: Readonly<Record<ExecutionRule, Judge>> = {
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
  if (error === null)
    return finding(expected, quote(output.stdout) === '""' ? `nothing; ${printed(output)}` : quote(output.stdout));
  const missing = [typeof error.code === "number" ? [] : "code", isText(error.msg) ? [] : "msg"].flat();
  if (missing.length > 0) return finding(expected, `no ${missing.join(" and no ")}: ${quote(output.stdout)}`, 1);
  return isText(error.cniVersion) || !isComplete(call)
    ? null
    : finding(expected, `no cniVersion: ${quote(output.stdout)}`, 2);
}

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
