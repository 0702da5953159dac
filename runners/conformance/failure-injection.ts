/** Executions that must fail whatever the plugin is, and executions with nonsense: material for clauses about failures. */
import type { Invocation } from "../../cni/types.ts";
import { installFakeIpam } from "./fake-ipam.ts";
import { doesNothing } from "./plugin-under-test.ts";
import type { Attachment, ClauseContext } from "./clause-context.ts";

export interface InjectedCall {
  readonly what: string;
  readonly call: Invocation;
  /** Whether the plugin could know the version of the request when it failed. */
  readonly requestDecoded: boolean;
}

/** Wrong parameters, wrong configurations, an impossible namespace. */
export async function injectFailures(context: ClauseContext): Promise<readonly InjectedCall[]> {
  const target = await context.createContainer();
  const forced: InjectedCall[] = [];
  const add = async (
    what: string,
    decoded: boolean,
    changes: Parameters<ClauseContext["invokeTarget"]>[2],
  ): Promise<void> => {
    forced.push({ what, requestDecoded: decoded, call: await context.invokeTarget("ADD", target, changes) });
  };
  await add("no CNI_COMMAND", false, { env: { CNI_COMMAND: undefined } });
  await add("an unknown CNI_COMMAND", false, { env: { CNI_COMMAND: "FOO" } });
  await add("a configuration that is no JSON", false, { stdin: "{" });
  await add("a configuration without name", true, { request: (request) => ({ ...request, name: "" }) });
  await add("an unsupported cniVersion", false, { request: (request) => ({ ...request, cniVersion: "9.9.9" }) });
  if (context.atLeast("0.4.0")) await add("no CNI_CONTAINERID", false, { env: { CNI_CONTAINERID: "" } });
  if (!context.underTest.kinds.includes("ipam") && !doesNothing(context.underTest))
    await add("a CNI_NETNS that is nowhere", true, { env: { CNI_NETNS: "/run/netns/nowhere" } });
  if (context.underTest.kinds.includes("interface")) forced.push(await addOverExistingLink(context));
  if (context.underTest.kinds.includes("delegating")) forced.push(await addWithSilentDelegate(context));
  return forced;
}

async function addOverExistingLink(context: ClauseContext): Promise<InjectedCall> {
  const target = await context.createContainer();
  await target.container.shell.exec(["ip", "link", "add", "dev", target.ifName, "type", "bridge"]);
  return {
    what: "an interface of that name in the container",
    requestDecoded: true,
    call: await context.invokeTarget("ADD", target),
  };
}

async function addWithSilentDelegate(context: ClauseContext): Promise<InjectedCall> {
  const double = await installFakeIpam(context);
  await double.setResponse("ADD", 3);
  return {
    what: "an IPAM plugin that fails without a word",
    requestDecoded: true,
    call: await double.context.invokeTarget("ADD", await double.context.createContainer()),
  };
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

/** Every operation with nonsense; a correct plugin fails most of them, and crashes at none. */
export async function fuzzOperations(context: ClauseContext): Promise<readonly InjectedCall[]> {
  const target: Attachment = await context.createContainer();
  const forced: InjectedCall[] = [];
  for (const operation of ["ADD", "DEL", "CHECK", "VERSION"] as const) {
    for (const stdin of MALFORMED_INPUTS) {
      forced.push({
        what: `${operation} with input ${JSON.stringify(stdin.slice(0, 20))}`,
        requestDecoded: false,
        call: await context.invokeTarget(operation, target, { stdin }),
      });
    }
  }
  const odd = { args: { cni: { mtu: 1, sysctl: { a: "b" }, ips: "x", mac: 1 } } };
  for (const operation of ["ADD", "DEL"] as const) {
    const call = await context.invokeTarget(operation, target, { request: (request) => ({ ...request, ...odd }) });
    forced.push({ what: `${operation} with odd args`, requestDecoded: true, call });
  }
  return forced;
}
