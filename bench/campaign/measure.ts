/** Measures one run of a campaign in its own directory, with the steps of `cnibench run`. */
import { rmSync } from "node:fs";
import { requireNoProblems } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { check, execute, open, prepare, resume, type RunChoices } from "../../engine/index.ts";
import { missingTools } from "../../tools/index.ts";
import { choicesOf } from "../resume.ts";
import { pluginsOf, type CampaignRun, type Design } from "./campaign-plan.ts";
import { nextStep, readState, type NextStep } from "./next-step.ts";

const MAX_SEED = 2 ** 31;

/** Returns what has to be done for a run. @throws UsageError if its directory is damaged or of another campaign */
export async function nextStepOf(host: Host, dir: string, choices: RunChoices): Promise<NextStep> {
  const { plan } = await prepare(host, choices);
  return nextStep(dir, await readState(dir), plan);
}

/** Returns the choices of a new run. Its seed is random. */
export function choicesOfRun(run: CampaignRun, { suite, only }: Design): RunChoices {
  const seed = Math.floor(Math.random() * MAX_SEED);
  return { ...choicesOf([suite]), plugins: pluginsOf(run), pluginSpecs: null, only, seed };
}

/**
 * Measures a run, or the rest of it.
 * @throws UsageError; EnvironmentError; the error of a deployment, whose run can be resumed
 */
export async function measureRun(host: Host, dir: string, choices: RunChoices, step: NextStep): Promise<void> {
  if (step === "repeat") rmSync(dir, { recursive: true });
  const interrupted = step === "resume" ? await resume(host, dir) : null;
  const seed = interrupted?.run.seed ?? choices.seed;
  const prepared = await prepare(host, { ...choices, seed }, { interrupted });
  const missing = missingTools(host, prepared.tools.onHost);
  requireNoProblems(missing.map(({ name }) => ({ message: `${name} not found`, fix: "cnibench setup" })));
  const command = ["cnibench", ...host.argv.slice(2)];
  const session = await open(host, await check(host, prepared), { out: dir, command });
  await execute(host, session, { onEvent: () => undefined }).finally(session.unlock);
}
