/** Which program stands for a plugin: the user's before the installed one, and never another in its place unseen. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findCniPlugin } from "../../core/tools/find.ts";
import { findAssets } from "../../engine/assets.ts";
import { plugins } from "../../plugins/index.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { assetsOf } from "./with-deployment.ts";

const installed = findCniPlugin("bridge") ?? "";

/** A folder with a copy of the installed bridge, changed. */
function dirWith(patch: (program: Buffer) => Buffer): string {
  const dir = join(temporaryDir(), "cni new");
  mkdirSync(dir);
  writeFileSync(join(dir, "bridge"), patch(readFileSync(installed)), { mode: 0o755 });
  return dir;
}

/** Another number of e_machine. */
function forMachine(number: number): (program: Buffer) => Buffer {
  return (program) =>
    Buffer.concat([program.subarray(0, 18), Buffer.from([number & 0xff, number >> 8]), program.subarray(20)]);
}

test("a folder of the user's wins, and what it lacks is the installed one", () => {
  const folder = dirWith((program) => Buffer.concat([program, Buffer.from("changed")]));
  const { binaries } = assetsOf(plugins.bridge, [folder]);
  const found = Object.fromEntries(binaries.map(({ name, file }) => [name, file]));
  expect(found).toEqual({ bridge: join(folder, "bridge"), "host-local": findCniPlugin("host-local") });
  const [usual] = assetsOf(plugins.bridge).binaries;
  expect(usual).toMatchObject({ name: "bridge", file: installed });
  expect(binaries[0]?.sha256).not.toBe(usual?.sha256);
});

test("the folder of a version comes before all others, and must have the program", () => {
  const [version, other] = [dirWith((program) => program), dirWith((program) => program)];
  expect(assetsOf({ ...plugins.bridge, binDir: version }, [other]).binaries[0]?.file).toBe(join(version, "bridge"));
  expect(() => findAssets({ ...plugins.ptp, binDir: version }, "bare", [other])).toThrow(
    `${version} has no "ptp"; name the folder`,
  );
});

test("a program for another processor is refused with both names", () => {
  const [number, name] = arch() === "arm64" ? [0x3e, "x64"] : [0xb7, "arm64"];
  const folder = dirWith(forMachine(number));
  expect(() => findAssets(plugins.bridge, "bare", [folder])).toThrow(
    `${folder}/bridge is a program for ${name}, and this machine is ${arch()}`,
  );
  copyFileSync(installed, join(folder, "bridge"));
  expect(findAssets(plugins.bridge, "bare", [folder])).toHaveProperty("assets");
});

test("a script is for every processor, and a file without the right to run is no program", () => {
  const folder = dirWith(() => Buffer.from("#!/bin/sh\n"));
  expect(assetsOf(plugins.bridge, [folder]).binaries[0]?.file).toBe(join(folder, "bridge"));
  chmodSync(join(folder, "bridge"), 0o644);
  expect(() => findAssets(plugins.bridge, "bare", [folder])).toThrow(/bridge is no executable file; fix: chmod \+x/);
});
