/**
 * Downloads Debian packages as any user, through apt with a private state: the lists, caches and locks of the system
 * are neither read nor written. Signatures are checked as configured in the sources of the system, never less strictly.
 */
import { mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { Output } from "../core/shell.ts";
import { succeeded } from "../core/shell.ts";
import { explainAptFailure } from "./apt-errors.ts";
import {
  archiveOnly,
  parseDeb822,
  parseOneLine,
  renderSources,
  withComponents,
  type AptSource,
  type Distribution,
} from "./sources.ts";

/** Generous, because a slow connection is not an error. apt detects a dead one itself (30 s per connection). */
const UPDATE_TIMEOUT_S = 600;
const PLAN_TIMEOUT_S = 120;
const DOWNLOAD_TIMEOUT_S = 1800;

/** One package that apt would download. */
export interface PlannedPackage {
  /** `name_version_arch.deb`, with `%3a` for the colon of an epoch. */
  readonly file: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** An apt with a private state. */
interface Apt {
  /** Fetches the package lists. */
  update(): Promise<void>;
  /** Returns the packages to download: the given ones and their dependencies that are not installed. */
  plan(packages: readonly string[]): Promise<PlannedPackage[]>;
  /** Downloads the planned packages and returns the paths of the `.deb` files. */
  download(packages: readonly string[], planned: readonly PlannedPackage[]): Promise<string[]>;
}

/**
 * Returns the sources of the distribution's archive on this system, with additional components enabled.
 * @param etc usually /etc/apt
 */
export function archiveSources(distribution: Distribution, components: readonly string[], etc: string): AptSource[] {
  const parts = filesIn(join(etc, "sources.list.d"));
  const oneLine = [join(etc, "sources.list"), ...parts.filter((file) => file.endsWith(".list"))];
  const deb822 = parts.filter((file) => file.endsWith(".sources"));
  const all = [
    ...oneLine.flatMap((file) => parseOneLine(readOrEmpty(file))),
    ...deb822.flatMap((file) => parseDeb822(readOrEmpty(file))),
  ];
  return withComponents(archiveOnly(all, distribution), components);
}

/** Sets up a private apt state in an empty directory. */
export function openApt(host: Host, dir: string, sources: readonly AptSource[]): Apt {
  createState(dir, sources);
  const apt = (args: readonly string[], timeout: number): Promise<Output> =>
    runApt(host, ["--config-file", join(dir, "apt.conf"), ...args], timeout);
  // Set if a source was unreachable: a missing package is then blamed on the network, not on the archive.
  let failedUpdate: Output | undefined;
  const install = ["install", "--reinstall", "--no-install-recommends", "--yes"];
  return {
    update: async () => {
      const output = await apt(["--quiet", "update"], UPDATE_TIMEOUT_S);
      // apt exits with code 0 even if all sources are unreachable.
      if (!readdirSync(join(dir, "lists")).some((file) => file.includes("_Packages"))) throw explainAptFailure(output);
      if (output.stderr.includes("Failed to fetch")) failedUpdate = output;
    },
    plan: async (packages) => {
      try {
        return parsePlan((await apt(["-qq", ...install, "--print-uris", ...packages], PLAN_TIMEOUT_S)).stdout);
      } catch (error) {
        throw failedUpdate === undefined || host.signal.aborted ? error : explainAptFailure(failedUpdate);
      }
    },
    download: async (packages, planned) => {
      const output = await apt(["--quiet", ...install, "--download-only", ...packages], DOWNLOAD_TIMEOUT_S);
      const downloaded = new Set(readdirSync(join(dir, "archives")));
      if (planned.some(({ file }) => !downloaded.has(file))) throw explainAptFailure(output);
      return planned.map(({ file }) => join(dir, "archives", file));
    },
  };
}

function createState(dir: string, sources: readonly AptSource[]): void {
  for (const name of ["lists/partial", "cache", "archives/partial", "sources", "log"])
    mkdirSync(join(dir, name), { recursive: true });
  writeFileSync(join(dir, "sources", "archive.sources"), renderSources(sources));
  writeFileSync(join(dir, "apt.conf"), configuration(dir));
}

/**
 * Runs apt-get, which is killed together with cnibench.
 * @throws EnvironmentError if it fails; the signal's reason if aborted
 */
async function runApt({ shell, signal }: Host, args: readonly string[], timeout: number): Promise<Output> {
  const output = await shell.exec(["setpriv", "--pdeathsig", "KILL", "--", "apt-get", ...args], {
    timeout,
    env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    signal,
  });
  signal.throwIfAborted();
  if (!succeeded(output)) throw explainAptFailure(output);
  return output;
}

/** apt reads this after the configuration of the user: proxies and pins remain, hooks that change the system do not. */
function configuration(dir: string): string {
  return `#clear APT::Update;
#clear APT::Install;
#clear DPkg;
Dir::State "${dir}";
Dir::State::Lists "${dir}/lists";
Dir::State::Status "/var/lib/dpkg/status";
Dir::Cache "${dir}/cache";
Dir::Cache::Archives "${dir}/archives";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "${dir}/sources";
Dir::Log "${dir}/log";
Debug::NoLocking "true";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
Acquire::Languages "none";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
${process.getuid?.() === 0 ? 'APT::Sandbox::User "root"; // the user _apt cannot write here\n' : ""}`;
}

/** Parses the output of `apt-get --print-uris`: `'URI' file size hash`. */
export function parsePlan(stdout: string): PlannedPackage[] {
  const planned: PlannedPackage[] = [];
  for (const line of stdout.split("\n")) {
    const [, file = "", size = "0"] = /^'[^']*' (\S+\.deb) (\d+)/.exec(line) ?? [];
    // The file name is joined to a directory later, so a name that could escape it is ignored.
    if (/^[a-z0-9][^/\s]*$/.test(file)) planned.push({ file, name: file.split("_")[0] ?? file, size: Number(size) });
  }
  return planned;
}

/** Estimates the bytes for archives and unpacked files together. */
export function spaceNeeded(planned: readonly PlannedPackage[]): number {
  return planned.reduce((sum, one) => sum + one.size, 0) * 6;
}

/** @throws EnvironmentError if fewer than this many bytes are free for the current user */
export function requireSpace(dir: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize >= bytes) return;
  const megabytes = (value: number): string => `${Math.ceil(value / 1e6)} MB`;
  throw new EnvironmentError(
    `not enough space in ${dir}: ${megabytes(bavail * bsize)} free, about ${megabytes(bytes)} needed; ` +
      "free some space, or set CNIBENCH_CACHE to another disk",
  );
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
      .sort()
      .map((name) => join(dir, name));
  } catch {
    return [];
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
