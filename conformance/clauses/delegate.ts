/** Delegation: the input of the IPAM plugin, and the use of its result by the calling plugin. */
import { type Invocation, type Operation, parseJson } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import type { Clause } from "./clause.ts";
import { demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestAttachment, Overrides } from "./attachment.ts";
import { deepEqual } from "./compare.ts";
import { FAKE_IPAM, STDERR_MARKER, installFakeIpam, type FakeIpamCall } from "./fake-ipam.ts";
import { readNamespaces } from "../node/observed.ts";
import { describeCall } from "./call-output.ts";
import { withResult } from "./with-result.ts";

/** One operation of the calling plugin, and the calls of its IPAM plugin during it. */
export interface DelegatedOperation {
  readonly calling: Invocation;
  readonly delegated: readonly FakeIpamCall[];
}

/** Adds recognizable values to everything that must reach the IPAM plugin: environment, CNI_ARGS, keys, args. */
function markedRequest(attachment: TestAttachment | null): Overrides {
  return {
    env: { CNIBENCH_FOO: "bar", ...(attachment === null ? {} : { CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAME=x" }) },
    request: (request) => ({ ...request, cnibenchUnknown: [1], args: { cni: { cnibench: "x" } } }),
    ...(attachment === null ? { valid: [] } : {}),
  };
}

/**
 * Runs every operation of the version on one attachment, with a fake IPAM plugin.
 * @param env additional environment of the calling plugin
 * @throws Skip when ADD fails
 */
export async function delegatedOperations(
  context: ClauseContext,
  env: NonNullable<Overrides["env"]> = {},
): Promise<readonly DelegatedOperation[]> {
  const fakeIpam = await installFakeIpam(context);
  const operations: DelegatedOperation[] = [];
  const runOperation = async (operation: Operation, attachment: TestAttachment | null): Promise<Invocation> => {
    const before = (await fakeIpam.calls()).length;
    const marked = markedRequest(attachment);
    const overrides = { ...marked, env: { ...marked.env, ...env } };
    const calling = await fakeIpam.context.invokeTarget(operation, attachment, overrides);
    operations.push({ calling, delegated: (await fakeIpam.calls()).slice(before) });
    return calling;
  };
  const target = await fakeIpam.context.createContainer();
  const added = await runOperation("ADD", target);
  skipUnless(succeeded(added.output), `ADD with a fake IPAM plugin fails: ${describeCall(added)}`);
  const attached = withResult(target, added);
  if (context.canCheck(attached)) await runOperation("CHECK", attached);
  if (context.atLeast("1.1.0")) {
    await runOperation("STATUS", null);
    await runOperation("GC", null);
  }
  await runOperation("DEL", attached);
  return operations;
}

async function passesEnvironment(context: ClauseContext): Promise<void> {
  for (const { calling, delegated } of await delegatedOperations(context)) {
    for (const { env } of delegated) {
      for (const [name, value = ""] of Object.entries(calling.env)) {
        demand(
          (env[name] ?? "") === value,
          `${name}=${value} in the environment of the IPAM plugin for ${calling.command}`,
          env[name] ?? "(unset)",
        );
      }
    }
  }
}

async function passesCommand(context: ClauseContext): Promise<void> {
  for (const { calling, delegated } of await delegatedOperations(context)) {
    for (const { command } of delegated)
      demand(command === calling.command, `${calling.command} of the IPAM plugin`, command);
  }
}

async function passesConfig(context: ClauseContext): Promise<void> {
  for (const { calling, delegated } of await delegatedOperations(context)) {
    for (const { request } of delegated)
      demand(
        deepEqual(request, parseJson(calling.request)),
        `the IPAM plugin to receive the complete configuration for ${calling.command}`,
        JSON.stringify(request).slice(0, 400),
        [`the calling plugin received ${calling.request.slice(0, 800)}`],
      );
  }
}

async function searchesPath(context: ClauseContext): Promise<void> {
  const { context: calling, dir } = await installFakeIpam(context);
  const rest = context.underTest.pluginPath.join(":");
  const target = await calling.createContainer();
  const found = await calling.invokeTarget("ADD", target, { env: { CNI_PATH: `/nonexistent:${dir}:${rest}` } });
  demand(
    succeeded(found.output),
    "the IPAM plugin to be found in the second directory of CNI_PATH",
    describeCall(found),
  );
  const missing = await calling.invokeTarget("ADD", await calling.createContainer(), {
    env: { CNI_PATH: "/nonexistent" },
  });
  demand(!succeeded(missing.output), `ADD to fail when ${FAKE_IPAM} is in no directory of CNI_PATH`, "exit code 0");
}

async function passesStderr(context: ClauseContext): Promise<void> {
  const { context: calling } = await installFakeIpam(context);
  const call = await calling.invokeTarget("ADD", await calling.createContainer());
  skipUnless(succeeded(call.output), `ADD with a fake IPAM plugin fails: ${describeCall(call)}`);
  demand(
    call.output.stderr.includes(STDERR_MARKER),
    "the standard error of the IPAM plugin in that of the calling plugin",
    call.output.stderr.slice(0, 200) || "nothing",
  );
}

async function appliesResult(context: ClauseContext): Promise<void> {
  const { context: calling } = await installFakeIpam(context);
  const added = await calling.add();
  const [inside, node] = await readNamespaces(calling, added);
  const addresses = inside.addresses.map(({ cidr }) => cidr);
  demand(
    inside.addresses.some(({ cidr, link }) => cidr === "10.250.0.2/24" && link === added.ifName) ||
      addresses.includes("10.250.0.2/32"),
    "the address 10.250.0.2 of the IPAM plugin in the container",
    addresses.join(", "),
  );
  // The route has no gw, so the plugin may choose one.
  const hops = ["10.250.0.1", ...added.result.routes.flatMap(({ dst, gw }) => (dst === "0.0.0.0/0" && gw) || [])];
  demand(
    inside.routes.some(({ dst, gw }) => dst === "0.0.0.0/0" && hops.includes(gw)),
    "the default route of the IPAM plugin in the container",
    inside.routes.map(({ dst }) => dst).join(", "),
  );
  demand(
    added.result.ips.some(({ address }) => address.startsWith("10.250.0.2/")),
    "the address 10.250.0.2 in the result",
    JSON.stringify(added.result.ips),
  );
  if (!context.underTest.gateway) return;
  const nodeAddresses = node.addresses.map(({ cidr }) => cidr);
  demand(
    nodeAddresses.some((cidr) => cidr.startsWith("10.250.0.1/")),
    "the gateway 10.250.0.1 of the IPAM plugin on the node",
    nodeAddresses.join(", "),
  );
}

const SECTION = "4";
const KINDS = ["delegating"] as const;

export const delegate = [
  {
    id: "dlg.env",
    level: "MUST",
    kinds: KINDS,
    section: SECTION,
    sentence: "The IPAM plugin receives the same environment as the calling plugin.",
    test: passesEnvironment,
  },
  {
    id: "dlg.command",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "The IPAM plugin is executed with the same operation as the calling plugin.",
    test: passesCommand,
  },
  {
    id: "dlg.config",
    level: "MUST",
    kinds: KINDS,
    section: SECTION,
    sentence: "The IPAM plugin receives the complete network configuration.",
    test: passesConfig,
  },
  {
    id: "dlg.path",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "1.0.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "The calling plugin searches the directories of CNI_PATH for the IPAM plugin.",
    test: searchesPath,
  },
  {
    id: "dlg.stderr",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "1.0.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "The calling plugin passes on the standard error of the IPAM plugin.",
    test: passesStderr,
  },
  {
    id: "dlg.apply",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "The calling plugin applies and returns the result of the IPAM plugin.",
    test: appliesResult,
  },
] as const satisfies readonly Clause[];
