/** Calls that every plugin must reject, and calls with malformed input: inputs for clauses about failures. */
import type { Invocation } from "../../cni/index.ts";
import type { ClauseContext } from "./clause-context.ts";
import type { TestAttachment } from "./attachment.ts";
import { installFakeIpam } from "./fake-ipam.ts";
import { oncePerNetwork } from "./once-per-network.ts";
import { changesContainer } from "./container-effect.ts";

export interface InjectedCall {
  readonly what: string;
  readonly call: Invocation;
  /** Whether the plugin could read the cniVersion of the request before it failed. */
  readonly requestDecoded: boolean;
}

/** Calls with wrong parameters, wrong configurations and an impossible namespace, made once for all clauses. */
export async function injectFailures(context: ClauseContext): Promise<readonly InjectedCall[]> {
  return oncePerNetwork(context, "failures", () => callWithFailures(context));
}

async function callWithFailures(context: ClauseContext): Promise<readonly InjectedCall[]> {
  const target = await context.createContainer();
  const { kinds } = context.underTest;
  const calls: InjectedCall[] = [];
  const add = async (
    what: string,
    requestDecoded: boolean,
    overrides: Parameters<ClauseContext["invokeTarget"]>[2],
  ): Promise<void> => {
    calls.push({ what, requestDecoded, call: await context.invokeTarget("ADD", target, overrides) });
  };
  await add("no CNI_COMMAND", false, { env: { CNI_COMMAND: undefined } });
  await add("an unknown CNI_COMMAND", false, { env: { CNI_COMMAND: "FOO" } });
  await add("a configuration that is not JSON", false, { stdin: "{" });
  await add("a configuration without name", true, { request: (request) => ({ ...request, name: "" }) });
  await add("an unsupported cniVersion", false, { request: (request) => ({ ...request, cniVersion: "9.9.9" }) });
  if (context.atLeast("0.4.0")) await add("no CNI_CONTAINERID", false, { env: { CNI_CONTAINERID: "" } });
  if (!kinds.includes("ipam") && (await changesContainer(context)))
    await add("a CNI_NETNS that does not exist", true, { env: { CNI_NETNS: "/run/netns/nowhere" } });
  if (kinds.includes("interface")) calls.push(await addOverExistingLink(context));
  if (kinds.includes("delegating")) calls.push(await addWithSilentDelegate(context));
  return calls;
}

async function addOverExistingLink(context: ClauseContext): Promise<InjectedCall> {
  const target = await context.createContainer();
  await target.container.shell.exec(["ip", "link", "add", "dev", target.ifName, "type", "bridge"]);
  const call = await context.invokeTarget("ADD", target);
  return { what: "an existing interface of that name in the container", requestDecoded: true, call };
}

async function addWithSilentDelegate(context: ClauseContext): Promise<InjectedCall> {
  const fakeIpam = await installFakeIpam(context);
  await fakeIpam.setResponse("ADD", 3);
  const call = await fakeIpam.context.invokeTarget("ADD", await fakeIpam.context.createContainer());
  return { what: "an IPAM plugin that fails without output", requestDecoded: true, call };
}

/** Inputs that no runtime sends. */
const MALFORMED_INPUTS = [
  "",
  "{",
  "{}",
  "{}x",
  "[]",
  "null",
  "1",
  `"s"`,
  "\ufeff{}",
  `{"cniVersion":1}`,
  `{"cniVersion":"1.0.0","name":[]}`,
  "\u0001\u0002",
  "[".repeat(5000),
];

/**
 * Calls every operation with malformed input, once for all clauses. A correct plugin rejects most of it, and never
 * crashes.
 */
export async function fuzzOperations(context: ClauseContext): Promise<readonly InjectedCall[]> {
  return oncePerNetwork(context, "malformed input", () => callWithMalformedInput(context));
}

async function callWithMalformedInput(context: ClauseContext): Promise<readonly InjectedCall[]> {
  const target: TestAttachment = await context.createContainer();
  const calls: InjectedCall[] = [];
  for (const operation of ["ADD", "DEL", "CHECK", "VERSION"] as const) {
    for (const stdin of MALFORMED_INPUTS) {
      const what = `${operation} with input ${JSON.stringify(stdin.slice(0, 20))}`;
      calls.push({ what, requestDecoded: false, call: await context.invokeTarget(operation, target, { stdin }) });
    }
  }
  const oddArgs = { args: { cni: { mtu: 1, sysctl: { a: "b" }, ips: "x", mac: 1 } } };
  for (const operation of ["ADD", "DEL"] as const) {
    const call = await context.invokeTarget(operation, target, { request: (request) => ({ ...request, ...oddArgs }) });
    calls.push({ what: `${operation} with odd args`, requestDecoded: true, call });
  }
  return calls;
}
