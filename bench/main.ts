/** `npm run bench [-- NAME...]`: every benchmark in one run, as Markdown; exit 1 when a target is missed. */
import { cpus, release, totalmem } from "node:os";
import { benchAddOverhead } from "./add-overhead.ts";
import type { Benchmark } from "./benchmark.ts";
import { benchApiCalls } from "./api-calls.ts";
import { benchKind } from "./kind.ts";
import { benchConformance } from "./conformance.ts";
import { benchLab } from "./lab.ts";
import { benchRepetition } from "./repetition.ts";
import { benchResume } from "./resume.ts";
import { benchScale } from "./scale.ts";
import { benchStart } from "./start.ts";
import { benchThroughput } from "./throughput.ts";
import { benchVm } from "./vm.ts";

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  start: benchStart,
  lab: benchLab,
  add: benchAddOverhead,
  repetition: benchRepetition,
  throughput: benchThroughput,
  scale: benchScale,
  resume: benchResume,
  conformance: benchConformance,
  kind: benchKind,
  "api-calls": benchApiCalls,
  vm: benchVm,
};

const requested = process.argv.slice(2);
const unknown = requested.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(", ")}; known: ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exit(2);
}

console.log(
  `Machine: ${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}.`,
);
let missed = 0;
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (requested.length > 0 && !requested.includes(name)) continue;
  const { name: title, rows, target, met } = await bench();
  if (!met) missed++;
  const lines = rows.map(([what, figure]) => `| ${what} | ${figure} |`);
  console.log(
    `\n## ${title}\n\n| | |\n|---|---|\n${lines.join("\n")}\n\nTarget: ${target}: ${met ? "met" : "MISSED"}.`,
  );
}
process.exitCode = missed === 0 ? 0 : 1;
