/** Mutants for clauses that no fault of the catalog breaks: protocol and results. */
import type { JsonObject, JsonValue } from "../../../cni/lossless-json.ts";
import { isList } from "../../../cni/lossless-json.ts";
import { editJson, nodeIdOf, fail, withConfig, without } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { rc, ri, type Mutant } from "./mutant.ts";
import { stringOf } from "./protocol.ts";

type Change = Parameters<typeof ri>[1];

/** Edits the result of ADD; CHECK does not inspect the container. */
function printingEdited(change: (raw: JsonObject) => JsonObject): Change {
  return (original) => ({
    formatResult: (...all) => editJson(original.formatResult(...all), change),
    checkContainer: () => undefined,
  });
}

/** Edits the entries of a list in the result. */
function editEach(raw: JsonObject, key: string, change: (entry: JsonObject, index: number) => JsonObject): JsonObject {
  const list = raw[key];
  return { ...raw, [key]: isList(list) ? list.map((entry: JsonValue, i) => change(entry as JsonObject, i)) : [] };
}

/** For mutants whose CHECK does not inspect the container. */
const CHECK_MAY_FAIL = { mayAlsoFail: ["check.*"] };

export const EXTRA_PROTOCOL: readonly Mutant[] = [
  ri(
    { number: "M300", description: "VERSION fails", fails: ["version.ok"], mayAlsoFail: ["version.*"] },
    (original) => ({
      execute: async (call, config) =>
        call.env.CNI_COMMAND === "VERSION" ? fail("no version") : original.execute(call, config),
    }),
  ),
  ri(
    { number: "M301", description: "the VERSION result lacks supportedVersions", fails: ["version.shape"] },
    (original) => ({
      versions: (requested) => without(original.versions(requested), "supportedVersions"),
    }),
  ),
  ri(
    {
      number: "M302",
      description: "VERSION prints a word before its result",
      fails: ["out.version.onejson"],
      mayAlsoFail: ["version.*"],
    },
    (original) => ({
      execute: async (call, config) =>
        (call.env.CNI_COMMAND === "VERSION" ? "ri " : "") + (await original.execute(call, config)),
    }),
  ),
  ri({ number: "M303", description: "CHECK without CNI_NETNS succeeds", fails: ["env.netns.missing"] }, (original) => ({
    requiredParameters: { ...original.requiredParameters, CHECK: original.requiredParameters.DEL ?? [] },
    check: async (request) => (request.netns === "" ? undefined : original.check(request)),
  })),
  ri(
    {
      number: "M304",
      description: "a container ID must have at least two characters",
      fails: ["env.containerid.accept"],
    },
    (original) => ({
      isValid: (name, value) => original.isValid(name, value) && !(name === "CNI_CONTAINERID" && value.length === 1),
    }),
  ),
  ri({ number: "M305", description: "GC without CNI_PATH fails with code 7", fails: ["env.path.gc"] }, (original) => ({
    gc: (request) => (request.env.CNI_PATH ? original.gc(request) : fail("CNI_PATH is missing", 7)),
  })),
  ri({ number: "M306", description: "CNI_ARGS must not be missing", fails: ["env.args.optional"] }, (original) => ({
    checkEnv: (command, env) =>
      env.CNI_ARGS === undefined ? fail("CNI_ARGS is missing", 4) : original.checkEnv(command, env),
  })),
  ri({ number: "M307", description: "a namespace must be in /run/netns", fails: ["env.netns.proc"] }, (original) => ({
    checkTarget: (request) =>
      request.netns.startsWith("/proc") ? fail("not in /run/netns") : original.checkTarget(request),
  })),
  ri(
    { number: "M308", description: "an empty input is rejected with code 1", fails: ["cfg.json.empty"] },
    (original) => ({
      decode: (call) =>
        call.input === "" && call.env.CNI_COMMAND !== "VERSION" ? fail("no input", 1) : original.decode(call),
    }),
  ),
  ri(
    {
      number: "M309",
      description: `a network without a name gets the name "default"`,
      fails: ["cfg.name.missing"],
      mayAlsoFail: ["env.exit.failure"],
    },
    (original) => ({
      serve: (call) =>
        original.serve(
          withConfig(call, (config) => (stringOf(config.name) === "" ? { ...config, name: "default" } : config)),
        ),
    }),
  ),
];

