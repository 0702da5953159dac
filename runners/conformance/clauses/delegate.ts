/** Delegation: what an upper plugin hands to its IPAM plugin, and what it makes of the answer. */
import { deepEqual } from "../compare.ts";
import type { Invocation, Operation } from "../../../cni/types.ts";
import { parseJson } from "../../../cni/json.ts";
import { succeeded } from "../../../core/shell.ts";
import { parseObject, describeCall } from "../plugin-output.ts";
import { demand, skipUnless, type Clause } from "../clause.ts";
import { FAKE_IPAM, STDERR_MARKER, installFakeIpam, type FakeIpam, type FakeIpamCall } from "../fake-ipam.ts";
import type { Attachment, Overrides, ClauseContext } from "../clause-context.ts";
import { readNamespaces } from "../observed.ts";

/** A correct execution with something in every place that could get lost on the way. */
function marked(ofNetwork: boolean): Overrides {
  return {
    env: { CNIBENCH_FOO: "bar", ...(ofNetwork ? {} : { CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAME=x" }) },
    request: (request) => ({ ...request, cnibenchUnknown: [1], args: { cni: { cnibench: "x" } } }),
    ...(ofNetwork ? { valid: [] } : {}),
  };
}

/** Every operation of the version on one attachment; what the upper plugin got beside what the double got. */
async function pairs(
  context: ClauseContext,
): Promise<readonly { readonly upper: Invocation; readonly seen: readonly FakeIpamCall[] }[]> {
  const fakeIpam = await installFakeIpam(context);
  const { context: upper } = fakeIpam;
  const result: { upper: Invocation; seen: readonly FakeIpamCall[] }[] = [];
  const step = async (operation: Operation, attached: Attachment | null): Promise<Invocation> => {
    const before = (await fakeIpam.calls()).length;
    const call = await upper.invokeTarget(operation, attached, marked(attached === null));
    result.push({ upper: call, seen: (await fakeIpam.calls()).slice(before) });
    return call;
  };
  const target = await upper.createContainer();
  const added = await step("ADD", target);
  skipUnless(succeeded(added.output), `ADD with a test double as IPAM plugin fails: ${describeCall(added)}`);
  const attached = { ...target, raw: parseObject(added.output.stdout) };
  if (context.atLeast("0.4.0")) await step("CHECK", attached);
  if (context.atLeast("1.1.0")) for (const operation of ["STATUS", "GC"] as const) await step(operation, null);
  await step("DEL", attached);
  return result;
}

async function sameEnvironment(context: ClauseContext): Promise<void> {
  for (const { upper, seen } of await pairs(context)) {
    for (const call of seen) {
      for (const [name, value] of Object.entries(upper.env)) {
        demand(
          (call.env[name] ?? "") === (value ?? ""),
          `${name}=${value ?? ""} at the IPAM plugin on ${upper.command}, as the upper plugin got it`,
          call.env[name] ?? "(unset)",
        );
      }
    }
  }
}

async function sameCommand(context: ClauseContext): Promise<void> {
  for (const { upper, seen } of await pairs(context)) {
    for (const { command } of seen)
      demand(command === upper.command, `the IPAM plugin to be called with ${upper.command}`, command);
  }
}

async function sameConfig(context: ClauseContext): Promise<void> {
  for (const { upper, seen } of await pairs(context)) {
    for (const { request } of seen)
      demand(
        deepEqual(request, parseJson(upper.request)),
        `the IPAM plugin to get the whole configuration on ${upper.command}`,
        JSON.stringify(request).slice(0, 400),
        [`the upper plugin got ${upper.request.slice(0, 800)}`],
      );
  }
}

/** @throws Deviation unless the double was called exactly once for the operation. */
async function oncePer(context: ClauseContext, operation: Operation): Promise<void> {
  const pair = (await pairs(context)).find(({ upper }) => upper.command === operation);
  skipUnless(pair !== undefined, `there is no ${operation}`);
  const count = pair.seen.filter(({ command }) => command === operation).length;
  demand(count === 1, `one ${operation} of the IPAM plugin for one ${operation}`, String(count));
}

/** With the list of attachments: without it, the IPAM plugin cannot know what to keep. */
async function forwardsGc(context: ClauseContext): Promise<void> {
  await oncePer(context, "GC");
  const { upper, seen } = (await pairs(context)).find((pair) => pair.upper.command === "GC") ?? {
    upper: null,
    seen: [],
  };
  const request = seen[0]?.request ?? null;
  demand(
    upper !== null && deepEqual(request, parseJson(upper.request)),
    "the IPAM plugin to get the same request for GC",
    JSON.stringify(request).slice(0, 400),
  );
}

async function searchesPath(context: ClauseContext): Promise<void> {
  const { context: upper, dir: folder } = await installFakeIpam(context);
  const rest = context.underTest.pluginPath.join(":");
  const target = await upper.createContainer();
  const second = await upper.invokeTarget("ADD", target, { env: { CNI_PATH: `/nonexistent:${folder}:${rest}` } });
  demand(
    succeeded(second.output),
    "the IPAM plugin to be found in the second folder of CNI_PATH",
    describeCall(second),
  );
  const nowhere = await upper.invokeTarget("ADD", await upper.createContainer(), { env: { CNI_PATH: "/nonexistent" } });
  demand(!succeeded(nowhere.output), `ADD to fail when ${FAKE_IPAM} is in no folder of CNI_PATH`, "exit code 0");
}

async function passesStderr(context: ClauseContext): Promise<void> {
  const { context: upper } = await installFakeIpam(context);
  const call = await upper.invokeTarget("ADD", await upper.createContainer());
  skipUnless(succeeded(call.output), `ADD with a test double as IPAM plugin fails: ${describeCall(call)}`);
  demand(
    call.output.stderr.includes(STDERR_MARKER),
    "the IPAM plugin's standard error on that of the upper plugin",
    call.output.stderr.slice(0, 200) || "nothing",
  );
}

async function appliesAnswer(context: ClauseContext): Promise<void> {
  const { context: upper } = await installFakeIpam(context);
  const added = await upper.add();
  const [inside, node] = await readNamespaces(upper, added);
  demand(
    inside.addresses.some(({ cidr, link }) => cidr === "10.250.0.2/24" && link === added.ifName) ||
      inside.addresses.some(({ cidr }) => cidr === "10.250.0.2/32"),
    "the address 10.250.0.2 of the IPAM plugin in the container",
    inside.addresses.map(({ cidr }) => cidr).join(", "),
  );
  demand(
    inside.routes.some(({ dst, gw }) => dst === "0.0.0.0/0" && gw === "10.250.0.1"),
    "the default route of the IPAM plugin in the container",
    inside.routes.map(({ dst }) => dst).join(", "),
  );
  demand(
    added.result.ips.some(({ address }) => address.startsWith("10.250.0.2/")),
    "the address 10.250.0.2 in the result",
    JSON.stringify(added.result.ips),
  );
  if (!context.underTest.gateway) return;
  demand(
    node.addresses.some(({ cidr }) => cidr.startsWith("10.250.0.1/")),
    "the gateway 10.250.0.1 of the IPAM plugin on the node",
    node.addresses.map(({ cidr }) => cidr).join(", "),
  );
}

async function delReaches(context: ClauseContext): Promise<void> {
  await oncePer(context, "DEL");
  await delReachesWhen(await installFakeIpam(context), "the link is gone", {}, (added) => [
    "ip",
    "link",
    "delete",
    "dev",
    added.ifName,
  ]);
  if (context.atLeast("0.4.0"))
    await delReachesWhen(await installFakeIpam(context), "CNI_NETNS is empty", { CNI_NETNS: "" }, () => ["true"]);
}

async function delReachesWhen(
  fakeIpam: FakeIpam,
  when: string,
  env: Readonly<Record<string, string>>,
  deed: (added: { readonly ifName: string }) => readonly string[],
): Promise<void> {
  const added = await fakeIpam.context.add();
  await added.container.shell.exec(deed(added));
  const before = (await fakeIpam.calls()).length;
  await fakeIpam.context.invokeTarget("DEL", added, { env });
  const seen = (await fakeIpam.calls()).slice(before).filter(({ command }) => command === "DEL");
  demand(seen.length > 0, `DEL of the IPAM plugin also when ${when}`, "none");
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
    test: sameEnvironment,
  },
  {
    id: "dlg.command",
    level: "derived",
    kinds: KINDS,
    section: SECTION,
    sentence: "The IPAM plugin is executed with the same operation as the calling plugin.",
    test: sameCommand,
  },
  {
    id: "dlg.config",
    level: "MUST",
    kinds: KINDS,
    section: SECTION,
    sentence: "The IPAM plugin receives the complete network configuration.",
    test: sameConfig,
  },
  {
    id: "dlg.path",
    level: "SHOULD",
    since: "1.0.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "The calling plugin searches the directories of CNI_PATH for the IPAM plugin.",
    test: searchesPath,
  },
  {
    id: "dlg.stderr",
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
    test: appliesAnswer,
  },
  {
    id: "dlg.check",
    level: "MUST",
    earlier: { before: "1.0.0", level: "SHOULD" },
    since: "0.4.0",
    kinds: KINDS,
    section: SECTION,
    sentence: "CHECK executes CHECK of the IPAM plugin.",
    test: (context) => oncePer(context, "CHECK"),
  },
  {
    id: "dlg.del",
    level: "MUST",
    earlier: { before: "1.0.0", level: "SHOULD" },
    kinds: KINDS,
    section: SECTION,
    sentence: "DEL executes DEL of the IPAM plugin, even when the link or the namespace no longer exists.",
    test: delReaches,
  },
  {
    id: "gc.delegates",
    level: "MUST",
    since: "1.1.0",
    kinds: KINDS,
    section: "2-GC",
    sentence: "GC executes GC of the IPAM plugin with the same request.",
    test: forwardsGc,
  },
  {
    id: "status.delegates",
    level: "MUST",
    since: "1.1.0",
    kinds: KINDS,
    section: "2-STATUS",
    sentence: "STATUS executes STATUS of the IPAM plugin.",
    test: (context) => oncePer(context, "STATUS"),
  },
] as const satisfies readonly Clause[];
