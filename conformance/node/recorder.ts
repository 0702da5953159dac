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
        output: null,
      };
      if (options?.observes !== true) steps.push(step);
      step.output = await shell.exec(argv, options);
      return step.output;
    },
  };
}

function decodeStdin(stdin: NonNullable<ExecOptions["stdin"]>): string {
  return typeof stdin === "string" ? stdin : new TextDecoder().decode(stdin);
}
