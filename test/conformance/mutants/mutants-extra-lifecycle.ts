/** Mutants for clauses that no fault of the catalog breaks: container lifecycle, IPAM, leaks. */
import type { CniResult } from "../../../cni/types.ts";
import { nodeIdOf, fail, withConfig } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";
import { rc, ri, rp, type Mutant } from "./mutant.ts";
import { PluginError, type Request } from "./protocol.ts";

type Change = Parameters<typeof ri>[1];

const EMPTY_RESULT: CniResult = { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} };

/** Runs an additional script on the node in every ADD. */
function leavingBehind(script: string): Change {
  return (original) => ({
    enableForwarding: async (request, lease) => {
      await original.enableForwarding(request, lease);
      await runScript(request.shell, script, request.id, lease.ips[0]?.address ?? "", lease.ips[0]?.gateway ?? "");
    },
  });
}

/** Remembers the nodes on which an event occurred. */
function nodeMemory(): { note(request: Request): Promise<void>; has(request: Request): Promise<boolean> } {
  const nodes = new Set<string>();
  return {
    note: async (request) => void nodes.add(await nodeIdOf(request)),
    has: async (request) => nodes.has(await nodeIdOf(request)),
  };
}

export const EXTRA_LIFECYCLE: readonly Mutant[] = [
  ri(
    {
      number: "M321",
      description: "DEL creates a file at the path of the namespace",
      fails: ["del.sideeffect.path"],
      mayAlsoFail: ["leak.*", "del.netns.*"],
    },
    (original) => ({
      del: async (request) => {
        await original.del(request);
        await runScript(request.shell, `[ -z "$1" ] || [ -e "$1" ] || : >"$1"`, request.netns);
      },
    }),
  ),
  ri(
    {
      number: "M322",
      description: "CHECK succeeds only once",
      fails: ["check.repeat"],
      mayAlsoFail: ["check.*", "del.*", "gc.*", "add.*", "conc.*"],
    },
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
  ),
  ri(
    {
      number: "M323",
      description: "CHECK fails when there are many containers",
      fails: ["check.stable.peers"],
      mayAlsoFail: ["conc.*"],
    },
    (original) => ({
      checkNode: (attached) => {
        original.checkNode(attached);
        if (attached.node.links.filter(({ master }) => master === attached.bridge).length > 4) fail("unknown ports");
      },
    }),
  ),
  ri(
    {
      number: "M324",
      description: "GC always fails",
      fails: ["gc.ok"],
      mayAlsoFail: ["gc.*", "env.exit.success", "env.path.gc", "status.others-allowed", "dlg.*"],
    },
    () => ({ gc: async () => fail("GC failed") }),
  ),
  ri(
    {
      number: "M325",
      description: "DEL fails after GC",
      fails: ["gc.then-del"],
      mayAlsoFail: ["env.exit.success", "status.others-allowed", "gc.*", "dlg.*"],
    },
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
  ),
  ri(
    {
      number: "M326",
      description: "STATUS requires CNI_CONTAINERID",
      fails: ["status.env"],
      mayAlsoFail: ["status.*", "env.*", "dlg.*"],
    },
    (original) => ({ requiredParameters: { ...original.requiredParameters, STATUS: ["CNI_CONTAINERID"] } }),
  ),
  ri(
    {
      number: "M327",
      description: "ADD fails unless STATUS was called",
      fails: ["status.not-required"],
      mayAlsoFail: ["*"],
    },
    (original) => {
      const askedNodes = nodeMemory();
      return {
        status: async (request) => {
          await askedNodes.note(request);
          await original.status(request);
        },
        add: async (request) =>
          (await askedNodes.has(request)) ? original.add(request) : fail("STATUS must be called first"),
      };
    },
  ),
  ri({ number: "M328", description: "STATUS accepts version 1.0.0", fails: ["status.version"] }, (original) => ({
    serve: (call) =>
      original.serve(
        call.env.CNI_COMMAND === "STATUS"
          ? withConfig(call, (config) => (config.cniVersion === "1.0.0" ? { ...config, cniVersion: "1.1.0" } : config))
          : call,
      ),
  })),
  rp(
    {
      number: "M329",
      description: "an exhausted pool assigns an address again",
      fails: ["ipam.exhausted"],
      mayAlsoFail: ["ipam.*", "add.fail.*"],
    },
    (original) => ({
      reserve: (request, addresses) =>
        original
          .reserve(request, addresses)
          .catch(async () => (await original.leases(request))[0]?.address ?? fail("no address is free")),
    }),
  ),
  rp({ number: "M330", description: "IPv6 ranges are not supported", fails: ["ipam.v6"] }, (original) => ({
    rangesOf: (request) =>
      original.rangesOf(request).map((range) => (range.family === 6 ? fail("IPv6 is not supported", 7) : range)),
  })),
  ri(
    {
      number: "M331",
      description: "an invalid result of the IPAM plugin counts as empty",
      fails: ["dlg.badresult"],
      mayAlsoFail: ["add.fail.*"],
    },
    (original) => ({
      allocate: (request) =>
        original.allocate(request).catch((error: unknown) => {
          if (error instanceof PluginError && error.code === 113) return EMPTY_RESULT;
          throw error;
        }),
    }),
  ),
  ri(
    {
      number: "M333",
      description: "every ADD creates another bridge with the gateway's address",
      fails: ["conc.shared-once"],
      mayAlsoFail: ["leak.*", "add.result.interfaces.all", "del.*", "check.*", "gc.*"],
    },
    leavingBehind(`ip link add "b$$" type bridge; ip addr add "$3/24" dev "b$$"`),
  ),
  ri(
    {
      number: "M334",
      description: "DEL leaves a firewall rule of each container",
      fails: ["leak.rules"],
      mayAlsoFail: ["del.*", "gc.*", "check.tamper.rules"],
      requiredTool: "iptables",
    },
    leavingBehind(`iptables -w -t nat -A POSTROUTING -s "$2" -m comment --comment "$1" -j ACCEPT`),
  ),
  rc(
    {
      number: "M335",
      description: "DEL leaves a queueing discipline of each container",
      fails: ["leak.qdisc"],
      mayAlsoFail: ["leak.*", "add.result.interfaces.all", "del.*", "gc.*", "check.tamper.shaping", "add.fail.*"],
    },
    (original) => ({
      add: async (request) => {
        await runScript(request.shell, `ip link add "q$$" type bridge; tc qdisc add dev "q$$" root pfifo limit 5`);
        return original.add(request);
      },
    }),
  ),
  ri(
    { number: "M336", description: "every ADD leaves a mount", fails: ["leak.netns"] },
    leavingBehind(`mkdir -p "/tmp/m$$"; mount -t tmpfs cnibench "/tmp/m$$"`),
  ),
];
