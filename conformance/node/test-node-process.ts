/** The first process of a test node, which gives it its own directories and an uplink. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { CommandError, type Process, type Shell } from "../../core/shell.ts";
import { within } from "../../core/wait.ts";

/** A test node that was never removed ends after this time. */
const MAX_LIFETIME_S = 900;

/** Seconds until a new test node must be ready. */
const START_TIMEOUT_S = 60;

const NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"] as const;

/** While the process runs, the namespaces exist. */
interface NodeProcess {
  readonly pid: string;
  readonly process: Process;
}

/**
 * Starts the namespaces, and waits until they are ready.
 * @param network sh script that creates the network of the node
 * @param stateDirs directories, in addition to /run and /tmp, in which plugins keep files
 * @throws EnvironmentError when the node does not allow namespaces
 */
export async function startNamespaces(
  node: Shell,
  network: string,
  stateDirs: readonly string[],
): Promise<NodeProcess> {
  const program = readFileSync(join(packageRoot(), "conformance/node/test-node-init.pl"), "utf8");
  const init = ["perl", "-e", program, String(MAX_LIFETIME_S), network, ...stateDirs];
  let printed = "";
  let onReady: (pid: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => (onReady = resolve));
  const process = node.start([...NAMESPACES, ...init], {
    stdin: "",
    onStdout: (chunk) => {
      printed += new TextDecoder().decode(chunk);
      const [, pid] = /^(\d+)\n/m.exec(printed) ?? [];
      if (pid !== undefined) onReady(pid);
    },
  });
  const failure = process.done.then((output) => {
    const reason = new CommandError(output).message.split(": ").at(-1);
    throw new EnvironmentError(
      `cannot create namespaces for a conformance test on ${node.name} (${reason}); run it where unshare is allowed`,
    );
  });
  failure.catch(() => undefined); // it also ends when the node is removed
  const pid = await within(
    START_TIMEOUT_S,
    Promise.race([ready, failure]),
    () => `no test node on ${node.name} started`,
  );
  return { pid, process };
}
