/** Mutants for clauses that no fault of the catalogue breaks: protocol and results. */
import type { JsonObject, JsonValue } from "../../../../cni/json.ts";
import { isList } from "../../../../cni/json.ts";
import { editJson, nodeIdOf, fail, withConfig, without } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { rc, ri, type Mutant } from "./mutant.ts";
import { stringOf } from "./protocol.ts";

type Change = Parameters<typeof ri>[3];

/** What ADD prints, changed; CHECK looks at none of it. */
function printingEdited(change: (raw: JsonObject) => JsonObject): Change {
  return (original) => ({
    formatResult: (...all) => editJson(original.formatResult(...all), change),
    checkContainer: () => undefined,
  });
}

/** The entries of a list of the result, changed. */
function editEach(raw: JsonObject, key: string, change: (entry: JsonObject, index: number) => JsonObject): JsonObject {
  const list = raw[key];
  return { ...raw, [key]: isList(list) ? list.map((entry: JsonValue, i) => change(entry as JsonObject, i)) : [] };
}

/** What CHECK of a mutant that looks into no container cannot see. */
const CHECK_MAY_FAIL = { mayAlsoFail: ["check.*"] };

export const EXTRA_PROTOCOL: readonly Mutant[] = [
  ri(
    "M300",
    "VERSION fails",
    ["version.ok"],
    (original) => ({
      execute: async (call, config) =>
        call.env.CNI_COMMAND === "VERSION" ? fail("no version") : original.execute(call, config),
    }),
    { mayAlsoFail: ["version.*"] },
  ),
  ri("M301", "VERSION says no supportedVersions", ["version.shape"], (original) => ({
    versions: (asked) => without(original.versions(asked), "supportedVersions"),
  })),
  ri(
    "M302",
    "VERSION prints a word before its answer",
    ["out.version.onejson"],
    (original) => ({
      execute: async (call, config) =>
        (call.env.CNI_COMMAND === "VERSION" ? "ri " : "") + (await original.execute(call, config)),
    }),
    { mayAlsoFail: ["version.*"] },
  ),
  ri("M303", "CHECK without CNI_NETNS succeeds", ["env.netns.missing"], (original) => ({
    requiredParameters: { ...original.requiredParameters, CHECK: original.requiredParameters.DEL ?? [] },
    check: async (request) => (request.netns === "" ? undefined : original.check(request)),
  })),
  ri("M304", "a container id must begin with a letter", ["env.containerid.accept"], (original) => ({
    isValid: (name, value) => original.isValid(name, value) && !(name === "CNI_CONTAINERID" && /^\d/.test(value)),
  })),
  ri("M305", "GC without CNI_PATH fails with code 7", ["env.path.gc"], (original) => ({
    gc: (request) => (request.env.CNI_PATH ? original.gc(request) : fail("CNI_PATH is missing", 7)),
  })),
  ri("M306", "CNI_ARGS may not be missing", ["env.args.optional"], (original) => ({
    checkEnv: (command, env) =>
      env.CNI_ARGS === undefined ? fail("CNI_ARGS is missing", 4) : original.checkEnv(command, env),
  })),
  ri("M307", "a namespace must be in /run/netns", ["env.netns.proc"], (original) => ({
    checkTarget: (request) =>
      request.netns.startsWith("/proc") ? fail("not in /run/netns") : original.checkTarget(request),
  })),
  ri("M308", "an empty input has code 1", ["cfg.json.empty"], (original) => ({
    decode: (call) =>
      call.input === "" && call.env.CNI_COMMAND !== "VERSION" ? fail("no input", 1) : original.decode(call),
  })),
  ri(
    "M309",
    `a network without a name is called "default"`,
    ["cfg.name.missing"],
    (original) => ({
      serve: (call) =>
        original.serve(
          withConfig(call, (config) => (stringOf(config.name) === "" ? { ...config, name: "default" } : config)),
        ),
    }),
    { mayAlsoFail: ["env.exit.failure"] },
  ),
];

