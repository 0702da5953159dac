import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { verifyPath } from "../../../engine/verify/verify-path.ts";
import { seededRandom } from "../../../results/random.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { storeMeasuredRun } from "../../helpers/stored-run.ts";

/** Number of flipped digits, one at a time. */
const FLIPS = 120;

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

it("finds a flipped digit at any place of any file of a run", async () => {
  const dir = join(temporaryDir(), "run");
  await storeMeasuredRun(dir, ["json", "csv", "md", "junit"]);
  const random = seededRandom(7);
  const pick = (count: number): number => Math.floor(random() * count);
  const files = filesBelow(dir).filter((file) => /\d/.test(readFileSync(file, "utf8")));
  // Half of the places are outside raw/, which has most files.
  const others = files.filter((file) => !file.startsWith(join(dir, "raw/")));
  for (let i = 0; i < FLIPS; i++) {
    const candidates = i % 2 === 0 ? files : others;
    const file = candidates[pick(candidates.length)] as string;
    const text = readFileSync(file, "utf8");
    const places = [...text.matchAll(/\d/g)].map(({ index }) => index);
    const place = places[pick(places.length)] as number;
    const digit = (Number(text[place]) + 1 + pick(9)) % 10;
    writeFileSync(file, `${text.slice(0, place)}${digit}${text.slice(place + 1)}`);
    await expect(verifyPath(dir, []), `${file}, character ${place}`).rejects.toThrow(UsageError);
    writeFileSync(file, text);
  }
  await verifyPath(dir, []);
});
