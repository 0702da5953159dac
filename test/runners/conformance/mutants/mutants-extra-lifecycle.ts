/** Mutants for clauses that no fault of the catalogue breaks: the life of containers, IPAM, leaks. */
import type { CniResult } from "../../../../cni/types.ts";
import { nodeIdOf, fail, withConfig } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { rc, ri, rp, type Mutant } from "./mutant.ts";
import { PluginError, type Request } from "./protocol.ts";

type Change = Parameters<typeof ri>[3];

const EMPTY_RESULT: CniResult = { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} };

/** Something more that each ADD does on the node. */
function leavingBehind(text: string): Change {
  return (original) => ({
    enableForwarding: async (request, lease) => {
      await original.enableForwarding(request, lease);
      await runScript(request.shell, text, request.id, lease.ips[0]?.address ?? "", lease.ips[0]?.gateway ?? "");
    },
  });
}

/** Remembers nodes on which something happened. */
function nodeMemory(): { note(request: Request): Promise<void>; has(request: Request): Promise<boolean> } {
  const nodes = new Set<string>();
  return {
    note: async (request) => void nodes.add(await nodeIdOf(request)),
    has: async (request) => nodes.has(await nodeIdOf(request)),
  };
}

export const EXTRA_LIFECYCLE: readonly Mutant[] = [
  ri(
    "M321",
    "DEL makes a file where the namespace was",
    ["del.sideeffect.path"],
    (original) => ({
      del: async (request) => {
        await original.del(request);
        await runScript(request.shell, `[ -z "$1" ] || [ -e "$1" ] || : >"$1"`, request.netns);
      },
    }),
    { mayAlsoFail: ["leak.*", "del.netns.*"] },
  ),
  ri(
    "M322",
    "CHECK succeeds once",
    ["check.repeat"],
    (original) => {
      const checked = new Set<string>();
      return {
        check: async (request) => {
          const key = `${await nodeIdOf(request)} ${request.network} ${request.id} ${request.ifName}`;
          if (checked.has(key)) fail("checked already");
          await original.check(request);
          checked.add(key);
        },
      };
    },
    { mayAlsoFail: ["check.*", "del.*", "gc.*", "add.*", "conc.*"] },
  ),
  ri(
    "M323",
    "CHECK fails when there are many containers",
    ["check.stable.peers"],
    (original) => ({
      checkNode: (attached) => {
        original.checkNode(attached);
        if (attached.node.links.filter(({ master }) => master === attached.bridge).length > 4) fail("unknown ports");
      },
    }),
    { mayAlsoFail: ["conc.*"] },
  ),
  ri("M324", "GC always fails", ["gc.ok"], () => ({ gc: async () => fail("GC failed") }), {
    mayAlsoFail: ["gc.*", "env.exit.success", "env.path.gc", "status.others-allowed", "dlg.*"],
  }),
  ri(
    "M325",
    "after GC, DEL fails",
    ["gc.then-del"],
    (original) => {
      const collected = nodeMemory();
      return {
        gc: async (request) => {
          await original.gc(request);
          await collected.note(request);
        },
        del: async (request) => ((await collected.has(request)) ? fail("collected") : original.del(request)),
      };
    },
    { mayAlsoFail: ["env.exit.success", "status.others-allowed", "gc.*", "dlg.*"] },
  ),
  ri(
    "M326",
    "STATUS needs CNI_CONTAINERID",
    ["status.env"],
    (original) => ({ requiredParameters: { ...original.requiredParameters, STATUS: ["CNI_CONTAINERID"] } }),
    { mayAlsoFail: ["status.*", "env.*", "dlg.*"] },
  ),
  ri(
    "M327",
    "ADD is refused until STATUS was called",
    ["status.not-required"],
    (original) => {
      const asked = nodeMemory();
      return {
        status: async (request) => {
          await asked.note(request);
          await original.status(request);
        },
        add: async (request) => ((await asked.has(request)) ? original.add(request) : fail("ask for the status first")),
      };
    },
    { mayAlsoFail: ["*"] },
  ),
  ri("M328", "STATUS accepts version 1.0.0", ["status.version"], (original) => ({
    serve: (call) =>
      original.serve(
        call.env.CNI_COMMAND === "STATUS"
          ? withConfig(call, (config) => (config.cniVersion === "1.0.0" ? { ...config, cniVersion: "1.1.0" } : config))
          : call,
      ),
  })),
  rp(
    "M329",
    "an exhausted pool gives its last address again",
    ["ipam.exhausted"],
    (original) => ({
      reserve: (request, addresses) =>
        original
          .reserve(request, addresses)
          .catch(async () => (await original.leases(request))[0]?.address ?? fail("no address is free")),
    }),
    { mayAlsoFail: ["ipam.*", "add.fail.*"] },
  ),
  rp("M330", "there are no IPv6 ranges", ["ipam.v6"], (original) => ({
    rangesOf: (request) =>
      original.rangesOf(request).map((network) => (network.family === 6 ? fail("no IPv6", 7) : network)),
  })),
  ri(
    "M331",
    "a result of the IPAM plugin that is none counts as empty",
    ["dlg.badresult"],
    (original) => ({
      allocate: (request) =>
        original.allocate(request).catch((error: unknown) => {
          if (error instanceof PluginError && error.code === 113) return EMPTY_RESULT;
          throw error;
        }),
    }),
    { mayAlsoFail: ["add.fail.*"] },
  ),
  ri(
    "M333",
    "every ADD makes another bridge with the gateway's address",
    ["conc.shared-once"],
    leavingBehind(`ip link add "b$$" type bridge; ip addr add "$3/24" dev "b$$"`),
    { mayAlsoFail: ["leak.*", "add.result.interfaces.all", "del.*", "check.*", "gc.*"] },
  ),
  ri(
    "M334",
    "a firewall rule of each container is left",
    ["leak.rules"],
    leavingBehind(`iptables -w -t nat -A POSTROUTING -s "$2" -m comment --comment "$1" -j ACCEPT`),
    { mayAlsoFail: ["del.*", "gc.*", "check.tamper.rules"], requiredTool: "iptables" },
  ),
  rc(
    "M335",
    "a queueing discipline of each container is left",
    ["leak.qdisc"],
    (original) => ({
      add: async (request) => {
        await runScript(request.shell, `ip link add "q$$" type bridge; tc qdisc add dev "q$$" root pfifo limit 5`);
        return original.add(request);
      },
    }),
    { mayAlsoFail: ["leak.*", "add.result.interfaces.all", "del.*", "gc.*", "check.tamper.shaping", "add.fail.*"] },
  ),
  ri(
    "M336",
    "every ADD leaves a mount",
    ["leak.netns"],
    leavingBehind(`mkdir -p "/tmp/m$$"; mount -t tmpfs cnibench "/tmp/m$$"`),
  ),
];
