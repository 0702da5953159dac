/** Starts the first process of a test node, and creates the namespaces of its containers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { CommandError, type Process, run, type Shell } from "../../core/shell.ts";
import { within } from "../../core/wait.ts";
import type { Loopback } from "./test-container.ts";

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

/** What to create in the namespaces. */
export interface NodeSetup {
  /** sh script that creates the network of the node. */
  readonly network: string;
  /** Directories, in addition to /run and /tmp, in which plugins keep files. */
  readonly stateDirs: readonly string[];
  /** A first container. Default: none. */
  readonly container?: ContainerNamespace;
}

/** A namespace in /run/netns of a test node. */
export interface ContainerNamespace {
  readonly name: string;
  readonly loopback: Loopback;
}

/**
 * Starts the namespaces, and waits until they are ready.
 * @throws EnvironmentError when the node does not allow namespaces
 */
export async function startNamespaces(node: Shell, { network, stateDirs, container }: NodeSetup): Promise<NodeProcess> {
  const names = [container?.name ?? "", container?.loopback ?? ""];
  const program = perlProgram(readProgram("test-node-init.pl"));
  const init = ["perl", "-e", program, String(MAX_LIFETIME_S), network, ...names, ...stateDirs];
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

/** Creates the namespace of a container. @throws CommandError */
export async function createNamespace(node: Shell, { name, loopback }: ContainerNamespace): Promise<void> {
  await run(node, ["perl", "-", name, loopback], { stdin: perlProgram("create_container(@ARGV);\n") });
}

function perlProgram(main: string): string {
  return `${readProgram("namespaces.pl")}\n${main}`;
}

function readProgram(name: string): string {
  return readFileSync(join(packageRoot(), "conformance/node", name), "utf8");
}
