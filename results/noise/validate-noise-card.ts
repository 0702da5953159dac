/** Decides whether a stored noise card can be used: whether it is intact, of this machine and recent. */
import { printable, UsageError } from "../../core/errors.ts";
import { tryParse } from "../../core/untrusted-json.ts";
import { validator } from "../run-schema.ts";
import type { NoiseCard, NoiseMachine } from "./noise-card.ts";

/** Maximum size of a stored card. One with 20 metrics has 10 kB. */
export const MAX_NOISE_CARD_BYTES = 1_000_000;

const MAX_AGE_DAYS = 30;
const DAY_MS = 86_400_000;

/** Parses the text of a card. @throws UsageError if cnibench did not write it */
export function parseNoiseCard(text: string): NoiseCard {
  const card = tryParse(text);
  const problem = card === undefined ? "invalid JSON" : validator("noise-card")(card);
  if (problem !== null) throw new UsageError(`damaged (${printable(problem)})`);
  return card as NoiseCard;
}

/** Returns why a card does not describe this machine now, or null if it does. */
export function whyNotValid({ machine, measuredAt }: NoiseCard, current: NoiseMachine, now: Date): string | null {
  const labels = {
    kernel: "kernel",
    cpuModel: "CPU",
    cpus: "number of CPUs",
    arch: "architecture",
    cnibench: "cnibench",
  };
  const keys = Object.keys(labels) as (keyof typeof labels)[];
  const different = keys.find((key) => machine[key] !== current[key]);
  if (different !== undefined) {
    const [old, found] = [machine[different], current[different]].map((value) => printable(String(value)));
    return `stale: measured with ${labels[different]} ${old}, now ${found}`;
  }
  const age = now.getTime() - Date.parse(measuredAt);
  return age > MAX_AGE_DAYS * DAY_MS ? `stale: measured more than ${MAX_AGE_DAYS} days ago` : null;
}
