/**
 * Installs the prerequisites of virtual machines, including the image. Tests are skipped with a reason if that
 * fails.
 */
import { EnvironmentError, UsageError } from "../../../core/errors.ts";
import { fetchTools } from "../../../tools/fetch.ts";
import { vm } from "../../../clusters/vm/vm.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

export const skipReason: string | null = await prepare();
if (skipReason !== null) console.error(`skipping tests of virtual machines: ${skipReason}`);

async function prepare(): Promise<string | null> {
  const onProgress = (line: string): void => console.error(line);
  try {
    await fetchTools(host, ["qemu", "ssh", "mmdebstrap", "cni-plugins"], { onProgress });
    await vm.setup(host, { onProgress });
    const problems = await vm.check(host, { nodes: 2, underlayMtu: 1500 });
    return problems.length === 0 ? null : problems.map(({ message }) => message).join("; ");
  } catch (error) {
    if (error instanceof EnvironmentError || error instanceof UsageError) return error.message;
    throw error;
  }
}