export const EXTRA_RESULT: readonly Mutant[] = [
  ri(
    {
      number: "M310",
      description: "interfaces contain an unknown key",
      fails: ["add.result.shape.110"],
      ...CHECK_MAY_FAIL,
    },
    printingEdited((raw) => editEach(raw, "interfaces", (link) => ({ ...link, ifindex: 7 }))),
  ),
  ri(
    {
      number: "M311",
      description: "a gateway has the wrong IP family",
      fails: ["add.result.family"],
      mayAlsoFail: ["check.*", "add.*", "gc.*", "del.*"],
    },
    printingEdited((raw) => editEach(raw, "ips", (ip) => ({ ...ip, gateway: "fd00::1" }))),
  ),
  ri(
    {
      number: "M312",
      description: "the result lacks the node's end",
      fails: ["add.result.interfaces.all"],
      ...CHECK_MAY_FAIL,
    },
    printingEdited((raw) => {
      const links = isList(raw.interfaces) ? raw.interfaces : [];
      return editEach({ ...raw, interfaces: links.filter((_, i) => i !== 1) }, "ips", (ip) => ({
        ...ip,
        interface: links.length - 2,
      }));
    }),
  ),
  ri(
    { number: "M313", description: "a pciID is invalid", fails: ["add.result.interfaces.optional"], ...CHECK_MAY_FAIL },
    printingEdited((raw) => editEach(raw, "interfaces", (link) => ({ ...link, pciID: "first" }))),
  ),
  ri(
    {
      number: "M314",
      description: "the node's end is down",
      fails: ["add.up"],
      mayAlsoFail: ["add.connect.*", "check.tamper.*"],
    },
    (original) => ({
      enableForwarding: async (request, lease) => {
        await original.enableForwarding(request, lease);
        await runScript(request.shell, `ip link set dev "$1" down`, original.hostLinkName(request));
      },
      checkNode: () => undefined,
    }),
  ),
  ri(
    {
      number: "M315",
      description: "ADD does nothing when the namespace is missing",
      fails: ["add.netns.missing"],
      mayAlsoFail: ["env.exit.failure", "env.netns.*"],
    },
    (original) => ({
      add: async (request) => {
        const { exitCode } = await request.shell.exec(["test", "-e", request.netns]);
        return exitCode === 0
          ? original.add(request)
          : { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} };
      },
    }),
  ),
  ri(
    {
      number: "M316",
      description: "a container can be in one network only",
      fails: ["add.multi-network"],
      mayAlsoFail: ["del.other-network", "cfg.name.accept"],
    },
    (original) => {
      const networks = new Map<string, string>();
      return {
        add: async (request) => {
          const key = `${await nodeIdOf(request)} ${request.id}`;
          if ((networks.get(key) ?? request.network) !== request.network) fail("the container is in another network");
          networks.set(key, request.network);
          return original.add(request);
        },
      };
    },
  ),
  ri(
    {
      number: "M317",
      description: "ADD changes the MTU of every bridge",
      fails: ["add.untouched"],
      mayAlsoFail: ["add.result.interfaces.*"],
    },
    (original) => ({
      checkTarget: async (request) => {
        await original.checkTarget(request);
        await runScript(
          request.shell,
          `for path in /sys/class/net/*/bridge; do
  name=\${path%/bridge}
  [ ! -e "$path" ] || ip link set dev "\${name##*/}" mtu 1400
done`,
        );
      },
    }),
  ),
  rc(
    {
      number: "M318",
      description: "ADD does nothing when the interface is missing",
      fails: ["add.ifname.notfound"],
      config: { mtu: 1400 },
      mayAlsoFail: ["add.netns.*", "env.exit.failure", "add.fail.*"],
    },
    (original) => ({
      add: (request) =>
        original.add(request).catch((error: unknown) => {
          if (error instanceof Error && error.message === "a command failed")
            return { cniVersion: "1.1.0" as const, interfaces: [], ips: [], routes: [], dns: {} };
          throw error;
        }),
    }),
  ),
  rc(
    {
      number: "M319",
      description: "the interface indices of addresses are shifted",
      fails: ["add.prevresult.indices"],
      mayAlsoFail: ["add.prevresult.*"],
    },
    (original) => ({
      formatResult: (...all) =>
        editJson(original.formatResult(...all), (raw) => editEach(raw, "ips", (ip) => ({ ...ip, interface: 0 }))),
    }),
  ),
  ri(
    { number: "M320", description: "the result lacks prevResult", fails: ["add.prevresult.interface"] },
    (original) => ({
      add: (request) => original.add({ ...request, config: without(request.config, "prevResult") }),
    }),
  ),
];
