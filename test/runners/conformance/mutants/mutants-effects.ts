/** Mutants of what ADD does, and of prevResult. */
import { stringifyJson } from "../../../../cni/json.ts";
import { edited, refuse, without } from "./faults.ts";
import { delegate } from "./delegation.ts";
import { script } from "./command.ts";
import { checkHostLink } from "./interface-check.ts";
import { rc, ri, type Mutant } from "./mutant.ts";

const LINK = `ip link add dev "$1" type veth peer name "$2" && ip link set dev "$1" up && ip link set dev "$2" up`;

export const EFFECTS: readonly Mutant[] = [
  ri(
    "M082",
    "the link is made on the node, not in the container",
    ["add.creates", "add.result.interfaces.exist"],
    (sound) => ({
      makeLinks: async (request) => {
        await script(request.shell, LINK, sound.hostName(request), request.ifName);
        return [{ name: request.ifName, sandbox: request.netns }];
      },
      configure: async () => [],
    }),
    { also: ["*"] },
  ),
  ri("M083", "a link of that name is replaced", ["add.existing-ifname", "add.duplicate"], (sound) => ({
    probe: async (request) => {
      await sound.del(request);
      await request.shell.exec([
        "sh",
        "-c",
        `nsenter --net="$1" ip link delete dev "$2" 2>/dev/null; true`,
        "sh",
        request.netns,
        request.ifName,
      ]);
      await sound.probe(request);
    },
  })),
  ri("M085", "a duplicate ADD fails, but takes a second lease", ["add.duplicate"], (sound) => ({
    probe: async (request) => {
      await sound.probe(request).catch(async (error: unknown) => {
        await delegate(request, "ADD", { env: { CNI_IFNAME: "second" } }).catch(() => "");
        throw error;
      });
    },
  })),
  ri("M086", "a duplicate ADD fails, and takes the first attachment's link away", ["add.duplicate"], (sound) => ({
    probe: async (request) => {
      await sound.probe(request).catch(async (error: unknown) => {
        await sound.removeLink(request);
        throw error;
      });
    },
  })),
  ri(
    "M088",
    "state is kept by container alone: eth1 takes the place of eth0",
    ["add.multi-ifname", "del.same-cid"],
    (sound) => {
      const hostName: typeof sound.hostName = (request) => sound.hostName({ ...request, ifName: "" });
      return {
        hostName,
        probe: async (request) => {
          await request.shell.exec(["sh", "-c", `ip link delete dev "$1" 2>/dev/null; true`, "sh", hostName(request)]);
          await sound.probe(request);
        },
      };
    },
  ),
  ri(
    "M089",
    "state is kept without the network's name",
    ["del.other-network"],
    () => ({ hostPrefix: () => "ri0000" }),
    { also: ["gc.othernetwork"] },
  ),
  ri("M091", "containers are isolated from each other", ["add.connect.peer"], (sound) => ({
    makeLinks: async (request, ...rest) => {
      const made = await sound.makeLinks(request, ...rest);
      await script(request.shell, `bridge link set dev "$1" isolated on`, sound.hostName(request));
      return made;
    },
  })),
  ri("M092", "the node is not made to forward", ["add.connect.outside"], () => ({
    forward: async () => undefined,
    checkNode: checkHostLink,
  })),
  ri(
    "M094",
    "ADD fails where there is a default route",
    ["add.result.routes.skipdefault"],
    (sound) => ({
      configure: async (request, lease) => {
        const routes = await sound.configure(request, lease);
        return routes.length < lease.routes.length ? refuse("there is a default route already") : routes;
      },
    }),
    { version: "0.4.0" },
  ),
  ri(
    "M095",
    "a failed ADD keeps its lease, and DEL without a link leaves it",
    ["add.fail.nolease", "add.fail.afterdel", "del.after-failed-add"],
    (sound) => ({
      add: async (request) => {
        // It asks for an address before it looks.
        const lease = await sound.allocate(request);
        await sound.probe(request);
        await sound.release(request);
        return lease.ips.length === 0 ? refuse("no address") : sound.add(request);
      },
      del: async (request) => {
        const { exitCode } = await request.shell.exec(["ip", "link", "show", "dev", sound.hostName(request)]);
        if (exitCode === 0) await sound.del(request);
      },
    }),
  ),
  ri("M203", "a bridge that another ADD made meanwhile is an error", ["conc.add"], (sound) => ({
    makeLinks: async (request, ...rest) => {
      await script(
        request.shell,
        `ip link show dev "$1" >/dev/null 2>&1 || { sleep 0.1; ip link add dev "$1" type bridge; }`,
        sound.bridgeOf(request),
      );
      return sound.makeLinks(request, ...rest);
    },
  })),
  ri(
    "M241",
    "the node's end is put into another namespace",
    ["add.domain", "add.result.interfaces.exist"],
    (sound) => ({
      makeLinks: async (request, ...rest) => {
        const made = await sound.makeLinks(request, ...rest);
        await script(request.shell, `ip link set dev "$1" netns outside`, sound.hostName(request));
        return made;
      },
    }),
    { also: ["add.*", "check.*", "gc.*", "del.*", "conc.*", "dlg.*", "leak.*"] },
  ),
  ri("M242", "a plain file as namespace: the link is made in the plugin's own", ["add.netns.notnetns"], (sound) => ({
    add: async (request) => {
      const { exitCode } = await request.shell.exec([
        "sh",
        "-c",
        `[ -f "$1" ] && ! nsenter --net="$1" true 2>/dev/null`,
        "sh",
        request.netns,
      ]);
      if (exitCode !== 0) return sound.add(request);
      await script(request.shell, LINK, sound.hostName(request), `${request.ifName}x`);
      return {
        cniVersion: "1.1.0",
        interfaces: [{ name: request.ifName, sandbox: request.netns }],
        ips: [],
        routes: [],
        dns: {},
      };
    },
  })),
  ri("M244", "a failed ADD leaves a lock that makes the next fail", ["add.fail.retry"], (sound) => ({
    add: async (request) => {
      await script(request.shell, `[ ! -e /run/ri.lock ] || { echo locked; exit 1; }`);
      return sound.add(request).catch(async (error: unknown) => {
        await script(request.shell, ": >/run/ri.lock");
        throw error;
      });
    },
  })),
];

