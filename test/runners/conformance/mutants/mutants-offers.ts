/** Mutants of a plugin that serves what a runtime offers: ports and rates. */
import { script } from "./command.ts";
import { ro, type Mutant } from "./mutant.ts";

/** CONTAINER_PORT...: takes away what leads to these ports of any container. */
const UNMAP_PORTS = `for port; do
  iptables -w -t nat -S CNI-RO | sed -n "s/^-A \\(.* --to-destination .*:$port\\)$/\\1/p" | while read -r rule; do iptables -w -t nat -D $rule; done
done`;

/** Waits for a folder that whoever works makes, and removes when done. */
const LOCK = `n=0; until mkdir /run/ro.held 2>/dev/null; do n=$((n + 1)); [ "$n" -lt 100 ] || { echo "locked"; exit 1; }; sleep 0.05; done`;

export const OFFERS: readonly Mutant[] = [
  ro(
    "M140",
    "CHECK does not see that the shaping is gone",
    ["check.tamper.shaping"],
    () => ({ checkRates: async () => undefined }),
    { also: ["check.heal"] },
  ),
  ro(
    "M197",
    "bandwidth in bytes instead of bits",
    ["cap.bandwidth"],
    (sound) => ({
      shape: (request, { ingressRate, egressRate, ...bursts }) =>
        sound.shape(request, { ...bursts, ingressRate: 8 * ingressRate, egressRate: 8 * egressRate }),
      checkRates: async () => undefined,
    }),
    { also: ["check.tamper.shaping"] },
  ),
  ro("M199", "UDP ports are mapped as TCP", ["cap.portmappings"], (sound) => ({
    rulesOf: (request, prev, ports) =>
      sound.rulesOf(
        request,
        prev,
        ports.map((port) => ({ ...port, protocol: "tcp" })),
      ),
  })),
  ro(
    "M200",
    "DEL takes away other containers' mappings to the same port",
    ["cap.portmappings.del", "del.others"],
    (sound) => ({
      del: async (request) => {
        await sound.del(request);
        await script(
          request.shell,
          UNMAP_PORTS,
          ...sound.offersOf(request).ports.map(({ containerPort }) => String(containerPort)),
        );
      },
    }),
    { also: ["del.*", "conc.mixed"] },
  ),
  ro("M205", "a lock stays when its holder is killed", ["conc.lock.released"], (sound) => ({
    add: async (request) => {
      await script(request.shell, LOCK);
      return sound.add(request).finally(() => script(request.shell, "rmdir /run/ro.held"));
    },
  })),
  ro(
    "M208",
    "the ifb is left",
    ["leak.links", "leak.qdisc"],
    (sound) => ({
      remove: async (request, beginning, valid = []) => {
        // A link without alias is nobody's.
        await script(request.shell, `[ ! -e "/sys/class/net/$1" ] || ip link set dev "$1" alias ""`, beginning);
        await sound.remove(request, beginning, valid);
      },
    }),
    { also: ["leak.*", "del.*", "gc.*", "add.fail.*"] },
  ),
];
