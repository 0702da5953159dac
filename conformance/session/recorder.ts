/** Records the commands that a test runs on its node, so that a user can repeat them. */
import { run, type ExecOptions, type Output, type Shell } from "../../core/shell.ts";

/** One command on the test node or in its containers, which are entered from the node. */
export interface Step {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly env: NonNullable<ExecOptions["env"]>;
  /** null while the command runs. */
  output: Output | null;
}

/** $0 of scripts that change nothing. */
const INSPECT = "inspect";
const INSPECTION_BINARIES = ["cat", "test", "true", "ping"];

/** Returns the output of an sh script that changes nothing; it is not recorded. @throws CommandError */
export function inspect(shell: Shell, script: string, ...args: readonly string[]): Promise<string> {
  return run(shell, ["sh", "-c", script, INSPECT, ...args]);
}

/** A shell that records every command that may change something. */
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
  const [, ...command] = argv[0] === "nsenter" ? argv.slice(argv.indexOf("--")) : ["", ...argv];
  const [binary = "", option, , name] = command;
  return (
    INSPECTION_BINARIES.includes(binary) ||
    (binary === "sh" && option === "-c" && name === INSPECT) ||
    (binary === "ip" && command.includes("show"))
  );
}
