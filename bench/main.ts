/** `npm run bench [-- NAME...]`: runs benchmarks and prints Markdown; exits with 1 if a target is missed. */
import { cpus, release, totalmem } from "node:os";
import type { Host } from "../core/host.ts";
import { createHost } from "../core/local.ts";
import { benchAddOverhead } from "./add-overhead.ts";
import { benchApiCalls } from "./api-calls.ts";
import { exitCodeOf, toMarkdown, type Benchmark, type TargetResult } from "./benchmark.ts";
import { benchBetweenDeployments } from "./between-deployments.ts";
import { benchConformance } from "./conformance-suite.ts";
import { benchKind } from "./kind.ts";
import { benchLab } from "./lab.ts";
import { benchPods } from "./pods.ts";
import { benchRepetition } from "./repetition.ts";
import { benchReport } from "./report.ts";
import { benchResume } from "./resume.ts";
import { benchScale } from "./scale.ts";
import { benchStart } from "./start.ts";
import { benchThroughput } from "./throughput.ts";
import { benchVm } from "./vm.ts";

const BENCHMARKS: Readonly<Record<string, (host: Host) => Promise<Benchmark>>> = {
  start: benchStart,
  lab: benchLab,
  add: benchAddOverhead,
  repetition: benchRepetition,
  throughput: benchThroughput,
  pods: benchPods,
  report: benchReport,
  scale: benchScale,
  resume: benchResume,
  deployments: benchBetweenDeployments,
  conformance: benchConformance,
  kind: benchKind,
  "api-calls": benchApiCalls,
  vm: benchVm,
};

const host = createHost();
const requested = host.argv.slice(2);
const unknown = requested.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(", ")}; available: ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exit(2);
}

console.log(`Machine: ${describeMachine(host)}.`);
const results: TargetResult[] = [];
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (requested.length > 0 && !requested.includes(name)) continue;
  const benchmark = await run(host);
  results.push(benchmark.result);
  console.log(`\n${toMarkdown(benchmark)}`);
}
process.exitCode = exitCodeOf(results);

function describeMachine({ clock }: Host): string {
  const cpu = `${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}`;
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const date = clock.date().toISOString().slice(0, 10);
  return `${cpu}, ${memory}, Linux ${release()}, Node ${process.version}, ${date}`;
}
