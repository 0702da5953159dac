/** Mutants of GC and STATUS. */
import { editJson, fail, withConfig, without } from "./mutant-helpers.ts";
import { delegate } from "./delegation.ts";
import { runScript } from "./script.ts";
import { ri, rp, type Mutant } from "./mutant.ts";
import { validAttachmentsOf, type Request } from "./protocol.ts";

type Operations = { gc(request: Request): Promise<void>; status(request: Request): Promise<void> };

/** Its own part alone. */
function undelegated(sound: Operations, operation: "gc" | "status"): (request: Request) => Promise<void> {
  return (request) => sound[operation]({ ...request, config: without(request.config, "ipam") });
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
  rp("M155", "GC collects in every network", ["gc.othernetwork"], (sound) => ({
    gc: async (request) => {
      const { stdout } = await request.shell.exec(["sh", "-c", "cd /var/lib/cni/rp 2>/dev/null && ls; true"]);
      for (const network of stdout.split("\n").filter((name) => name !== "")) await sound.gc({ ...request, network });
    },
  })),
  rp("M248", "a second GC fails", ["gc.idempotent"], (sound) => ({
    gc: async (request) => {
      await runScript(request.shell, `mkdir "$1"`, "/run/rp-collected");
      await sound.gc(request);
    },
  })),
  ri("M157", "GC is not forwarded to the IPAM plugin", ["gc.delegates"], (sound) => ({ gc: undelegated(sound, "gc") })),
  ri("M158", "GC is forwarded without the list of attachments", ["gc.delegates", "dlg.config"], (sound) => ({
    gc: async (request) => {
      await undelegated(sound, "gc")(request);
      if (sound.delegates(request))
        await delegate(request, "GC", {
          input: editJson(request.input ?? "", (config) => without(config, ...VALID_KEYS)),
        });
    },
  })),
  ri("M160", "GC hides the IPAM plugin's error", ["gc.delegate.error"], (sound) => ({
    gc: async (request) => {
      await undelegated(sound, "gc")(request);
      if (sound.delegates(request)) await delegate(request, "GC").catch(() => "");
    },
  })),
  ri("M161", "GC accepts version 1.0.0", ["gc.version"], (sound) => ({
    serve: (call) =>
      sound.serve(
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
  rp("M164", "STATUS of an exhausted pool prints nothing", ["status.notready"], (sound) => ({
    serve: async (call) => {
      const answer = await sound.serve(call);
      return call.env.CNI_COMMAND === "STATUS" && answer.exitCode !== 0 ? { exitCode: 1 } : answer;
    },
  })),
  ri("M166", "STATUS does not ask the IPAM plugin", ["status.delegates", "status.delegate.error"], (sound) => ({
    status: undelegated(sound, "status"),
  })),
  rp("M167", "STATUS takes a lease and keeps it", ["status.pure"], (sound) => ({
    status: async (request) => {
      await sound.status(request);
      for (const network of sound.rangesOf(request))
        await sound.reserve(
          { ...request, id: "status" },
          network.candidates(
            (await sound.leases(request)).map(({ address }) => address),
            1,
          ),
        );
    },
  })),
  ri("M169", "DEL is refused while STATUS would fail", ["status.others-allowed"], (sound) => ({
    del: async (request) => {
      if (request.version === "1.1.0") await sound.status(request);
      await sound.del(request);
    },
  })),
  ri("M223", "STATUS always fails with code 50", ["status.ready"], () => ({
    status: async () => fail("not ready", 50),
  })),
];
