/** Mutants of DEL. */
import { isObject } from "../../../../cni/json.ts";
import { nodeIdOf, fail } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { runScript } from "./script.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import type { Request } from "./protocol.ts";

/** Whether the attachment's link is still in its container. */
async function hasLink({ shell, netns, ifName }: Request): Promise<boolean> {
  return (
    (await shell.exec(["sh", "-c", `nsenter --net="$1" ip link show dev "$2" >/dev/null 2>&1`, "sh", netns, ifName]))
      .exitCode === 0
  );
}

const MOVE_LINK_TO_NODE = `nsenter --net="$1" ip link set dev "$2" netns 1 name "out$$" 2>/dev/null && ip link set dev "$3" down name "in$$" || true`;

/** A network whose IPAM plugin needs a daemon. */
export const DAEMON_CONFIG = { ipam: { type: "rp", subnet: "10.97.0.0/24", daemon: "/run/daemon" } };

export const DEL: readonly Mutant[] = [
  ri(
    "M104",
    "a second DEL fails",
    ["del.idempotent", "del.never-added", "del.link.gone"],
    (original) => ({
      del: async (request) => {
        const there = await request.shell.exec(["ip", "link", "show", "dev", original.hostLinkName(request)]);
        if (there.exitCode !== 0) fail("link not found");
        await original.del(request);
      },
    }),
    { mayAlsoFail: ["del.*", "gc.then-del", "dlg.del", "cfg.del.tolerant"] },
  ),
  ri(
    "M106",
    "DEL leaks the lease",
    ["del.lease", "leak.leases"],
    (original) => ({ del: (request) => original.removeLink(request) }),
    { mayAlsoFail: ["dlg.*", "del.*", "leak.*", "conc.*"] },
  ),
  ri("M107", "DEL moves the link out and keeps it", ["del.link", "leak.links"], (original) => ({
    del: async (request) => {
      await runScript(request.shell, MOVE_LINK_TO_NODE, request.netns, request.ifName, original.hostLinkName(request));
      await original.del(request);
    },
  })),
  ri("M109", "DEL needs CNI_NETNS", ["del.netns.unset"], (original) => ({
    requiredParameters: { ...original.requiredParameters, DEL: original.requiredParameters.ADD ?? [] },
  })),
  ri(
    "M110",
    "DEL without CNI_NETNS succeeds before it tells the IPAM plugin",
    ["del.netns.unset", "dlg.del"],
    (original) => ({
      del: async (request) => {
        if (request.netns === "") await original.removeLink(request);
        else await original.del(request);
      },
    }),
  ),
  ri(
    "M112",
    "DEL after the namespace is gone leaves the masquerading",
    ["del.netns.gone.host"],
    (original) => ({
      removeMasquerade: async (request) => {
        const { exitCode } = await request.shell.exec(["test", "-e", request.netns]);
        if (exitCode === 0) await original.removeMasquerade(request);
      },
    }),
    {
      config: { ipMasq: true },
      requiredTool: "iptables",
      mayAlsoFail: ["del.netns.*", "add.fail.*", "del.env.ids", "leak.*", "del.after-failed-add"],
    },
  ),
  ri("M113", "DEL fails when the namespace is a plain file", ["del.netns.notnetns"], (original) => ({
    del: async (request) => {
      await runScript(request.shell, `[ ! -f "$1" ] || nsenter --net="$1" true`, request.netns);
      await original.del(request);
    },
  })),
  ri("M115", "DEL needs prevResult", ["del.prevresult.absent"], (original) => ({
    del: (request) =>
      request.config.prevResult === undefined ? fail("prevResult is missing", 7) : original.del(request),
  })),
  ri("M118", "DEL frees every lease of the container", ["del.same-cid"], (original) => ({
    del: async (request) => {
      await original.del(request);
      for (const name of ["eth0", "eth1"]) await delegate(request, "DEL", { env: { CNI_IFNAME: name } });
    },
  })),
  ri("M119", "DEL removes all links of the bridge", ["del.others"], (original) => ({
    del: async (request) => {
      await runScript(
        request.shell,
        `for path in /sys/class/net/"$1"/brif/*; do [ ! -e "$path" ] || ip link delete dev "\${path##*/}"; done`,
        original.bridgeOf(request),
      );
      await original.del(request);
    },
  })),
  ri(
    "M124",
    "DEL refuses a configuration without optional parts",
    ["cfg.del.tolerant"],
    (original) => ({
      del: (request) => {
        const { ipam } = request.config;
        return isObject(ipam) && ipam.subnet === undefined && ipam.ranges === undefined
          ? fail("no ranges are given", 7)
          : original.del(request);
      },
    }),
    { mayAlsoFail: ["dlg.*", "status.others-allowed", "add.result.*"] },
  ),
  ri("M206", "each ADD leaves a temporary file", ["leak.files"], (original) => ({
    add: async (request) => {
      await runScript(request.shell, `mktemp -p /var/lib/cni >/dev/null`);
      return original.add(request);
    },
  })),
  ri("M209", "the route of the node to the container is left", ["leak.routes"], (original) => ({
    configure: async (request, lease) => {
      const [{ address = "" } = {}] = lease.ips;
      await runScript(
        request.shell,
        `ip route replace "\${1%.*}.$((\${1##*.} + $$ % 100))/32" dev lo`,
        address.split("/")[0] ?? "",
      );
      return original.configure(request, lease);
    },
  })),
  ri("M211", "DEL fails when the link is gone already", ["del.link.gone", "del.idempotent"], (original) => ({
    del: async (request) => {
      if (!(await hasLink(request))) fail("the link is gone");
      await original.del(request);
    },
  })),
  ri("M212", "DEL without CNI_NETNS deletes CNI_IFNAME on the node", ["del.netns.unset"], (original) => ({
    del: async (request) => {
      if (request.netns === "") await request.shell.exec(["ip", "link", "delete", "dev", request.ifName]);
      await original.del(request);
    },
  })),
  ri(
    "M221",
    "DEL takes everything away, then fails",
    ["del.ok", "del.idempotent"],
    (original) => ({
      del: async (request) => {
        await original.del(request);
        fail("DEL failed");
      },
    }),
    { mayAlsoFail: ["*"] },
  ),
  ri(
    "M224",
    "one operation at a time, and whoever comes second fails",
    ["conc.del", "conc.mixed", "conc.add"],
    (original) => ({
      execute: async (call, config) => {
        if (call.env.CNI_COMMAND === "VERSION") return original.execute(call, config);
        await runScript(call.shell, `mkdir /run/ri.lock; sleep 0.05`);
        return original.execute(call, config).finally(async () => {
          await call.shell.exec(["rmdir", "/run/ri.lock"]);
        });
      },
    }),
  ),
  ri(
    "M256",
    "DEL without CNI_NETNS frees the lease and leaves the node's end",
    ["del.netns.unset.host"],
    (original) => ({
      del: (request) => (request.netns === "" ? delegate(request, "DEL").then(() => undefined) : original.del(request)),
    }),
  ),
  rp(
    "M257",
    "DEL fails while the daemon is down",
    ["del.dependency.down"],
    (original) => ({
      del: async (request) => {
        await original.requireDaemon(request);
        await original.del(request);
      },
    }),
    { config: DAEMON_CONFIG },
  ),
  rp("M182", "DEL needs the namespace", ["ipam.netns.agnostic", "del.netns.gone"], (original) => ({
    del: async (request) => {
      await runScript(request.shell, `[ -e "$1" ]`, request.netns);
      await original.del(request);
    },
  })),
  rp("M184", "a lease is released only while it is in the configured range", ["cfg.del.tolerant"], (original) => ({
    del: async (request) => {
      try {
        original.rangesOf(request);
      } catch {
        return;
      }
      await original.del(request);
    },
  })),
  rp("M245", "an id that was deleted cannot be added again", ["add.readd"], (original) => {
    const gone = new Set<string>();
    return {
      add: async (request) =>
        gone.has(`${await nodeIdOf(request)} ${original.ownerOf(request)}`)
          ? fail("the container is gone")
          : original.add(request),
      del: async (request) => {
        gone.add(`${await nodeIdOf(request)} ${original.ownerOf(request)}`);
        await original.del(request);
      },
    };
  }),
  rp("M247", "DEL takes container ids by their beginning", ["del.env.ids"], (original) => ({
    ownAddresses: async (request) =>
      (await original.leases(request))
        .filter(({ owner }) => owner.startsWith(request.command === "DEL" ? request.id : `${request.id} `))
        .map(({ address }) => address),
  })),
];
