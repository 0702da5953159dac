/** A plugin is installed for the time of a run, and uninstalled however the run ends. */
import { expect, it } from "vitest";
import type { InstallableCluster, InstallTarget } from "../../../clusters/index.ts";
import type { Plugin } from "../../../plugins/plugin.ts";
import { whileInstalled } from "../../../engine/run/while-installed.ts";
import { fakeHost, type Reply } from "../../helpers/fake-host.ts";
import { fakeKubectl, printed } from "../../helpers/fake-kubectl.ts";
import { fakeNode } from "../fake-run.ts";

const PLUGIN: Plugin = {
  name: "tiny",
  summary: "a plugin of one object",
  encapsulation: "none",
  kubernetes: {
    version: "v1",
    images: [],
    install: () => ({ manifests: "kind: Tiny" }),
    specVersion: "1.0.0",
    nodeBinaries: [],
    workloads: [],
    nodeFiles: [],
    cleanupCommands: [],
    enforcesPolicy: false,
  },
};

const READY_NODE = { status: { conditions: [{ type: "Ready", status: "True" }] } };

/** Runs work on a cluster. @returns what happened, in order */
async function runWith(
  work: () => string,
  { keep = false, replies = {} }: { readonly keep?: boolean; readonly replies?: Readonly<Record<string, Reply>> } = {},
): Promise<{ readonly log: string[]; readonly result: unknown }> {
  const log: string[] = [];
  const logged = (entry: string, reply: Reply = {}): Reply => {
    return (argv, options) => {
      log.push(entry);
      return typeof reply === "function" ? reply(argv, options) : reply;
    };
  };
  const { kubectl } = fakeKubectl({
    "apply --server-side": logged("apply", replies.apply),
    "delete --ignore-not-found -f -": logged("delete", replies.delete),
    "get nodes": printed({ items: [READY_NODE] }),
    "get deployments": printed({ items: [] }),
    "get pods --all-namespaces": printed({ items: [] }),
  });
  const cluster = {
    kubectl,
    nodes: [fakeNode(1, { rm: {} })],
    facts: { underlayMtu: 1500 },
    loadImage: "load",
    installation: { podCidr: "10.244.0.0/16", apiServer: { host: "api", port: 6443 }, pullsByDigest: true },
  } as unknown as InstallableCluster;
  const target: InstallTarget = {
    name: "the cluster of context test",
    loadImage: "load",
    cleanCommand: "cnibench clean --context test",
    checkPermissions: async () => [],
    open: async () => ({
      cluster,
      record: async (reference) => void log.push(`record ${reference}`),
      deleteRecord: async () => void log.push("delete record"),
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
  const install = { plugin: PLUGIN, reference: "tiny@v1", inspection: { target, serverUrl: "", occupied: null } };
  const options = { keep, onEvent: (event: { kind: string; text?: string }) => log.push(`note: ${event.text}`) };
  const result = await whileInstalled(fakeHost(), install, options, async () => {
    log.push("work");
    return work();
  }).catch((error: unknown) => error);
  return { log, result };
}

const INSTALLATION = ["note: installing tiny@v1 on the cluster of context test", "record tiny@v1", "apply"];
const REMOVAL = ["delete", "delete record"];
const REMOVED = "note: tiny was uninstalled from the cluster";

it("installs the plugin, works, uninstalls it and returns the result", async () => {
  const { log, result } = await runWith(() => "done");
  expect(log).toEqual([...INSTALLATION, "work", ...REMOVAL, REMOVED]);
  expect(result).toBe("done");
});

it("uninstalls the plugin if the work fails", async () => {
  const failure = new Error("disk full");
  const { log, result } = await runWith(() => {
    throw failure;
  });
  expect(log).toEqual([...INSTALLATION, "work", ...REMOVAL, REMOVED]);
  expect(result).toBe(failure);
});

it("keeps the plugin on request, and names the command that uninstalls it", async () => {
  const { log } = await runWith(() => "done", { keep: true });
  const kept = "note: tiny@v1 remains installed; uninstall it with: cnibench clean --context test";
  expect(log).toEqual([...INSTALLATION, "work", kept]);
});

it("neither works nor leaves anything behind if the installation fails", async () => {
  const replies = { apply: { exitCode: 1, stderr: "error: forbidden\n" } };
  const { log, result } = await runWith(() => "done", { replies });
  expect(log).toEqual([...INSTALLATION, ...REMOVAL]);
  expect(String(result)).toContain("forbidden");
});

it("reports a plugin that cannot be uninstalled, and keeps its record", async () => {
  const replies = { delete: { exitCode: 1, stderr: "error: timed out\n" } };
  const { log, result } = await runWith(() => "done", { replies });
  expect(log).toEqual([...INSTALLATION, "work", "delete"]);
  expect(String(result)).toContain("timed out");
});
