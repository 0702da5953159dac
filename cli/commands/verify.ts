/** `cnibench verify`: compares stored runs and reports with the raw output that they came from. */
import { verifyPath } from "../../engine/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

/** @throws UsageError that names the first difference */
export async function verifyCommand(path: string, dirs: readonly string[]): Promise<ExitCode> {
  for (const { path: verified, checked, unchecked } of await verifyPath(path, dirs)) {
    const lines = [
      `${verified}: no difference`,
      ...checked.map((sentence) => `  checked: ${sentence}`),
      ...unchecked.map((sentence) => `  not checked: ${sentence}`),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  return EXIT.success;
}
