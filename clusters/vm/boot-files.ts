/** Checks the files that the user chose for the nodes to boot. */
import { accessSync, constants, statSync } from "node:fs";
import { messageOf } from "../../core/errors.ts";

/** Paths; null: not chosen. */
export interface BootFiles {
  readonly image: string | null;
  readonly kernel: string | null;
  readonly initrd: string | null;
}

/** Returns one sentence for each file that cannot be read and each required file that is missing. */
export function bootFileProblems({ image, kernel, initrd }: BootFiles): string[] {
  const problems = Object.entries({ "--vm-image": image, "--vm-kernel": kernel, "--vm-initrd": initrd }).flatMap(
    ([flag, file]) => {
      const problem = file === null ? null : fileProblem(file);
      return problem === null ? [] : [`${flag} ${file}: ${problem}`];
    },
  );
  if (kernel !== null) return problems;
  if (image !== null)
    problems.push(
      "--vm-image requires --vm-kernel, the kernel whose modules are in the image (and usually --vm-initrd)",
    );
  else if (initrd !== null) problems.push("--vm-initrd requires --vm-kernel, the kernel that it was built for");
  return problems;
}

/** Returns null for a file that can be read. */
function fileProblem(file: string): string | null {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return "not found; check the path";
    if (!found.isFile()) return "not a regular file; check the path";
    accessSync(file, constants.R_OK);
    return null;
  } catch (error) {
    return `not readable (${messageOf(error)}); check the path and its permissions`;
  }
}
