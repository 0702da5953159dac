/** Records the commands that a test runs on its node, so that a user can repeat them. */
import { run, type ExecOptions, type Output, type Shell } from "../../core/shell.ts";

/** One command on the test node or in its containers, which are entered from the node. */
export interface Step {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly env: NonNullable<ExecOptions["env"]>;
  /** Seconds since the epoch. */
  readonly start: number;
  /** null while the command runs. */
  end: number | null;
  /** null while the command runs. */
  output: Output | null;
}

/** A command whose effect was there before the other commands ran. */
export function pastStep(argv: readonly string[]): Step {
  return { argv, stdin: "", env: {}, start: 0, end: 0, output: null };
}

/** Returns the output of a command that changes nothing; it is not recorded. @throws CommandError */
export function observe(shell: Shell, argv: readonly string[], stdin = ""): Promise<string> {
  return run(shell, argv, { observes: true, stdin });
}

/** The same for an sh script. @throws CommandError */
export function inspect(shell: Shell, script: string, ...args: readonly string[]): Promise<string> {
  return observe(shell, ["sh", "-c", script, "sh", ...args]);
}

/**
 * A shell that records every command, except those whose caller only observes. Namespaces that a command enters are
 * network namespaces of containers.
 */
export function recordingShell(shell: Shell, steps: Step[]): Shell {
  return {
    ...shell,
    exec: async (argv, options) => {
      const enter = options?.enter?.namespaces.flatMap((file) => ["nsenter", `--net=${file}`, "--"]) ?? [];
      const step: Step = {
        argv: [...enter, ...argv],
        stdin: decodeStdin(options?.stdin ?? ""),
        env: options?.env ?? {},
        start: Date.now() / 1000,
        end: null,
        output: null,
      };
      if (options?.observes !== true) steps.push(step);
      step.output = await shell.exec(argv, options);
      step.end = Date.now() / 1000;
      return step.output;
    },
  };
}

function decodeStdin(stdin: NonNullable<ExecOptions["stdin"]>): string {
  return typeof stdin === "string" ? stdin : new TextDecoder().decode(stdin);
}
