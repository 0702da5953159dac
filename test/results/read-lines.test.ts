import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { sha256 } from "../../results/digests.ts";
import { readLines } from "../../results/read-lines.ts";
import { temporaryDir } from "../helpers/cnibench.ts";

const LIMITS = { file: 10_000_000, line: 5_000_000 };

function read(content: string, limits = LIMITS) {
  const file = join(temporaryDir(), "file");
  writeFileSync(file, content);
  const lines: string[] = [];
  return { ...readLines(file, limits, (line) => lines.push(line)), lines };
}

describe("readLines", () => {
  it("returns complete lines, the rest and the digest, also of lines longer than a read", () => {
    const long = "ä".repeat(1_500_000);
    const content = `a\n\n${long}\nrest`;
    expect(read(content)).toEqual({ lines: ["a", "", long], tail: "rest", digest: sha256(content) });
    expect(read("")).toEqual({ lines: [], tail: "", digest: sha256("") });
  });

  it("returns nothing for a missing file", () => {
    expect(readLines(join(temporaryDir(), "none"), LIMITS, () => undefined)).toEqual({ tail: "", digest: null });
  });

  it("rejects files and lines that are too large, and directories", () => {
    expect(() => read("12345", { file: 4, line: 4 })).toThrow(/too large: 5 bytes \(limit 4\)/);
    expect(() => read("x".repeat(20), { file: 100, line: 10 })).toThrow(/line of more than 10 bytes/);
    const dir = temporaryDir();
    mkdirSync(join(dir, "sub"));
    expect(() => readLines(join(dir, "sub"), LIMITS, () => undefined)).toThrow(UsageError);
  });
});
