/** Every clause, in every version of every plugin with a profile: the deviations are those verified by hand. */
import { expect, test } from "vitest";
import { readdirSync } from "node:fs";
import { useLab } from "./lab.ts";
import { NIGHTLY_DEVIATIONS } from "./reference-deviations.ts";
import { brokenClauses, runShippedProfile } from "./shipped-profile.ts";

const PROFILES = new URL("../../conformance/under-test/profiles/", import.meta.url).pathname;
const PLUGINS = readdirSync(PROFILES).map((name) => name.replace(/\.yaml$/, ""));

const lab = useLab();

test.each(PLUGINS)(
  "%s in every version",
  async (plugin) => {
    const { conformance, warnings } = await runShippedProfile(lab(), plugin, null);
    expect(warnings.filter(({ code }) => code === "test-failed")).toEqual([]);
    for (const { version, breaks, sometimes } of NIGHTLY_DEVIATIONS.filter((one) => one.plugin === plugin)) {
      const broken = brokenClauses(conformance.filter(({ specVersion }) => specVersion === version));
      expect(
        broken.filter((clause) => !sometimes.includes(clause)),
        version,
      ).toEqual([...breaks].sort());
    }
  },
  1_800_000,
);
