/** Mutants of DEL. */
import { isObject } from "../../../cni/lossless-json.ts";
import { fail } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { runScript } from "./script.ts";
import { ri, type Mutant } from "./mutant.ts";
import type { Request } from "./protocol.ts";

/** Whether the link of the attachment exists in its container. */
async function hasLink({ shell, netns, ifName }: Request): Promise<boolean> {
  return (
    (await shell.exec(["sh", "-c", `nsenter --net="$1" ip link show dev "$2" >/dev/null 2>&1`, "sh", netns, ifName]))
      .exitCode === 0
  );
}

/** NETNS IFNAME HOST */
const MOVE_LINK_TO_NODE = `nsenter --net="$1" ip link set dev "$2" netns 1 name "out$$" 2>/dev/null &&
  ip link set dev "$3" down name "in$$" || true`;

/** A network whose IPAM plugin requires a daemon. */
export const DAEMON_CONFIG = { ipam: { type: "rp", subnet: "10.97.0.0/24", daemon: "/run/daemon" } };

export const DEL: readonly Mutant[] = [
  ri(
    {
      number: "M104",
      description: "a second DEL fails",
      fails: ["del.idempotent", "del.never-added", "del.link.gone"],
      mayAlsoFail: ["del.*", "gc.then-del", "dlg.del", "cfg.del.tolerant"],
    },
    (original) => ({
      del: async (request) => {
        const link = await request.shell.exec(["ip", "link", "show", "dev", original.hostLinkName(request)]);
        if (link.exitCode !== 0) fail("link not found");
        await original.del(request);
      },
    }),
  ),
  ri(
    {
      number: "M106",
      description: "DEL leaks the lease",
      fails: ["del.lease", "leak.leases"],
      mayAlsoFail: ["dlg.*", "del.*", "leak.*", "conc.*"],
    },
    (original) => ({ del: (request) => original.removeLink(request) }),
  ),
  ri(
    { number: "M107", description: "DEL moves the link to the node and keeps it", fails: ["del.link", "leak.links"] },
    (original) => ({
      del: async (request) => {
        await runScript(
          request.shell,
          MOVE_LINK_TO_NODE,
          request.netns,
          request.ifName,
          original.hostLinkName(request),
        );
        await original.del(request);
      },
    }),
  ),
  ri({ number: "M109", description: "DEL requires CNI_NETNS", fails: ["del.netns.unset"] }, (original) => ({
    requiredParameters: { ...original.requiredParameters, DEL: original.requiredParameters.ADD ?? [] },
  })),
  ri(
    {
      number: "M110",
      description: "DEL without CNI_NETNS succeeds without DEL of the IPAM plugin",
      fails: ["del.netns.unset", "dlg.del"],
    },
    (original) => ({
      del: async (request) => {
        if (request.netns === "") await original.removeLink(request);
        else await original.del(request);
      },
    }),
  ),
  ri(
    {
      number: "M112",
      description: "DEL without a namespace leaves the masquerading rules",
      fails: ["del.netns.gone.host"],
      config: { ipMasq: true },
      requiredTool: "iptables",
      mayAlsoFail: ["del.netns.*", "add.fail.*", "del.env.ids", "leak.*", "del.after-failed-add"],
    },
    (original) => ({
      removeMasquerade: async (request) => {
        const { exitCode } = await request.shell.exec(["test", "-e", request.netns]);
        if (exitCode === 0) await original.removeMasquerade(request);
      },
    }),
  ),
  ri(
    { number: "M113", description: "DEL fails when the namespace is a regular file", fails: ["del.netns.notnetns"] },
    (original) => ({
      del: async (request) => {
        await runScript(request.shell, `[ ! -f "$1" ] || nsenter --net="$1" true`, request.netns);
        await original.del(request);
      },
    }),
  ),
  ri({ number: "M115", description: "DEL requires prevResult", fails: ["del.prevresult.absent"] }, (original) => ({
    del: (request) =>
      request.config.prevResult === undefined ? fail("prevResult is missing", 7) : original.del(request),
  })),
  ri(
    { number: "M118", description: "DEL releases every lease of the container", fails: ["del.same-cid"] },
    (original) => ({
      del: async (request) => {
        await original.del(request);
        for (const name of ["eth0", "eth1"]) await delegate(request, "DEL", { env: { CNI_IFNAME: name } });
      },
    }),
  ),
  ri({ number: "M119", description: "DEL removes all links of the bridge", fails: ["del.others"] }, (original) => ({
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
    {
      number: "M124",
      description: "DEL rejects a configuration without optional parts",
      fails: ["cfg.del.tolerant"],
      mayAlsoFail: ["dlg.*", "status.others-allowed", "add.result.*"],
    },
    (original) => ({
      del: (request) => {
        const { ipam } = request.config;
        return isObject(ipam) && ipam.subnet === undefined && ipam.ranges === undefined
          ? fail("no ranges are given", 7)
          : original.del(request);
      },
    }),
  ),
  ri({ number: "M206", description: "every ADD leaves a temporary file", fails: ["leak.files"] }, (original) => ({
    add: async (request) => {
      await runScript(request.shell, `mktemp -p /var/lib/cni >/dev/null`);
      return original.add(request);
    },
  })),
  ri(
    { number: "M209", description: "DEL leaves the node's route to the container", fails: ["leak.routes"] },
    (original) => ({
      configure: async (request, lease) => {
        const [{ address = "" } = {}] = lease.ips;
        await runScript(
          request.shell,
          `ip route replace "\${1%.*}.$((\${1##*.} + $$ % 100))/32" dev lo`,
          address.split("/")[0] ?? "",
        );
        return original.configure(request, lease);
      },
    }),
  ),
  ri(
    { number: "M211", description: "DEL fails when the link is missing", fails: ["del.link.gone", "del.idempotent"] },
    (original) => ({
      del: async (request) => {
        if (!(await hasLink(request))) fail("the link is missing");
        await original.del(request);
      },
    }),
  ),
  ri(
    { number: "M212", description: "DEL without CNI_NETNS deletes CNI_IFNAME on the node", fails: ["del.netns.unset"] },
    (original) => ({
      del: async (request) => {
        if (request.netns === "") await request.shell.exec(["ip", "link", "delete", "dev", request.ifName]);
        await original.del(request);
      },
    }),
  ),
  ri(
    {
      number: "M221",
      description: "DEL removes everything, then fails",
      fails: ["del.ok", "del.idempotent"],
      mayAlsoFail: ["*"],
    },
    (original) => ({
      del: async (request) => {
        await original.del(request);
        fail("DEL failed");
      },
    }),
  ),
  ri(
    {
      number: "M224",
      description: "of concurrent operations, all but the first fail",
      fails: ["conc.del", "conc.mixed", "conc.add"],
    },
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
    {
      number: "M256",
      description: "DEL without CNI_NETNS releases the lease and leaves the node's end",
      fails: ["del.netns.unset.host"],
    },
    (original) => ({
      del: (request) => (request.netns === "" ? delegate(request, "DEL").then(() => undefined) : original.del(request)),
    }),
  ),
];
