/** `cnibench lab`: starts nodes with a plugin and pods, opens a shell or runs a command, and removes everything. */
import { rmSync } from "node:fs";
import { delimiter } from "node:path";
import type { Cluster, ClusterKind, ClusterSpec } from "../../clusters/index.ts";
import { EnvironmentError, UsageErrors, formatProblem } from "../../core/errors.ts";
import type { Family } from "../../core/model.ts";
import type { Host } from "../../core/host.ts";
import { runOnTerminal } from "../../core/local.ts";
import { makeTempDir } from "../../core/temp-dir.ts";
import {
  cannotDeploy,
  clusterSpecFor,
  deployPlugin,
  deployTools,
  findAllAssets,
  type DeployedPod,
  probeKernel,
} from "../../engine/index.ts";
import type { Plugin } from "../../plugins/index.ts";
import { chooseCluster, type ClusterFlags } from "../flags/choose-cluster.ts";
import { describeLabCommands, type LabCommand, labCommands, writeLabCommands } from "./lab-commands.ts";
import { warnIfEmulated } from "../terminal/before-run.ts";
import { EXIT } from "../exit-code.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { chooseOnePlugin, type PluginFlags } from "../flags/plugins.ts";
import { requireNoProblems } from "../../core/errors.ts";
import { prepareKind, requireTools } from "../tools.ts";

/** Usable addresses of a /24, without the network, broadcast and gateway addresses. */
const ADDRESSES_PER_NODE = 253;

export interface LabFlags extends ClusterFlags, PluginFlags {
  readonly pods: number;
  readonly family: Family;
  readonly yes?: boolean;
}

interface LabRequest {
  readonly kind: ClusterKind;
  readonly spec: ClusterSpec;
  readonly plugin: Plugin;
  readonly binDirs: readonly string[];
}

/**
 * @param command runs on this host, where the commands of the lab are on PATH; empty to open a shell
 * @returns the exit status of `command`
 */
export async function labCommand(
  host: Host,
  name: string,
  flags: LabFlags,
  command: readonly string[] = [],
): Promise<number> {
  const request = readFlags(name, flags);
  return interruptible(host, async (interruptibleHost) => {
    await prepareKind(interruptibleHost, request.kind, flags);
    const tools = deployTools(interruptibleHost, request.kind, [request.plugin], request.binDirs);
    await requireTools(interruptibleHost, tools, flags.yes ?? false);
    await requireDeployable(interruptibleHost, request, flags.family);
    const cluster = await request.kind.create(interruptibleHost, clusterSpecFor(request.spec, request.plugin));
    try {
      const pods = await deployPods(interruptibleHost, request, flags, cluster);
      return await useLab(interruptibleHost, labCommands(cluster, pods), command);
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  });
}

function readFlags(name: string, flags: LabFlags): LabRequest {
  const problems: string[] = [];
  const { kind, spec } = chooseCluster(flags, problems);
  const { plugin, binDirs } = chooseOnePlugin(name, flags, problems);
  const addresses = ADDRESSES_PER_NODE * flags.nodes;
  const limit = plugin?.bare?.podLimit;
  const maxPods = (limit?.pods ?? Infinity) * flags.nodes;
  if (flags.pods > maxPods)
    problems.push(
      `--pods ${flags.pods}: ${name} supports at most ${maxPods} on ${flags.nodes} nodes (${limit?.reason}); ` +
        "use fewer pods or more --nodes",
    );
  if (flags.pods > addresses)
    problems.push(
      `--pods ${flags.pods}: the /24 ranges of ${flags.nodes} nodes have only ${addresses} addresses; ` +
        "use fewer pods or more --nodes",
    );
  if (problems.length > 0 || plugin === undefined)
    throw new UsageErrors(
      problems.length > 0
        ? problems
        : ['"host" is the baseline, not a plugin; run "cnibench list plugins" for the plugins'],
    );
  return { kind, spec, plugin, binDirs };
}

/** Checks the host and the kernel. @throws EnvironmentError; the signal's reason */
async function requireDeployable(host: Host, { kind, spec, plugin }: LabRequest, family: Family): Promise<void> {
  requireNoProblems(await kind.check(host, spec));
  await warnIfEmulated(host, kind, spec);
  const missingFeatures = await probeKernel(host, kind, spec, { plugins: [plugin], families: [family] });
  const reason = cannotDeploy(plugin, family, { ...kind, missingFeatures });
  if (reason !== undefined)
    throw new EnvironmentError(`${plugin.name} cannot be deployed: ${reason}; try another plugin or --family`);
}

async function deployPods(
  host: Host,
  { kind, plugin, binDirs }: LabRequest,
  { family, pods }: LabFlags,
  cluster: Cluster,
): Promise<DeployedPod[]> {
  const { assets, problems } = findAllAssets(host, [plugin], kind.api, binDirs);
  const [found] = assets;
  if (found === undefined) throw new EnvironmentError(problems.map(formatProblem).join("\n"));
  const deployment = await deployPlugin(host, found, cluster, { family });
  const created: DeployedPod[] = [];
  for (let i = 0; i < pods; i++) {
    host.signal.throwIfAborted();
    created.push(await deployment.addPod(i % cluster.nodes.length));
  }
  return created;
}

/** Runs the command; without one, opens a shell if there is a terminal, or waits until standard input ends. */
async function useLab(host: Host, commands: readonly LabCommand[], command: readonly string[]): Promise<number> {
  const dir = makeTempDir(host, "lab");
  try {
    writeLabCommands(dir, commands);
    const env = { ...host.env, PATH: `${dir}${delimiter}${host.env.PATH ?? ""}` };
    if (command.length > 0) return await runOnTerminal(command, { ...host, env });
    process.stdout.write(describeLabCommands(dir, commands));
    if (process.stdin.isTTY && process.stdout.isTTY) {
      process.stderr.write("shell with these commands; exit to remove the lab\n");
      await runOnTerminal([host.env.SHELL ?? "sh"], { ...host, env });
    } else {
      process.stderr.write("press Ctrl-C or close standard input to remove the lab\n");
      await stdinEnd(host.signal);
    }
    return EXIT.success;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function stdinEnd(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const { stdin } = process;
    const done = (): void => {
      stdin.pause();
      resolve();
    };
    for (const event of ["end", "close", "error"]) stdin.once(event, done);
    signal.addEventListener("abort", done, { once: true });
    stdin.resume();
  });
}
