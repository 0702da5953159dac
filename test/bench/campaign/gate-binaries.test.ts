import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeBinary } from "../../../bench/campaign/gate-binaries.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";

it("writes a script that finds the original behind its end", () => {
  const dir = temporaryDir();
  const original = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x0a, 0xff, 0x00]);
  writeFileSync(join(dir, "original"), original);
  const file = join(dir, "head", "bridge");
  writeBinary(file, join(dir, "original"), { before: "sleep 0.1" });
  const written = readFileSync(file);
  const [, offset] = /tail -c \+(\d+) "\$0"/.exec(written.toString()) ?? [];
  expect(written.subarray(Number(offset) - 1)).toEqual(original);
  expect(written.toString()).toMatch(/^#!\/bin\/sh\n[^]*\{ sleep 0\.1; \}/);
  expect(statSync(file).mode & 0o777).toBe(0o755);
});