export const EXTRA_RESULT: readonly Mutant[] = [
  ri(
    "M310",
    "an unknown key in interfaces",
    ["add.result.shape.110"],
    printingEdited((raw) => editEach(raw, "interfaces", (link) => ({ ...link, ifindex: 7 }))),
    CHECK_MAY_FAIL,
  ),
  ri(
    "M311",
    "a gateway of another family",
    ["add.result.family"],
    printingEdited((raw) => editEach(raw, "ips", (ip) => ({ ...ip, gateway: "fd00::1" }))),
    { mayAlsoFail: ["check.*", "add.*", "gc.*", "del.*"] },
  ),
  ri(
    "M312",
    "the node's end is not in the result",
    ["add.result.interfaces.all"],
    printingEdited((raw) => {
      const links = isList(raw.interfaces) ? raw.interfaces : [];
      return editEach({ ...raw, interfaces: links.filter((_, i) => i !== 1) }, "ips", (ip) => ({
        ...ip,
        interface: links.length - 2,
      }));
    }),
    CHECK_MAY_FAIL,
  ),
  ri(
    "M313",
    "a pciID that is none",
    ["add.result.interfaces.optional"],
    printingEdited((raw) => editEach(raw, "interfaces", (link) => ({ ...link, pciID: "first" }))),
    CHECK_MAY_FAIL,
  ),
  ri(
    "M314",
    "the node's end is left down",
    ["add.up"],
    (original) => ({
      enableForwarding: async (request, lease) => {
        await original.enableForwarding(request, lease);
        await runScript(request.shell, `ip link set dev "$1" down`, original.hostLinkName(request));
      },
      checkNode: () => undefined,
    }),
    { mayAlsoFail: ["add.connect.*", "check.tamper.*"] },
  ),
  ri(
    "M315",
    "a missing namespace is nothing to do",
    ["add.netns.missing"],
    (original) => ({
      add: async (request) => {
        const { exitCode } = await request.shell.exec(["test", "-e", request.netns]);
        return exitCode === 0
          ? original.add(request)
          : { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} };
      },
    }),
    { mayAlsoFail: ["env.exit.failure", "env.netns.*"] },
  ),
  ri(
    "M316",
    "a container may be in one network only",
    ["add.multi-network"],
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
    { mayAlsoFail: ["del.other-network", "cfg.name.accept"] },
  ),
  ri(
    "M317",
    "ADD changes the MTU of every bridge",
    ["add.untouched"],
    (original) => ({
      checkTarget: async (request) => {
        await original.checkTarget(request);
        await runScript(
          request.shell,
          `for path in /sys/class/net/*/bridge; do name=\${path%/bridge}; [ ! -e "$path" ] || ip link set dev "\${name##*/}" mtu 1400; done`,
        );
      },
    }),
    { mayAlsoFail: ["add.result.interfaces.*"] },
  ),
  rc(
    "M318",
    "an interface that is missing is nothing to do",
    ["add.ifname.notfound"],
    (original) => ({
      add: (request) =>
        original.add(request).catch((error: unknown) => {
          if (error instanceof Error && error.message === "a command failed")
            return { cniVersion: "1.1.0" as const, interfaces: [], ips: [], routes: [], dns: {} };
          throw error;
        }),
    }),
    { config: { mtu: 1400 }, mayAlsoFail: ["add.netns.*", "env.exit.failure", "add.fail.*"] },
  ),
  rc(
    "M319",
    "the indices of addresses are shifted",
    ["add.prevresult.indices"],
    (original) => ({
      formatResult: (...all) =>
        editJson(original.formatResult(...all), (raw) => editEach(raw, "ips", (ip) => ({ ...ip, interface: 0 }))),
    }),
    { mayAlsoFail: ["add.prevresult.*"] },
  ),
  ri("M320", "prevResult is left out of the result", ["add.prevresult.interface"], (original) => ({
    add: (request) => original.add({ ...request, config: without(request.config, "prevResult") }),
  })),
];
