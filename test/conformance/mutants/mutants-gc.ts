/** Mutants of GC and STATUS. */
import { editJson, fail, withConfig, without } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { runScript } from "./script.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import { validAttachmentsOf, type Request } from "./protocol.ts";

type Operations = { gc(request: Request): Promise<void>; status(request: Request): Promise<void> };

/** The operation without delegation. */
function undelegated(original: Operations, operation: "gc" | "status"): (request: Request) => Promise<void> {
  return (request) => original[operation]({ ...request, config: without(request.config, "ipam") });
}

const VALID_KEYS = ["cni.dev/valid-attachments", "cni.dev/attachments"];

export const GC: readonly Mutant[] = [
  rp({ number: "M151", description: "GC does nothing", fails: ["gc.stale.lease", "gc.emptylist"] }, () => ({
    gc: async () => undefined,
  })),
  rp(
    { number: "M357", description: "GC with an empty list of attachments removes nothing", fails: ["gc.emptylist"] },
    (original) => ({
      gc: async (request) => {
        if (original.validAttachments(request).length > 0) await original.gc(request);
      },
    }),
  ),
  rp(
    {
      number: "M358",
      description: "GC with a valid attachment removes nothing",
      fails: ["gc.stale.lease", "gc.granularity"],
    },
    (original) => ({
      gc: async (request) => {
        if (original.validAttachments(request).length === 0) await original.gc(request);
      },
    }),
  ),
  rp(
    {
      number: "M152",
      description: "GC removes everything, even valid attachments",
      fails: ["gc.valid.kept", "gc.granularity"],
    },
    () => ({
      validAttachments: () => [],
    }),
  ),
  rp({ number: "M154", description: "GC reads only cni.dev/attachments", fails: ["gc.key"] }, () => ({
    validAttachments: (request) =>
      request.config["cni.dev/attachments"] === undefined ? [] : validAttachmentsOf(request, "cni.dev/attachments"),
  })),
  rp(
    { number: "M155", description: "GC removes attachments of every network", fails: ["gc.othernetwork"] },
    (original) => ({
      gc: async (request) => {
        const { stdout } = await request.shell.exec(["sh", "-c", "cd /var/lib/cni/rp 2>/dev/null && ls; true"]);
        for (const network of stdout.split("\n").filter((name) => name !== ""))
          await original.gc({ ...request, network });
      },
    }),
  ),
  rp({ number: "M248", description: "a second GC fails", fails: ["gc.idempotent"] }, (original) => ({
    gc: async (request) => {
      await runScript(request.shell, `mkdir "$1"`, "/run/rp-collected");
      await original.gc(request);
    },
  })),
  ri(
    { number: "M157", description: "GC does not execute GC of the IPAM plugin", fails: ["gc.delegates"] },
    (original) => ({
      gc: undelegated(original, "gc"),
    }),
  ),
  ri(
    {
      number: "M158",
      description: "GC of the IPAM plugin lacks the list of attachments",
      fails: ["gc.delegates", "dlg.config"],
    },
    (original) => ({
      gc: async (request) => {
        await undelegated(original, "gc")(request);
        if (original.delegates(request))
          await delegate(request, "GC", {
            input: editJson(request.input ?? "", (config) => without(config, ...VALID_KEYS)),
          });
      },
    }),
  ),
  ri(
    { number: "M160", description: "GC hides the error of the IPAM plugin", fails: ["gc.delegate.error"] },
    (original) => ({
      gc: async (request) => {
        await undelegated(original, "gc")(request);
        if (original.delegates(request)) await delegate(request, "GC").catch(() => "");
      },
    }),
  ),
  ri({ number: "M161", description: "GC accepts version 1.0.0", fails: ["gc.version"] }, (original) => ({
    serve: (call) =>
      original.serve(
        call.env.CNI_COMMAND === "GC"
          ? withConfig(call, (config) => (config.cniVersion === "1.0.0" ? { ...config, cniVersion: "1.1.0" } : config))
          : call,
      ),
  })),
];

export const STATUS: readonly Mutant[] = [
  rp({ number: "M163", description: "STATUS always succeeds", fails: ["status.exhausted", "status.notready"] }, () => ({
    status: async () => undefined,
  })),
  rp(
    { number: "M164", description: "STATUS of an exhausted pool prints nothing", fails: ["status.notready"] },
    (original) => ({
      serve: async (call) => {
        const answer = await original.serve(call);
        return call.env.CNI_COMMAND === "STATUS" && answer.exitCode !== 0 ? { exitCode: 1 } : answer;
      },
    }),
  ),
  ri(
    {
      number: "M166",
      description: "STATUS does not execute STATUS of the IPAM plugin",
      fails: ["status.delegates", "status.delegate.error"],
    },
    (original) => ({
      status: undelegated(original, "status"),
    }),
  ),
  rp(
    { number: "M167", description: "STATUS reserves an address and keeps it", fails: ["status.pure"] },
    (original) => ({
      status: async (request) => {
        await original.status(request);
        for (const range of original.rangesOf(request))
          await original.reserve(
            { ...request, id: "status" },
            range.candidates(
              (await original.leases(request)).map(({ address }) => address),
              1,
            ),
          );
      },
    }),
  ),
  ri(
    { number: "M169", description: "DEL fails while STATUS would fail", fails: ["status.others-allowed"] },
    (original) => ({
      del: async (request) => {
        if (request.version === "1.1.0") await original.status(request);
        await original.del(request);
      },
    }),
  ),
  ri({ number: "M223", description: "STATUS always fails with code 50", fails: ["status.ready"] }, () => ({
    status: async () => fail("not ready", 50),
  })),
];