export const CHAINED: readonly Mutant[] = [
  rc(
    "M097",
    "the result is {} instead of prevResult",
    ["add.prevresult.pass", "add.prevresult.modify"],
    () => ({ printed: (_, { version }) => stringifyJson({ cniVersion: version }) }),
    { also: ["add.*", "check.*", "del.*"] },
  ),
  rc("M098", "routes of prevResult are dropped", ["add.prevresult.pass"], (sound) => ({
    printed: (...all) => edited(sound.printed(...all), (raw) => without(raw, "routes")),
  })),
  rc(
    "M100",
    "the MAC is changed, the result keeps the old one",
    ["add.prevresult.modify"],
    () => ({ changed: (prev) => prev }),
    { config: { mac: "02:00:00:00:01:00" } },
  ),
  rc(
    "M101",
    "the result says a new MAC, the link keeps the old one",
    ["add.prevresult.modify"],
    () => ({ apply: async () => undefined, compare: () => undefined }),
    { config: { mac: "02:00:00:00:01:01" } },
  ),
  rc("M103", "without prevResult: success with an empty result", ["add.prevresult.missing"], (sound) => ({
    add: async (request) =>
      request.config.prevResult === undefined
        ? { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} }
        : sound.add(request),
  })),
  rc(
    "M332",
    "ADD without runtimeConfig is refused",
    ["cap.none"],
    (sound) => ({
      add: async (request) =>
        request.config.runtimeConfig === undefined ? refuse("runtimeConfig is missing", 7) : sound.add(request),
    }),
    { also: ["*"] },
  ),
  rc(
    "M116",
    "DEL without prevResult leaves everything",
    ["del.prevresult.absent"],
    (sound) => ({
      del: async (request) => (request.config.prevResult === undefined ? undefined : sound.del(request)),
    }),
    { config: { mtu: 1400 } },
  ),
  rc(
    "M122",
    "DEL does not restore MAC and MTU",
    ["del.undo"],
    (sound) => ({
      del: async (request) => {
        await script(request.shell, `rm -f "$1"`, sound.recordOf(request));
      },
    }),
    { config: { mac: "02:00:00:00:01:22", mtu: 1400 } },
  ),
  rc("M137", "CHECK looks for IPv6 though the container has IPv4 only", ["check.after-add"], (sound) => ({
    check: async (request) => {
      await sound.check(request);
      if (!JSON.stringify(request.config.prevResult).includes("::")) refuse("the IPv6 rules are missing");
    },
  })),
  rc(
    "M121",
    "DEL removes the chain that all share",
    ["del.others"],
    (sound) => ({
      undo: async (request) => {
        await sound.undo(request);
        await script(request.shell, "iptables -w -D FORWARD -j CNI-RC; iptables -w -F CNI-RC; iptables -w -X CNI-RC");
      },
    }),
    { config: { rule: true }, tool: "iptables", also: ["*"] },
  ),
  rc(
    "M139",
    "CHECK does not look at the firewall rule",
    ["check.tamper.rules"],
    () => ({ hasRule: async () => true }),
    { config: { rule: true }, tool: "iptables", also: ["check.heal", "check.unknown"] },
  ),
  rc(
    "M233",
    "CHECK does not see a sysctl that was changed",
    ["check.tamper.sysctl"],
    (sound) => ({
      compare: (wish, seen) => sound.compare({ ...wish, sysctls: [] }, seen),
    }),
    { config: { sysctl: { "net.ipv4.conf.eth0.arp_ignore": "1" } }, also: ["check.unknown", "check.tamper.netns"] },
  ),
];
