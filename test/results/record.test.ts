import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../core/paths.ts";
import { MAX_COUNT } from "../../results/record.ts";

const COUNTS = ["block", "blocks", "rep", "repetitions", "sitting"];

test.each(["run", "result", "noise-card"])("the schema %s.json limits counts as the code does", (name) => {
  const maxima: unknown[] = [];
  JSON.parse(readFileSync(join(packageRoot(), `results/schema/${name}.json`), "utf8"), (key, value: unknown) => {
    const isCount = COUNTS.includes(key) && typeof value === "object" && value !== null && "maximum" in value;
    if (isCount) maxima.push(value.maximum);
    return value;
  });
  expect(new Set(maxima)).toEqual(new Set([MAX_COUNT]));
});
