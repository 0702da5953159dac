/** Mutants for clauses that no fault of the catalogue breaks: the life of containers, IPAM, leaks. */
import type { CniResult } from "../../../../cni/types.ts";
import { nodeOf, refuse, withConfig } from "./faults.ts";
import { script } from "./command.ts";
import { rc, ri, rp, type Mutant } from "./mutant.ts";
import { Refusal, type Request } from "./protocol.ts";

type Change = Parameters<typeof ri>[3];

const NOTHING: CniResult = { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} };

/** Something more that each ADD does on the node. */
function leaving(text: string): Change {
  return (sound) => ({
    forward: async (request, lease) => {
      await sound.forward(request, lease);
      await script(request.shell, text, request.id, lease.ips[0]?.address ?? "", lease.ips[0]?.gateway ?? "");
    },
  });
}

/** Remembers nodes on which something happened. */
function memory(): { note(request: Request): Promise<void>; has(request: Request): Promise<boolean> } {
  const nodes = new Set<string>();
  return {
    note: async (request) => void nodes.add(await nodeOf(request)),
    has: async (request) => nodes.has(await nodeOf(request)),
  };
}

export const MORE_LIFE: readonly Mutant[] = [
  ri(
    "M321",
    "DEL makes a file where the namespace was",
    ["del.sideeffect.path"],
    (sound) => ({
      del: async (request) => {
        await sound.del(request);
        await script(request.shell, `[ -z "$1" ] || [ -e "$1" ] || : >"$1"`, request.netns);
      },
    }),
    { also: ["leak.*", "del.netns.*"] },
  ),
  ri(
    "M322",
    "CHECK succeeds once",
    ["check.repeat"],
    (sound) => {
      const checked = new Set<string>();
      return {
        check: async (request) => {
          const key = `${await nodeOf(request)} ${request.network} ${request.id} ${request.ifName}`;
          if (checked.has(key)) refuse("checked already");
          await sound.check(request);
          checked.add(key);
        },
      };
    },
    { also: ["check.*", "del.*", "gc.*", "add.*", "conc.*"] },
  ),
  ri(
    "M323",
    "CHECK fails when there are many containers",
    ["check.stable.peers"],
    (sound) => ({
      checkNode: (attached) => {
        sound.checkNode(attached);
        if (attached.node.links.filter(({ master }) => master === attached.bridge).length > 4) refuse("unknown ports");
      },
    }),
    { also: ["conc.*"] },
  ),
  ri("M324", "GC always fails", ["gc.ok"], () => ({ gc: async () => refuse("GC failed") }), {
    also: ["gc.*", "env.exit.success", "env.path.gc", "status.others-allowed", "dlg.*"],
  }),
  ri(
    "M325",
    "after GC, DEL fails",
    ["gc.then-del"],
    (sound) => {
      const collected = memory();
      return {
        gc: async (request) => {
          await sound.gc(request);
          await collected.note(request);
        },
        del: async (request) => ((await collected.has(request)) ? refuse("collected") : sound.del(request)),
      };
    },
    { also: ["env.exit.success", "status.others-allowed", "gc.*", "dlg.*"] },
  ),
  ri(
    "M326",
    "STATUS needs CNI_CONTAINERID",
    ["status.env"],
    (sound) => ({ needs: { ...sound.needs, STATUS: ["CNI_CONTAINERID"] } }),
    { also: ["status.*", "env.*", "dlg.*"] },
  ),
  ri(
    "M327",
    "ADD is refused until STATUS was called",
    ["status.not-required"],
    (sound) => {
      const asked = memory();
      return {
        status: async (request) => {
          await asked.note(request);
          await sound.status(request);
        },
        add: async (request) => ((await asked.has(request)) ? sound.add(request) : refuse("ask for the status first")),
      };
    },
    { also: ["*"] },
  ),
  ri("M328", "STATUS accepts version 1.0.0", ["status.version"], (sound) => ({
    serve: (call) =>
      sound.serve(
        call.env.CNI_COMMAND === "STATUS"
          ? withConfig(call, (config) => (config.cniVersion === "1.0.0" ? { ...config, cniVersion: "1.1.0" } : config))
          : call,
      ),
  })),
  rp(
    "M329",
    "an exhausted pool gives its last address again",
    ["ipam.exhausted"],
    (sound) => ({
      take: (request, addresses) =>
        sound
          .take(request, addresses)
          .catch(async () => (await sound.leases(request))[0]?.address ?? refuse("no address is free")),
    }),
    { also: ["ipam.*", "add.fail.*"] },
  ),
  rp("M330", "there are no IPv6 ranges", ["ipam.v6"], (sound) => ({
    networksOf: (request) =>
      sound.networksOf(request).map((network) => (network.family === 6 ? refuse("no IPv6", 7) : network)),
  })),
  ri(
    "M331",
    "a result of the IPAM plugin that is none counts as empty",
    ["dlg.badresult"],
    (sound) => ({
      allocate: (request) =>
        sound.allocate(request).catch((error: unknown) => {
          if (error instanceof Refusal && error.code === 113) return NOTHING;
          throw error;
        }),
    }),
    { also: ["add.fail.*"] },
  ),
  ri(
    "M333",
    "every ADD makes another bridge with the gateway's address",
    ["conc.shared-once"],
    leaving(`ip link add "b$$" type bridge; ip addr add "$3/24" dev "b$$"`),
    { also: ["leak.*", "add.result.interfaces.all", "del.*", "check.*", "gc.*"] },
  ),
  ri(
    "M334",
    "a firewall rule of each container is left",
    ["leak.rules"],
    leaving(`iptables -w -t nat -A POSTROUTING -s "$2" -m comment --comment "$1" -j ACCEPT`),
    { also: ["del.*", "gc.*", "check.tamper.rules"], tool: "iptables" },
  ),
  rc(
    "M335",
    "a queueing discipline of each container is left",
    ["leak.qdisc"],
    (sound) => ({
      add: async (request) => {
        await script(request.shell, `ip link add "q$$" type bridge; tc qdisc add dev "q$$" root pfifo limit 5`);
        return sound.add(request);
      },
    }),
    { also: ["leak.*", "add.result.interfaces.all", "del.*", "gc.*", "check.tamper.shaping", "add.fail.*"] },
  ),
  ri(
    "M336",
    "every ADD leaves a mount",
    ["leak.netns"],
    leaving(`mkdir -p "/tmp/m$$"; mount -t tmpfs cnibench "/tmp/m$$"`),
  ),
];
