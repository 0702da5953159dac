/** What a command prints. */
import { onTestFinished, vi } from "vitest";

export interface Terminal {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/**
 * Captures standard output and standard error until the end of the test.
 * @param onWrite called with each text that is written to standard error
 */
export function captureTerminal(onWrite: (text: string) => void = () => undefined): Terminal {
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    const spy = vi.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += String(text);
      if (name === "stderr") onWrite(String(text));
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  return { stdout: () => printed.stdout, stderr: () => printed.stderr };
}
