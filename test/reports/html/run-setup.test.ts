/** The environment of a run in a page. */
import { expect, test } from "vitest";
import { setupSection } from "../../../reports/html/run-setup.ts";
import type { Interleaving } from "../../../results/environment-facts.ts";
import { shownTexts } from "../../helpers/page-text.ts";
import { inputOf, sampleRun } from "../../helpers/sample-run.ts";

const { environment, ...run } = sampleRun().run;
const input = { ...inputOf(sampleRun()), digests: { "run.json": null, "results.jsonl": null, "raw.sha256": null } };

test.each<[Interleaving | undefined, string]>([
  [{ applied: true, reason: null }, "measured in turn"],
  [{ applied: false, reason: "there is one cluster" }, "measured one after the other: there is one cluster"],
  [undefined, "measured one after the other"],
])("shows the order of the plugins of a block: %j", (interleaving, expected) => {
  if (environment === null) throw new Error("the sample has no environment");
  const cluster = { ...environment.cluster, ...(interleaving !== undefined && { interleaving }) };
  const page = setupSection({ ...input, run: { ...run, environment: { ...environment, cluster } } }, "").text;
  expect(shownTexts(page, "en").join(" ")).toContain(`Plugins of a block ${expected} All nodes`);
});
