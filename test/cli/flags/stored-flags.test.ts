/** The choices of a run are stored and become the same flags again. */
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { readChoices, type ChoiceFlags } from "../../../cli/flags/run-choices.ts";
import { toFlags } from "../../../cli/flags/stored-flags.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { toDefinition } from "../../../engine/plan/definition.ts";
import { runnerFacts } from "../../../runners/index.ts";
import { shippedSuites } from "../../../suites/index.ts";
import { loadSuite } from "../../../suites/load-suite.ts";
import type { Suite } from "../../../suites/suite.ts";
import { sampleRun } from "../../helpers/sample-run.ts";

const { run } = sampleRun({ blocks: 2 });

function suiteOf(text: string, file: string): Suite {
  const loaded = loadSuite(text, file, runnerFacts());
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return loaded.suite;
}

it.each(shippedSuites())("the stored suite $name loads as the same suite", async ({ name, file, text }) => {
  const { suites } = toDefinition(
    fakeHost(),
    await readChoices(fakeHost(), { cluster: "netns", nodes: 2, underlayMtu: 1500, suite: [name] }),
  );
  expect(suiteOf(JSON.stringify(suites[0]), "run.json")).toEqual(suiteOf(text, file));
});

it("restores the same flags, with absolute paths; stored paths do not contain the home directory", async () => {
  const flags: ChoiceFlags = {
    cluster: "netns",
    nodes: 3,
    underlayMtu: 9000,
    underlayDelay: 0.005,
    underlayLoss: 0.01,
    only: ["*/tcp/*"],
    exploratory: true,
    keepAwake: false,
    cniArgs: [
      ["K8S_POD_NAMESPACE", "prod"],
      ["K8S_POD_UID", ""],
    ],
    seed: 7,
  };
  const host = fakeHost();
  const files = {
    pluginSpecs: ["bridge", `ptp@${resolve("new")}`],
    conf: [join(host.homeDir, "mine.conflist")],
    binDirs: [join(host.homeDir, "bin")],
  };
  const definition = toDefinition(host, { ...(await readChoices(host, flags)), ...files });
  expect(definition.conf).toEqual(["~/mine.conflist"]);
  expect(definition.binDirs).toEqual(["~/bin"]);
  expect(definition.cniArgs).toBe("K8S_POD_NAMESPACE=prod;K8S_POD_UID=");
  const again = toFlags(host, { ...run, seed: 7, plan: { ...run.plan, nodes: 3 }, definition });
  expect(again).toEqual({
    ...flags,
    plugins: files.pluginSpecs,
    conf: files.conf,
    binDir: files.binDirs,
    redact: false,
  });
});
