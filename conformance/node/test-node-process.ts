/** Starts the first process of a test node, and creates the namespaces of its containers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, lastLine } from "../../core/errors.ts";
import { packageRoot } from "../../core/paths.ts";
import { describeEnd, type ExecOptions, type Process, run, type Shell } from "../../core/shell.ts";
import { within } from "../../core/wait.ts";
import type { Loopback } from "./test-container.ts";

/** A test node that was never removed ends after this time. */
const MAX_LIFETIME_S = 900;

/** Seconds until a new test node must be ready. */
const START_TIMEOUT_S = 60;

/** Every test needs a node and containers, and starting perl would take longer than creating one. */
const IN_AGENT: ExecOptions = { enter: { namespaces: [], interpret: true } };

/** While the process runs, the namespaces exist. */
interface NodeProcess {
  readonly pid: string;
  readonly process: Process;
}

/** What to create in the namespaces. */
export interface NodeSetup {
  /** IPv4 addresses of the uplink and of its other end. */
  readonly uplink: readonly [address: string, gateway: string];
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
export async function startNamespaces(node: Shell, { uplink, stateDirs, container }: NodeSetup): Promise<NodeProcess> {
  const names = [container?.name ?? "", container?.loopback ?? ""];
  const init = [...perl(readProgram("uplink.pl"), readProgram("test-node-init.pl")), String(MAX_LIFETIME_S)];
  let printed = "";
  let onReady: (pid: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => (onReady = resolve));
  const process = node.start([...init, ...uplink, ...names, ...stateDirs], {
    ...IN_AGENT,
    stdin: "",
    onStdout: (chunk) => {
      printed += new TextDecoder().decode(chunk);
      const [, pid] = /^(\d+)\n/m.exec(printed) ?? [];
      if (pid !== undefined) onReady(pid);
    },
  });
  const failure = process.done.then((output) => {
    const reason = lastLine(output.stderr) || describeEnd(output);
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
  await run(node, [...perl("create_container(@ARGV);"), name, loopback], IN_AGENT);
}

function perl(...parts: readonly string[]): readonly string[] {
  return ["perl", "-e", [readProgram("namespaces.pl"), ...parts].join("\n")];
}

function readProgram(name: string): string {
  return readFileSync(join(packageRoot(), "conformance/node", name), "utf8");
}
