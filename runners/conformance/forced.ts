/** Executions that must fail whatever the plugin is, and executions with nonsense: material for clauses about failures. */
import type { Invocation } from "../../cni/types.ts";
import { installDouble } from "./double.ts";
import { doesNothing } from "./subject.ts";
import type { Attachment, Trial } from "./trial.ts";

export interface Forced {
  readonly what: string;
  readonly call: Invocation;
  /** Whether the plugin could know the version of the request when it failed. */
  readonly decoded: boolean;
}

/** Wrong parameters, wrong configurations, an impossible namespace. */
export async function forcedFailures(trial: Trial): Promise<readonly Forced[]> {
  const target = await trial.container();
  const forced: Forced[] = [];
  const add = async (what: string, decoded: boolean, changes: Parameters<Trial["one"]>[2]): Promise<void> => {
    forced.push({ what, decoded, call: await trial.one("ADD", target, changes) });
  };
  await add("no CNI_COMMAND", false, { env: { CNI_COMMAND: undefined } });
  await add("an unknown CNI_COMMAND", false, { env: { CNI_COMMAND: "FOO" } });
  await add("a configuration that is no JSON", false, { stdin: "{" });
  await add("a configuration without name", true, { request: (request) => ({ ...request, name: "" }) });
  await add("an unsupported cniVersion", false, { request: (request) => ({ ...request, cniVersion: "9.9.9" }) });
  if (trial.atLeast("0.4.0")) await add("no CNI_CONTAINERID", false, { env: { CNI_CONTAINERID: "" } });
  if (!trial.subject.kinds.includes("ipam") && !doesNothing(trial.subject))
    await add("a CNI_NETNS that is nowhere", true, { env: { CNI_NETNS: "/run/netns/nowhere" } });
  if (trial.subject.kinds.includes("interface")) forced.push(await addOverForeignLink(trial));
  if (trial.subject.kinds.includes("delegating")) forced.push(await addWithSilentDelegate(trial));
  return forced;
}

async function addOverForeignLink(trial: Trial): Promise<Forced> {
  const target = await trial.container();
  await target.container.shell.exec(["ip", "link", "add", "dev", target.ifName, "type", "bridge"]);
  return { what: "an interface of that name in the container", decoded: true, call: await trial.one("ADD", target) };
}

async function addWithSilentDelegate(trial: Trial): Promise<Forced> {
  const double = await installDouble(trial);
  await double.answer("ADD", 3);
  return {
    what: "an IPAM plugin that fails without a word",
    decoded: true,
    call: await double.trial.one("ADD", await double.trial.container()),
  };
}

/** Inputs that no runtime sends. */
const NONSENSE = [
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
export async function fuzz(trial: Trial): Promise<readonly Forced[]> {
  const target: Attachment = await trial.container();
  const forced: Forced[] = [];
  for (const operation of ["ADD", "DEL", "CHECK", "VERSION"] as const) {
    for (const stdin of NONSENSE) {
      forced.push({
        what: `${operation} with input ${JSON.stringify(stdin.slice(0, 20))}`,
        decoded: false,
        call: await trial.one(operation, target, { stdin }),
      });
    }
  }
  const odd = { args: { cni: { mtu: 1, sysctl: { a: "b" }, ips: "x", mac: 1 } } };
  for (const operation of ["ADD", "DEL"] as const) {
    const call = await trial.one(operation, target, { request: (request) => ({ ...request, ...odd }) });
    forced.push({ what: `${operation} with odd args`, decoded: true, call });
  }
  return forced;
}
