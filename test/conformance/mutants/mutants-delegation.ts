/** Mutants of delegation. */
import { editJson, fail } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { ri, type Mutant } from "./mutant.ts";
import type { InterfacePlugin } from "./interface-plugin.ts";
import type { Request } from "./protocol.ts";

/** Passes a changed request to the IPAM plugin. */
const delegatingWith =
  (change: (request: Request) => Request): Parameters<typeof ri>[1] =>
  (original: InterfacePlugin) => ({
    allocate: (request) => original.allocate(change(request)),
    del: (request) => original.del(change(request)),
  });

/** Searches one directory only. */
const EXEC_FROM_ONE_DIR = `[ -x "/opt/cni/bin/$1" ] && exec "/opt/cni/bin/$1"; exit 126`;

export const DELEGATION: readonly Mutant[] = [
  ri(
    { number: "M185", description: "the IPAM plugin receives only the ipam section", fails: ["dlg.config"] },
    delegatingWith((request) => ({
      ...request,
      input: editJson(request.input ?? "", ({ cniVersion = "", name = "", type = "", ipam = {} }) => ({
        cniVersion,
        name,
        type,
        ipam,
      })),
    })),
  ),
  ri(
    { number: "M187", description: "CNI_ARGS is not passed to the IPAM plugin", fails: ["dlg.env"] },
    delegatingWith((request) => ({ ...request, env: { ...request.env, CNI_ARGS: "" } })),
  ),
  ri(
    { number: "M361", description: "BAGGAGE is not passed to the IPAM plugin", fails: ["dlg.trace"] },
    delegatingWith((request) => ({
      ...request,
      shell: {
        ...request.shell,
        exec: (argv, options = {}) =>
          request.shell.exec(argv, { ...options, env: { ...options.env, BAGGAGE: undefined } }),
      },
    })),
  ),
  ri(
    {
      number: "M188",
      description: "only one directory is searched for the IPAM plugin",
      fails: ["dlg.path"],
      mayAlsoFail: ["dlg.*", "err.*", "add.*", "cfg.invalid.*", "status.*", "gc.*"],
    },
    (original) => ({
      add: async (request) => {
        await delegate(request, "VERSION", { search: EXEC_FROM_ONE_DIR, input: "" });
        return original.add(request);
      },
    }),
  ),
  ri(
    {
      number: "M190",
      description: "a failed ADD of the IPAM plugin is not followed by DEL",
      fails: ["dlg.add.fail.del"],
    },
    () => ({
      release: async () => undefined,
    }),
  ),
  ri(
    {
      number: "M191",
      description: "a failed ADD after that of the IPAM plugin is not followed by DEL of the IPAM plugin",
      fails: ["dlg.add.laterfail.del"],
    },
    (original) => ({
      rollBack: (request) => original.removeLink(request),
    }),
  ),
  ri(
    { number: "M193", description: "a failed DEL of the IPAM plugin is ignored", fails: ["dlg.error.propagates"] },
    (original) => ({
      del: async (request) => {
        await original.removeLink(request);
        await original.release(request);
      },
    }),
  ),
  ri(
    {
      number: "M194",
      description: "DEL of the IPAM plugin runs first, and its failure leaves the link",
      fails: ["dlg.del.cleans"],
    },
    (original) => ({
      del: async (request) => {
        if (original.delegates(request)) await delegate(request, "DEL");
        await original.removeLink(request);
      },
    }),
  ),
  ri(
    {
      number: "M196",
      description: "the gateway's address is not assigned to the bridge",
      fails: ["dlg.apply", "add.connect.gateway"],
    },
    () => ({
      gatewaysOf: () => [],
      checkNode: () => undefined,
    }),
  ),
  ri(
    { number: "M202", description: "an invalid MAC address is replaced by another", fails: ["cap.mac.invalid"] },
    (original) => ({
      requestedMac: (request) => {
        try {
          return original.requestedMac(request);
        } catch {
          return "";
        }
      },
    }),
  ),
  ri(
    {
      number: "M254",
      description: "CHECK executes ADD of the IPAM plugin",
      fails: ["dlg.command", "dlg.check"],
      mayAlsoFail: ["dlg.*", "check.*"],
    },
    (original) => ({
      check: async (request) => {
        if (original.delegates(request)) await delegate(request, "ADD").catch(() => "");
        await original.check({ ...request, config: { ...request.config, ipam: null } });
        if (request.config.prevResult === undefined) fail("no prevResult", 7);
      },
    }),
  ),
];
