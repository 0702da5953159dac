import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readGate, type GateFlags } from "../../../cli/flags/gate-flags.ts";
import { readChoices } from "../../../cli/flags/run-choices.ts";
import { UsageError } from "../../../core/errors.ts";
import type { GateOptions } from "../../../engine/index.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost } from "../../helpers/fake-host.ts";

async function gateOf(given: Partial<GateFlags>): Promise<GateOptions | null> {
  const host = fakeHost();
  const choices = { cluster: "netns", nodes: 2, underlayMtu: 1500, plugins: ["bridge", "ptp"] };
  return readGate(host, { threshold: 1.05, ...given }, given, await readChoices(host, choices));
}

/** Returns a directory with a file of this name. */
function dirWith(name: string, text = ""): string {
  const dir = temporaryDir();
  writeFileSync(join(dir, name), text);
  return dir;
}

describe("readGate", () => {
  it("returns no gate without --confirm", async () => {
    expect(await gateOf({})).toBeNull();
    expect(await gateOf({ failOn: ["conformance", "incomplete"] })).toBeNull();
  });

  it.each<Partial<GateFlags>>([
    { failOn: ["regression"] },
    { threshold: 1.1 },
    { baseBinDir: "." },
    { known: "known.yaml" },
  ])("refuses %j without --confirm", async (flags) => {
    await expect(gateOf(flags)).rejects.toThrow(/requires --confirm/);
  });

  it("returns absolute directories of all base runs", async () => {
    const gate = await gateOf({ confirm: ["base", "/other"] });
    expect(gate).toMatchObject({ threshold: 1.05, known: [], basePlugins: null });
    expect(gate?.baseDirs).toEqual([join(process.cwd(), "base"), "/other"]);
  });

  it("returns the definitions of the plugins in --base-bin-dir with its binaries", async () => {
    const dir = dirWith("ptp");
    const gate = await gateOf({ confirm: ["base"], baseBinDir: dir });
    expect(gate?.basePlugins).toMatchObject([
      { head: "ptp", pluginSpec: `ptp@${dir}`, plugin: { binDir: dir, bare: { binaries: ["ptp", "host-local"] } } },
    ]);
    expect(gate?.basePlugins?.[0]?.plugin.name).not.toBe("ptp");
  });

  it("refuses a directory without a plugin, and a file", async () => {
    const dir = dirWith("other");
    await expect(gateOf({ confirm: ["base"], baseBinDir: dir })).rejects.toThrow(UsageError);
    await expect(gateOf({ confirm: ["base"], baseBinDir: join(dir, "other") })).rejects.toThrow(/not a directory/);
  });

  it("reads the known regressions", async () => {
    const text = "known:\n  - {cell: '*/add-time', reason: slower on purpose, expires: '1970-01-02'}\n";
    const known = join(dirWith("known.yaml", text), "known.yaml");
    expect((await gateOf({ confirm: ["base"], known }))?.known).toMatchObject([{ cell: "*/add-time" }]);
  });
});
