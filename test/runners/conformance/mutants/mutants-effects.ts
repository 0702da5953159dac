/** Mutants of what ADD does, and of prevResult. */
import { stringifyJson } from "../../../../cni/json.ts";
import { editJson, fail, without } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { runScript } from "./script.ts";
import { checkHostLink } from "./interface-check.ts";
import { rc, ri, type Mutant } from "./mutant.ts";

const CREATE_NODE_LINK = `ip link add dev "$1" type veth peer name "$2" && ip link set dev "$1" up && ip link set dev "$2" up`;

export const EFFECTS: readonly Mutant[] = [
  ri(
    "M082",
    "the link is made on the node, not in the container",
    ["add.creates", "add.result.interfaces.exist"],
    (original) => ({
      createLinks: async (request) => {
        await runScript(request.shell, CREATE_NODE_LINK, original.hostLinkName(request), request.ifName);
        return [{ name: request.ifName, sandbox: request.netns }];
      },
      configure: async () => [],
    }),
    { mayAlsoFail: ["*"] },
  ),
  ri("M083", "a link of that name is replaced", ["add.existing-ifname", "add.duplicate"], (original) => ({
    checkTarget: async (request) => {
      await original.del(request);
      await request.shell.exec([
        "sh",
        "-c",
        `nsenter --net="$1" ip link delete dev "$2" 2>/dev/null; true`,
        "sh",
        request.netns,
        request.ifName,
      ]);
      await original.checkTarget(request);
    },
  })),
  ri("M085", "a duplicate ADD fails, but takes a second lease", ["add.duplicate"], (original) => ({
    checkTarget: async (request) => {
      await original.checkTarget(request).catch(async (error: unknown) => {
        await delegate(request, "ADD", { env: { CNI_IFNAME: "second" } }).catch(() => "");
        throw error;
      });
    },
  })),
  ri("M086", "a duplicate ADD fails, and takes the first attachment's link away", ["add.duplicate"], (original) => ({
    checkTarget: async (request) => {
      await original.checkTarget(request).catch(async (error: unknown) => {
        await original.removeLink(request);
        throw error;
      });
    },
  })),
  ri(
    "M088",
    "state is kept by container alone: eth1 takes the place of eth0",
    ["add.multi-ifname", "del.same-cid"],
    (original) => {
      const hostName: typeof original.hostLinkName = (request) => original.hostLinkName({ ...request, ifName: "" });
      return {
        hostLinkName: hostName,
        checkTarget: async (request) => {
          await request.shell.exec(["sh", "-c", `ip link delete dev "$1" 2>/dev/null; true`, "sh", hostName(request)]);
          await original.checkTarget(request);
        },
      };
    },
  ),
  ri(
    "M089",
    "state is kept without the network's name",
    ["del.other-network"],
    () => ({ hostLinkPrefix: () => "ri0000" }),
    { mayAlsoFail: ["gc.othernetwork"] },
  ),
  ri("M091", "containers are isolated from each other", ["add.connect.peer"], (original) => ({
    createLinks: async (request, ...rest) => {
      const made = await original.createLinks(request, ...rest);
      await runScript(request.shell, `bridge link set dev "$1" isolated on`, original.hostLinkName(request));
      return made;
    },
  })),
  ri("M092", "the node is not made to forward", ["add.connect.outside"], () => ({
    enableForwarding: async () => undefined,
    checkNode: checkHostLink,
  })),
  ri(
    "M094",
    "ADD fails where there is a default route",
    ["add.result.routes.skipdefault"],
    (original) => ({
      configure: async (request, lease) => {
        const routes = await original.configure(request, lease);
        return routes.length < lease.routes.length ? fail("there is a default route already") : routes;
      },
    }),
    { version: "0.4.0" },
  ),
  ri(
    "M095",
    "a failed ADD keeps its lease, and DEL without a link leaves it",
    ["add.fail.nolease", "add.fail.afterdel", "del.after-failed-add"],
    (original) => ({
      add: async (request) => {
        // It asks for an address before it looks.
        const lease = await original.allocate(request);
        await original.checkTarget(request);
        await original.release(request);
        return lease.ips.length === 0 ? fail("no address") : original.add(request);
      },
      del: async (request) => {
        const { exitCode } = await request.shell.exec(["ip", "link", "show", "dev", original.hostLinkName(request)]);
        if (exitCode === 0) await original.del(request);
      },
    }),
  ),
  ri("M203", "a bridge that another ADD made meanwhile is an error", ["conc.add"], (original) => ({
    createLinks: async (request, ...rest) => {
      await runScript(
        request.shell,
        `ip link show dev "$1" >/dev/null 2>&1 || { sleep 0.1; ip link add dev "$1" type bridge; }`,
        original.bridgeOf(request),
      );
      return original.createLinks(request, ...rest);
    },
  })),
  ri(
    "M241",
    "the node's end is put into another namespace",
    ["add.domain", "add.result.interfaces.exist"],
    (original) => ({
      createLinks: async (request, ...rest) => {
        const made = await original.createLinks(request, ...rest);
        await runScript(request.shell, `ip link set dev "$1" netns outside`, original.hostLinkName(request));
        return made;
      },
    }),
    { mayAlsoFail: ["add.*", "check.*", "gc.*", "del.*", "conc.*", "dlg.*", "leak.*"] },
  ),
  ri("M242", "a plain file as namespace: the link is made in the plugin's own", ["add.netns.notnetns"], (original) => ({
    add: async (request) => {
      const { exitCode } = await request.shell.exec([
        "sh",
        "-c",
        `[ -f "$1" ] && ! nsenter --net="$1" true 2>/dev/null`,
        "sh",
        request.netns,
      ]);
      if (exitCode !== 0) return original.add(request);
      await runScript(request.shell, CREATE_NODE_LINK, original.hostLinkName(request), `${request.ifName}x`);
      return {
        cniVersion: "1.1.0",
        interfaces: [{ name: request.ifName, sandbox: request.netns }],
        ips: [],
        routes: [],
        dns: {},
      };
    },
  })),
  ri("M244", "a failed ADD leaves a lock that makes the next fail", ["add.fail.retry"], (original) => ({
    add: async (request) => {
      await runScript(request.shell, `[ ! -e /run/ri.lock ] || { echo locked; exit 1; }`);
      return original.add(request).catch(async (error: unknown) => {
        await runScript(request.shell, ": >/run/ri.lock");
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
    () => ({ formatResult: (_, { version }) => stringifyJson({ cniVersion: version }) }),
    { mayAlsoFail: ["add.*", "check.*", "del.*"] },
  ),
  rc("M098", "routes of prevResult are dropped", ["add.prevresult.pass"], (original) => ({
    formatResult: (...all) => editJson(original.formatResult(...all), (raw) => without(raw, "routes")),
  })),
  rc(
    "M100",
    "the MAC is changed, the result keeps the old one",
    ["add.prevresult.modify"],
    () => ({ updatedResult: (prev) => prev }),
    { config: { mac: "02:00:00:00:01:00" } },
  ),
  rc(
    "M101",
    "the result says a new MAC, the link keeps the old one",
    ["add.prevresult.modify"],
    () => ({ apply: async () => undefined, compareState: () => undefined }),
    { config: { mac: "02:00:00:00:01:01" } },
  ),
  rc("M103", "without prevResult: success with an empty result", ["add.prevresult.missing"], (original) => ({
    add: async (request) =>
      request.config.prevResult === undefined
        ? { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} }
        : original.add(request),
  })),
  rc(
    "M332",
    "ADD without runtimeConfig is refused",
    ["cap.none"],
    (original) => ({
      add: async (request) =>
        request.config.runtimeConfig === undefined ? fail("runtimeConfig is missing", 7) : original.add(request),
    }),
    { mayAlsoFail: ["*"] },
  ),
  rc(
    "M116",
    "DEL without prevResult leaves everything",
    ["del.prevresult.absent"],
    (original) => ({
      del: async (request) => (request.config.prevResult === undefined ? undefined : original.del(request)),
    }),
    { config: { mtu: 1400 } },
  ),
  rc(
    "M122",
    "DEL does not restore MAC and MTU",
    ["del.undo"],
    (original) => ({
      del: async (request) => {
        await runScript(request.shell, `rm -f "$1"`, original.recordFile(request));
      },
    }),
    { config: { mac: "02:00:00:00:01:22", mtu: 1400 } },
  ),
  rc("M137", "CHECK looks for IPv6 though the container has IPv4 only", ["check.after-add"], (original) => ({
    check: async (request) => {
      await original.check(request);
      if (!JSON.stringify(request.config.prevResult).includes("::")) fail("the IPv6 rules are missing");
    },
  })),
  rc(
    "M121",
    "DEL removes the chain that all share",
    ["del.others"],
    (original) => ({
      restore: async (request) => {
        await original.restore(request);
        await runScript(
          request.shell,
          "iptables -w -D FORWARD -j CNI-RC; iptables -w -F CNI-RC; iptables -w -X CNI-RC",
        );
      },
    }),
    { config: { rule: true }, requiredTool: "iptables", mayAlsoFail: ["*"] },
  ),
  rc(
    "M139",
    "CHECK does not look at the firewall rule",
    ["check.tamper.rules"],
    () => ({ hasRule: async () => true }),
    { config: { rule: true }, requiredTool: "iptables", mayAlsoFail: ["check.heal", "check.unknown"] },
  ),
  rc(
    "M233",
    "CHECK does not see a sysctl that was changed",
    ["check.tamper.sysctl"],
    (original) => ({
      compareState: (wish, seen) => original.compareState({ ...wish, sysctls: [] }, seen),
    }),
    {
      config: { sysctl: { "net.ipv4.conf.eth0.arp_ignore": "1" } },
      mayAlsoFail: ["check.unknown", "check.tamper.netns"],
    },
  ),
];
