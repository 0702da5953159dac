/**
 * Stores the noise card of this machine in the cache, one file per host name, because machines can share a home
 * directory. The lock of measurements protects it: only a calibration writes it.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { arch, cpus, release } from "node:os";
import { dirname, join } from "node:path";
import { writeAtomically } from "../core/atomic-write.ts";
import { EnvironmentError, messageOf, UsageError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { cnibenchVersion, makeDirectories } from "../core/paths.ts";
import {
  MAX_NOISE_CARD_BYTES,
  type NoiseCard,
  type NoiseMachine,
  parseNoiseCard,
  whyNotValid,
} from "../results/index.ts";
import { preferredKind } from "../clusters/index.ts";
import { cacheDir } from "../tools/index.ts";
import type { RunChoices } from "./plan/definition.ts";
import { interleavingOf } from "./plan/interleave.ts";

const COMMAND = 'run "cnibench doctor --calibrate"';

export interface NoiseCardLookup {
  /** null: there is none that can be used. */
  readonly card: NoiseCard | null;
  /** Whether a file is stored that cannot be used. */
  readonly refused: boolean;
  /** Why a card is missing, in one sentence with the next step; null if it is not, or none would apply. */
  readonly problem: string | null;
}

/** Returns the facts about this machine that a card must match. */
export function noiseMachine(): NoiseMachine {
  const cpuModel = cpus()[0]?.model.trim() || "unknown";
  return { kernel: release(), cpuModel, cpus: cpus().length, arch: arch(), cnibench: cnibenchVersion() };
}

/**
 * Returns the card that describes the noise of such a run. Cards are measured on unshaped clusters of one kind, with
 * interleaving if that kind allows it.
 */
export function noiseCardFor(
  host: Host,
  { kind, spec, plugins }: Pick<RunChoices, "kind" | "spec" | "plugins">,
): NoiseCardLookup {
  const isShaped = [spec.underlayRate, spec.underlayDelay, spec.underlayLoss].some((value) => value !== undefined);
  const { applied } = interleavingOf({ kind, plugins, nodes: spec.nodes });
  const isDescribed = kind.name === preferredKind().name && applied === (kind.coexist ?? false) && !isShaped;
  if (!isDescribed) return { card: null, refused: false, problem: null };
  return lookUpNoiseCard(host);
}

/** Reads the card of this machine. A card that is damaged, stale or of another machine is refused. */
export function lookUpNoiseCard(host: Host, current = noiseMachine()): NoiseCardLookup {
  const file = cardFile(host);
  const refused = (problem: string): NoiseCardLookup => ({ card: null, refused: true, problem });
  try {
    const text = readCard(file);
    if (text === null)
      return { card: null, refused: false, problem: `this machine has no noise card; ${COMMAND} to measure one` };
    const card = parseNoiseCard(text);
    const reason = whyNotValid(card, current, host.clock.date());
    if (reason === null) return { card, refused: false, problem: null };
    return refused(`the noise card of this machine is ${reason}; ${COMMAND} to replace it`);
  } catch (error) {
    return refused(`noise card ${file} ignored: ${messageOf(error)}; ${COMMAND} to replace it`);
  }
}

/** Replaces the card of this machine. @returns the file @throws EnvironmentError */
export function storeNoiseCard(host: Host, card: NoiseCard): string {
  const file = cardFile(host);
  try {
    makeDirectories(dirname(file));
    writeAtomically(file, `${JSON.stringify(card, null, 2)}\n`);
  } catch (error) {
    throw new EnvironmentError(`cannot write the noise card ${file} (${messageOf(error)}); set CNIBENCH_CACHE`);
  }
  return file;
}

function cardFile(host: Host): string {
  const id = createHash("sha256").update(host.hostname).digest("hex").slice(0, 16);
  return join(cacheDir(host), "noise", `${id}.json`);
}

/** Returns null if the file does not exist. @throws UsageError if it is not a small regular file */
function readCard(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile()) throw new UsageError("not a regular file");
  if (found.size > MAX_NOISE_CARD_BYTES) throw new UsageError(`larger than ${MAX_NOISE_CARD_BYTES} bytes`);
  return readFileSync(file, "utf8");
}
