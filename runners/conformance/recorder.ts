/** Writes down what a test does to its node, so that a person can do it again. */
import { run, type ExecOptions, type Output, type Shell } from "../../core/shell.ts";

/** One command in the test's node, in its containers too (they are entered from the node). */
export interface Step {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly env: NonNullable<ExecOptions["env"]>;
  /** null while it runs. */
  output: Output | null;
}

/** Argument 0 of scripts that only look. */
const INSPECT = "look";
const INSPECTION_BINARIES = ["cat", "test", "true", "ping"];

/** Output of an sh script that changes nothing: it is no step. @throws CommandError */
export function inspect(shell: Shell, script: string, ...args: readonly string[]): Promise<string> {
  return run(shell, ["sh", "-c", script, INSPECT, ...args]);
}

/** A shell that adds to the steps whatever is more than a look. */
export function recordingShell(shell: Shell, steps: Step[]): Shell {
  return {
    ...shell,
    exec: async (argv, options) => {
      const step: Step = { argv, stdin: decodeStdin(options?.stdin ?? ""), env: options?.env ?? {}, output: null };
      if (!isInspection(argv)) steps.push(step);
      step.output = await shell.exec(argv, options);
      return step.output;
    },
  };
}

function decodeStdin(stdin: NonNullable<ExecOptions["stdin"]>): string {
  return typeof stdin === "string" ? stdin : new TextDecoder().decode(stdin);
}

function isInspection(argv: readonly string[]): boolean {
  const [, ...entered] = argv[0] === "nsenter" ? argv.slice(argv.indexOf("--")) : ["", ...argv];
  const [program = "", option, , zero] = entered;
  return (
    INSPECTION_BINARIES.includes(program) ||
    (program === "sh" && option === "-c" && zero === INSPECT) ||
    (program === "ip" && entered.includes("show"))
  );
}
