/** Mutants of portMappings and bandwidth. */
import { runScript } from "./script.ts";
import { ro, type Mutant } from "./mutant.ts";

/** CONTAINER_PORT...: removes the mappings to these ports of any container. */
const REMOVE_PORT_RULES = `for port; do
  iptables -w -t nat -S CNI-RO | sed -n "s/^-A \\(.* --to-destination .*:$port\\)$/\\1/p" |
  while read -r rule; do iptables -w -t nat -D $rule; done
done`;

/** Waits until no other process holds the lock, a directory, and creates it. */
const ACQUIRE_LOCK = `n=0
until mkdir /run/ro.held 2>/dev/null; do
  n=$((n + 1))
  [ "$n" -lt 100 ] || { echo "locked"; exit 1; }
  sleep 0.05
done`;

export const CAPABILITIES: readonly Mutant[] = [
  ro(
    {
      number: "M140",
      description: "CHECK does not detect removed traffic shaping",
      fails: ["check.tamper.shaping"],
      mayAlsoFail: ["check.heal"],
    },
    () => ({ checkRates: async () => undefined }),
  ),
  ro(
    {
      number: "M197",
      description: "bandwidth is taken as bytes instead of bits",
      fails: ["cap.bandwidth"],
      mayAlsoFail: ["check.tamper.shaping"],
    },
    (original) => ({
      shape: (request, { ingressRate, egressRate, ...bursts }) =>
        original.shape(request, { ...bursts, ingressRate: 8 * ingressRate, egressRate: 8 * egressRate }),
      checkRates: async () => undefined,
    }),
  ),
  ro({ number: "M199", description: "UDP ports are mapped as TCP ports", fails: ["cap.portmappings"] }, (original) => ({
    rulesOf: (request, prev, ports) =>
      original.rulesOf(
        request,
        prev,
        ports.map((port) => ({ ...port, protocol: "tcp" })),
      ),
  })),
  ro(
    {
      number: "M440",
      description: "mappings capture forwarded connections to the same port of any host",
      fails: ["cap.portmappings.local"],
      mayAlsoFail: ["cap.portmappings.hostip"],
    },
    (original) => ({
      rulesOf: (...args) => {
        const rules = original.rulesOf(...args);
        return [...rules, ...rules.map((rule) => rule.replace(" CNI-RO ", " PREROUTING "))];
      },
    }),
  ),
  ro(
    {
      number: "M200",
      description: "DEL removes the mappings of other containers to the same port",
      fails: ["cap.portmappings.del", "del.others"],
      mayAlsoFail: ["del.*", "conc.mixed"],
    },
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
  ),
  ro(
    { number: "M205", description: "a lock remains when its holder is killed", fails: ["conc.lock.released"] },
    (original) => ({
      add: async (request) => {
        await runScript(request.shell, ACQUIRE_LOCK);
        return original.add(request).finally(() => runScript(request.shell, "rmdir /run/ro.held"));
      },
    }),
  ),
  ro(
    {
      number: "M208",
      description: "DEL leaves the ifb",
      fails: ["leak.links", "leak.qdisc"],
      mayAlsoFail: ["leak.*", "del.*", "gc.*", "add.fail.*"],
    },
    (original) => ({
      remove: async (request, prefix, valid = []) => {
        // A link without an alias belongs to no attachment.
        await runScript(request.shell, `[ ! -e "/sys/class/net/$1" ] || ip link set dev "$1" alias ""`, prefix);
        await original.remove(request, prefix, valid);
      },
    }),
  ),
];
