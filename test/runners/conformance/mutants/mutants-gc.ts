/** Mutants of GC and STATUS. */
import { editJson, fail, withConfig, without } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { runScript } from "./script.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import { validAttachmentsOf, type Request } from "./protocol.ts";

type Operations = { gc(request: Request): Promise<void>; status(request: Request): Promise<void> };

/** Its own part alone. */
function undelegated(original: Operations, operation: "gc" | "status"): (request: Request) => Promise<void> {
  return (request) => original[operation]({ ...request, config: without(request.config, "ipam") });
}

const VALID_KEYS = ["cni.dev/valid-attachments", "cni.dev/attachments"];

export const GC: readonly Mutant[] = [
  rp("M151", "GC does nothing", ["gc.stale.lease", "gc.emptylist"], () => ({ gc: async () => undefined })),
  rp("M152", "GC frees everything, whatever is valid", ["gc.valid.kept", "gc.granularity"], () => ({
    validAttachments: () => [],
  })),
  rp("M154", "GC reads cni.dev/attachments only", ["gc.key"], () => ({
    validAttachments: (request) =>
      request.config["cni.dev/attachments"] === undefined ? [] : validAttachmentsOf(request, "cni.dev/attachments"),
  })),
  rp("M155", "GC collects in every network", ["gc.othernetwork"], (original) => ({
    gc: async (request) => {
      const { stdout } = await request.shell.exec(["sh", "-c", "cd /var/lib/cni/rp 2>/dev/null && ls; true"]);
      for (const network of stdout.split("\n").filter((name) => name !== ""))
        await original.gc({ ...request, network });
    },
  })),
  rp("M248", "a second GC fails", ["gc.idempotent"], (original) => ({
    gc: async (request) => {
      await runScript(request.shell, `mkdir "$1"`, "/run/rp-collected");
      await original.gc(request);
    },
  })),
  ri("M157", "GC is not forwarded to the IPAM plugin", ["gc.delegates"], (original) => ({
    gc: undelegated(original, "gc"),
  })),
  ri("M158", "GC is forwarded without the list of attachments", ["gc.delegates", "dlg.config"], (original) => ({
    gc: async (request) => {
      await undelegated(original, "gc")(request);
      if (original.delegates(request))
        await delegate(request, "GC", {
          input: editJson(request.input ?? "", (config) => without(config, ...VALID_KEYS)),
        });
    },
  })),
  ri("M160", "GC hides the IPAM plugin's error", ["gc.delegate.error"], (original) => ({
    gc: async (request) => {
      await undelegated(original, "gc")(request);
      if (original.delegates(request)) await delegate(request, "GC").catch(() => "");
    },
  })),
  ri("M161", "GC accepts version 1.0.0", ["gc.version"], (original) => ({
    serve: (call) =>
      original.serve(
        call.env.CNI_COMMAND === "GC"
          ? withConfig(call, (config) => (config.cniVersion === "1.0.0" ? { ...config, cniVersion: "1.1.0" } : config))
          : call,
      ),
  })),
];

export const STATUS: readonly Mutant[] = [
  rp("M163", "STATUS always succeeds", ["status.exhausted", "status.notready"], () => ({
    status: async () => undefined,
  })),
  rp("M164", "STATUS of an exhausted pool prints nothing", ["status.notready"], (original) => ({
    serve: async (call) => {
      const answer = await original.serve(call);
      return call.env.CNI_COMMAND === "STATUS" && answer.exitCode !== 0 ? { exitCode: 1 } : answer;
    },
  })),
  ri("M166", "STATUS does not ask the IPAM plugin", ["status.delegates", "status.delegate.error"], (original) => ({
    status: undelegated(original, "status"),
  })),
  rp("M167", "STATUS takes a lease and keeps it", ["status.pure"], (original) => ({
    status: async (request) => {
      await original.status(request);
      for (const network of original.rangesOf(request))
        await original.reserve(
          { ...request, id: "status" },
          network.candidates(
            (await original.leases(request)).map(({ address }) => address),
            1,
          ),
        );
    },
  })),
  ri("M169", "DEL is refused while STATUS would fail", ["status.others-allowed"], (original) => ({
    del: async (request) => {
      if (request.version === "1.1.0") await original.status(request);
      await original.del(request);
    },
  })),
  ri("M223", "STATUS always fails with code 50", ["status.ready"], () => ({
    status: async () => fail("not ready", 50),
  })),
];
