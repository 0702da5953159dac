/** Mutants of the effects of ADD. */
import { fail } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { runScript } from "./script.ts";
import { checkHostLink } from "./interface-check.ts";
import { ri, type Mutant } from "./mutant.ts";

/** HOST IFNAME */
const CREATE_NODE_LINK = `ip link add dev "$1" type veth peer name "$2"
ip link set dev "$1" up
ip link set dev "$2" up`;

/** Waits for up to a second for another process that runs this script, so that both continue at the same time. */
const MEET_ANOTHER = `mkdir -p /run/meeting; : >/run/meeting/$$; tries=0
until [ "$(ls /run/meeting | wc -l)" -gt 1 ] || [ $tries -ge 20 ]; do tries=$((tries + 1)); sleep 0.05; done
sleep 0.1; rm /run/meeting/$$`;

export const EFFECTS: readonly Mutant[] = [
  ri(
    {
      number: "M082",
      description: "the link is created on the node, not in the container",
      fails: ["add.creates", "add.result.interfaces.exist"],
      mayAlsoFail: ["*"],
    },
    (original) => ({
      createLinks: async (request) => {
        await runScript(request.shell, CREATE_NODE_LINK, original.hostLinkName(request), request.ifName);
        return [{ name: request.ifName, sandbox: request.netns }];
      },
      configure: async () => [],
    }),
  ),
  ri(
    {
      number: "M083",
      description: "an existing link of the same name is replaced",
      fails: ["add.existing-ifname", "add.duplicate"],
    },
    (original) => ({
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
    }),
  ),
  ri(
    { number: "M085", description: "a duplicate ADD fails, but reserves a second address", fails: ["add.duplicate"] },
    (original) => ({
      checkTarget: async (request) => {
        await original.checkTarget(request).catch(async (error: unknown) => {
          await delegate(request, "ADD", { env: { CNI_IFNAME: "second" } }).catch(() => "");
          throw error;
        });
      },
    }),
  ),
  ri(
    {
      number: "M086",
      description: "a duplicate ADD fails, but removes the link of the first attachment",
      fails: ["add.duplicate"],
    },
    (original) => ({
      checkTarget: async (request) => {
        await original.checkTarget(request).catch(async (error: unknown) => {
          await original.removeLink(request);
          throw error;
        });
      },
    }),
  ),
  ri(
    {
      number: "M088",
      description: "state is stored per container only: eth1 replaces eth0",
      fails: ["add.multi-ifname", "del.same-cid"],
    },
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
    {
      number: "M089",
      description: "state is stored without the network name",
      fails: ["del.other-network"],
      mayAlsoFail: ["gc.othernetwork"],
    },
    () => ({ hostLinkPrefix: () => "ri0000" }),
  ),
  ri(
    { number: "M091", description: "containers are isolated from each other", fails: ["add.connect.peer"] },
    (original) => ({
      createLinks: async (request, ...rest) => {
        const made = await original.createLinks(request, ...rest);
        await runScript(request.shell, `bridge link set dev "$1" isolated on`, original.hostLinkName(request));
        return made;
      },
    }),
  ),
  ri({ number: "M092", description: "the node does not forward", fails: ["add.connect.outside"] }, () => ({
    enableForwarding: async () => undefined,
    checkNode: checkHostLink,
  })),
  ri(
    {
      number: "M094",
      description: "ADD fails when there is a default route",
      fails: ["add.result.routes.skipdefault"],
      version: "0.4.0",
    },
    (original) => ({
      configure: async (request, lease) => {
        const routes = await original.configure(request, lease);
        return routes.length < lease.routes.length ? fail("a default route already exists") : routes;
      },
    }),
  ),
  ri(
    {
      number: "M095",
      description: "a failed ADD keeps its lease, and DEL without a link leaves it",
      fails: ["add.fail.nolease", "add.fail.afterdel", "del.after-failed-add"],
    },
    (original) => ({
      add: async (request) => {
        // Requests an address before it checks the target.
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
  ri(
    {
      number: "M203",
      description: "ADD fails when another ADD creates the bridge at the same time",
      fails: ["conc.add"],
    },
    (original) => ({
      createLinks: async (request, ...rest) => {
        await runScript(
          request.shell,
          `ip link show dev "$1" >/dev/null 2>&1 || { ${MEET_ANOTHER}; ip link add dev "$1" type bridge; }`,
          original.bridgeOf(request),
        );
        return original.createLinks(request, ...rest);
      },
    }),
  ),
  ri(
    {
      number: "M241",
      description: "the node's end is moved to another namespace",
      fails: ["add.domain", "add.result.interfaces.exist"],
      mayAlsoFail: ["add.*", "check.*", "gc.*", "del.*", "conc.*", "dlg.*", "leak.*"],
    },
    (original) => ({
      createLinks: async (request, ...rest) => {
        const made = await original.createLinks(request, ...rest);
        await runScript(request.shell, `ip link set dev "$1" netns outside`, original.hostLinkName(request));
        return made;
      },
    }),
  ),
  ri(
    {
      number: "M242",
      description: "with a regular file as namespace, the link is created in the plugin's own namespace",
      fails: ["add.netns.notnetns"],
    },
    (original) => ({
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
    }),
  ),
  ri(
    {
      number: "M244",
      description: "a failed ADD leaves a lock that makes the next ADD fail",
      fails: ["add.fail.retry"],
    },
    (original) => ({
      add: async (request) => {
        await runScript(request.shell, `[ ! -e /run/ri.lock ] || { echo locked; exit 1; }`);
        return original.add(request).catch(async (error: unknown) => {
          await runScript(request.shell, ": >/run/ri.lock");
          throw error;
        });
      },
    }),
  ),
];
