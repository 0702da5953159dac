/** Mutants of a plugin that serves what a runtime offers: ports and rates. */
import { runScript } from "./script.ts";
import { ro, type Mutant } from "./mutant.ts";

/** CONTAINER_PORT...: takes away what leads to these ports of any container. */
const REMOVE_PORT_RULES = `for port; do
  iptables -w -t nat -S CNI-RO | sed -n "s/^-A \\(.* --to-destination .*:$port\\)$/\\1/p" | while read -r rule; do iptables -w -t nat -D $rule; done
done`;

/** Waits for a folder that whoever works makes, and removes when done. */
const ACQUIRE_LOCK = `n=0; until mkdir /run/ro.held 2>/dev/null; do n=$((n + 1)); [ "$n" -lt 100 ] || { echo "locked"; exit 1; }; sleep 0.05; done`;

export const CAPABILITIES: readonly Mutant[] = [
  ro(
    "M140",
    "CHECK does not see that the shaping is gone",
    ["check.tamper.shaping"],
    () => ({ checkRates: async () => undefined }),
    { mayAlsoFail: ["check.heal"] },
  ),
  ro(
    "M197",
    "bandwidth in bytes instead of bits",
    ["cap.bandwidth"],
    (original) => ({
      shape: (request, { ingressRate, egressRate, ...bursts }) =>
        original.shape(request, { ...bursts, ingressRate: 8 * ingressRate, egressRate: 8 * egressRate }),
      checkRates: async () => undefined,
    }),
    { mayAlsoFail: ["check.tamper.shaping"] },
  ),
  ro("M199", "UDP ports are mapped as TCP", ["cap.portmappings"], (original) => ({
    rulesOf: (request, prev, ports) =>
      original.rulesOf(
        request,
        prev,
        ports.map((port) => ({ ...port, protocol: "tcp" })),
      ),
  })),
  ro(
    "M200",
    "DEL takes away other containers' mappings to the same port",
    ["cap.portmappings.del", "del.others"],
    (original) => ({
      del: async (request) => {
        await original.del(request);
        await runScript(
          request.shell,
          REMOVE_PORT_RULES,
          ...original.capabilityArgsOf(request).portMappings.map(({ containerPort }) => String(containerPort)),
        );
      },
    }),
    { mayAlsoFail: ["del.*", "conc.mixed"] },
  ),
  ro("M205", "a lock stays when its holder is killed", ["conc.lock.released"], (original) => ({
    add: async (request) => {
      await runScript(request.shell, ACQUIRE_LOCK);
      return original.add(request).finally(() => runScript(request.shell, "rmdir /run/ro.held"));
    },
  })),
  ro(
    "M208",
    "the ifb is left",
    ["leak.links", "leak.qdisc"],
    (original) => ({
      remove: async (request, beginning, valid = []) => {
        // A link without alias is nobody's.
        await runScript(request.shell, `[ ! -e "/sys/class/net/$1" ] || ip link set dev "$1" alias ""`, beginning);
        await original.remove(request, beginning, valid);
      },
    }),
    { mayAlsoFail: ["leak.*", "del.*", "gc.*", "add.fail.*"] },
  ),
];
