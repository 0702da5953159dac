/** The binaries of a plugin: those of the user come first, and another binary never replaces them silently. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findCniPlugin } from "../../../tools/find.ts";
import { findAssets } from "../../../engine/preflight/assets.ts";
import { plugins } from "../../../plugins/index.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { assetsOf } from "../deploy/with-deployment.ts";
import { createHost } from "../../../core/local.ts";

const host = createHost();

const installed = findCniPlugin(host, "bridge") ?? "";

/** Returns a directory with a modified copy of the installed bridge binary. */
function dirWith(patch: (binary: Buffer) => Buffer): string {
  const dir = join(temporaryDir(), "cni new");
  mkdirSync(dir);
  writeFileSync(join(dir, "bridge"), patch(readFileSync(installed)), { mode: 0o755 });
  return dir;
}

/** Changes the e_machine field of an ELF file. */
function forMachine(number: number): (binary: Buffer) => Buffer {
  return (binary) =>
    Buffer.concat([binary.subarray(0, 18), Buffer.from([number & 0xff, number >> 8]), binary.subarray(20)]);
}

test("a binary in the user's directory wins; missing ones are taken from the system", () => {
  const dir = dirWith((binary) => Buffer.concat([binary, Buffer.from("changed")]));
  const { binaries } = assetsOf(plugins.bridge, [dir]);
  const found = Object.fromEntries(binaries.map(({ name, file }) => [name, file]));
  expect(found).toEqual({ bridge: join(dir, "bridge"), "host-local": findCniPlugin(host, "host-local") });
  const [standard] = assetsOf(plugins.bridge).binaries;
  expect(standard).toMatchObject({ name: "bridge", file: installed });
  expect(binaries[0]?.sha256).not.toBe(standard?.sha256);
});

test("the directory of a version comes first and must contain the binary", () => {
  const [version, other] = [dirWith((binary) => binary), dirWith((binary) => binary)];
  expect(assetsOf({ ...plugins.bridge, binDir: version }, [other]).binaries[0]?.file).toBe(join(version, "bridge"));
  expect(() => findAssets(host, { ...plugins.ptp, binDir: version }, "bare", [other])).toThrow(
    `${version}: "ptp" not found`,
  );
});

test("a binary for another architecture is rejected with both names", () => {
  const [number, name] = arch() === "arm64" ? [0x3e, "x64"] : [0xb7, "arm64"];
  const dir = dirWith(forMachine(number));
  expect(() => findAssets(host, plugins.bridge, "bare", [dir])).toThrow(
    `${dir}/bridge is built for ${name}, but this machine is ${arch()}`,
  );
  copyFileSync(installed, join(dir, "bridge"));
  expect(findAssets(host, plugins.bridge, "bare", [dir])).toHaveProperty("assets");
});

test("a script runs on every architecture; a file without execute permission is rejected", () => {
  const dir = dirWith(() => Buffer.from("#!/bin/sh\n"));
  expect(assetsOf(plugins.bridge, [dir]).binaries[0]?.file).toBe(join(dir, "bridge"));
  chmodSync(join(dir, "bridge"), 0o644);
  expect(() => findAssets(host, plugins.bridge, "bare", [dir])).toThrow(/bridge is not executable; run "chmod \+x/);
});

test.each([
  ["#!/bin/sh\r\n", "is a script with CR LF line ends"],
  ["#!/no/such/interpreter\n", "needs the interpreter"],
  ["", "is an empty file"],
])("a file that cannot be executed is rejected: %j", (text, problem) => {
  const dir = dirWith(() => Buffer.from(text));
  expect(() => findAssets(host, plugins.bridge, "bare", [dir])).toThrow(`${dir}/bridge ${problem}`);
});
