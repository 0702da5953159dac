/** Mutants of delegation. */
import { editJson, fail } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { ri, type Mutant } from "./mutant.ts";
import type { InterfacePlugin } from "./interface-plugin.ts";
import type { Request } from "./protocol.ts";

/** Every operation with requests that the IPAM plugin gets otherwise than RI did. */
const delegatingWith =
  (change: (request: Request) => Request): Parameters<typeof ri>[3] =>
  (original: InterfacePlugin) => ({
    allocate: (request) => original.allocate(change(request)),
    del: (request) => original.del(change(request)),
  });

/** Looks in one folder only. */
const EXEC_FROM_ONE_DIR = `[ -x "/opt/cni/bin/$1" ] && exec "/opt/cni/bin/$1"; exit 126`;

export const DELEGATION: readonly Mutant[] = [
  ri(
    "M185",
    "the IPAM plugin gets the ipam section only",
    ["dlg.config"],
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
    "M187",
    "CNI_ARGS are not passed on",
    ["dlg.env"],
    delegatingWith((request) => ({ ...request, env: { ...request.env, CNI_ARGS: "" } })),
  ),
  ri(
    "M188",
    "the IPAM plugin is looked for in one folder only",
    ["dlg.path"],
    (original) => ({
      add: async (request) => {
        await delegate(request, "VERSION", { search: EXEC_FROM_ONE_DIR, input: "" });
        return original.add(request);
      },
    }),
    { mayAlsoFail: ["dlg.*", "err.*", "add.*", "cfg.invalid.*", "status.*", "gc.*"] },
  ),
  ri("M190", "an ADD of the IPAM plugin that failed is followed by no DEL", ["dlg.add.fail.del"], () => ({
    release: async () => undefined,
  })),
  ri("M191", "its own failure is followed by no DEL of the IPAM plugin", ["dlg.add.laterfail.del"], (original) => ({
    rollBack: (request) => original.removeLink(request),
  })),
  ri("M193", "a failed DEL of the IPAM plugin is ignored", ["dlg.error.propagates"], (original) => ({
    del: async (request) => {
      await original.removeLink(request);
      await original.release(request);
    },
  })),
  ri("M194", "DEL of the IPAM plugin comes first, and its failure leaves the link", ["dlg.del.cleans"], (original) => ({
    del: async (request) => {
      if (original.delegates(request)) await delegate(request, "DEL");
      await original.removeLink(request);
    },
  })),
  ri("M196", "the gateway's address is not given to the bridge", ["dlg.apply", "add.connect.gateway"], () => ({
    gatewaysOf: () => [],
    checkNode: () => undefined,
  })),
  ri("M202", "a MAC that is none is replaced by another", ["cap.mac.invalid"], (original) => ({
    requestedMac: (request) => {
      try {
        return original.requestedMac(request);
      } catch {
        return "";
      }
    },
  })),
  ri(
    "M254",
    "CHECK calls the IPAM plugin with ADD",
    ["dlg.command", "dlg.check"],
    (original) => ({
      check: async (request) => {
        if (original.delegates(request)) await delegate(request, "ADD").catch(() => "");
        await original.check({ ...request, config: { ...request.config, ipam: null } });
        if (request.config.prevResult === undefined) fail("no prevResult", 7);
      },
    }),
    { mayAlsoFail: ["dlg.*", "check.*"] },
  ),
];
