/** A plugin is installed for the time of a run, and uninstalled however the run ends. */
import { expect, it } from "vitest";
import type { Plugin } from "../../../plugins/plugin.ts";
import { whileInstalled } from "../../../engine/run/while-installed.ts";
import { fakeHost, type Reply } from "../../helpers/fake-host.ts";
import { fakeInstallTarget } from "../fake-install.ts";

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

/** Runs work on a cluster. @returns what happened, in order */
async function runWith(
  work: () => string,
  { keep = false, replies = {} }: { readonly keep?: boolean; readonly replies?: Readonly<Record<string, Reply>> } = {},
): Promise<{ readonly log: string[]; readonly result: unknown }> {
  const log: string[] = [];
  const target = fakeInstallTarget(log, replies);
  const install = { plugin: PLUGIN, pluginSpec: "tiny@v1", inspection: { target, serverUrl: "", occupied: null } };
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
