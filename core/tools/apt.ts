/**
 * Downloads Debian packages as any user, through apt with a state of its own: the system's lists, caches and locks are
 * neither read nor written. Signatures are checked as the system's own sources say; nothing here can relax that.
 */
import { mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.ts";
import type { Output, Shell } from "../shell.ts";
import { succeeded } from "../shell.ts";
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

/** Seconds. Generous: a slow line is no error; a dead one is noticed by apt itself (30 s per connection). */
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

export interface Apt {
  /** Fetches the package lists. */
  update(): Promise<void>;
  /** The packages to download: these and whatever they need that dpkg does not have. */
  plan(packages: readonly string[]): Promise<PlannedPackage[]>;
  /** Downloads them and returns the paths of the `.deb` files. */
  download(packages: readonly string[], planned: readonly PlannedPackage[]): Promise<string[]>;
}

/** The sources of the distribution's archive that this system uses, with more components switched on. */
export function archiveSources(
  distribution: Distribution,
  components: readonly string[],
  etc = "/etc/apt",
): AptSource[] {
  const parts = filesIn(join(etc, "sources.list.d"));
  const oneLine = [join(etc, "sources.list"), ...parts.filter((file) => file.endsWith(".list"))];
  const deb822 = parts.filter((file) => file.endsWith(".sources"));
  const all = [
    ...oneLine.flatMap((file) => parseOneLine(readOrEmpty(file))),
    ...deb822.flatMap((file) => parseDeb822(readOrEmpty(file))),
  ];
  return withComponents(archiveOnly(all, distribution), components);
}

/** Sets a private apt state up in an empty folder. */
export function openApt(shell: Shell, dir: string, sources: readonly AptSource[], signal?: AbortSignal): Apt {
  for (const sub of ["lists/partial", "cache", "archives/partial", "sources", "log"])
    mkdirSync(join(dir, sub), { recursive: true });
  writeFileSync(join(dir, "sources", "archive.sources"), renderSources(sources));
  writeFileSync(join(dir, "apt.conf"), configuration(dir));
  const apt = async (args: readonly string[], timeout: number): Promise<Output> => {
    // A killed cnibench takes its download with it.
    const argv = ["setpriv", "--pdeathsig", "KILL", "--", "apt-get", "--config-file", join(dir, "apt.conf"), ...args];
    const output = await shell.exec(argv, {
      timeout,
      env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
      ...(signal && { signal }),
    });
    signal?.throwIfAborted();
    if (!succeeded(output)) throw explainAptFailure(output);
    return output;
  };
  // Set when a source did not answer: then a missing package is the network's fault, not the archive's.
  let failedUpdate: Output | undefined;
  const install = ["install", "--reinstall", "--no-install-recommends", "--yes"];
  return {
    update: async () => {
      const output = await apt(["--quiet", "update"], UPDATE_TIMEOUT_S);
      // apt ends well when every source was unreachable.
      if (!readdirSync(join(dir, "lists")).some((file) => file.includes("_Packages"))) throw explainAptFailure(output);
      if (output.stderr.includes("Failed to fetch")) failedUpdate = output;
    },
    plan: async (packages) => {
      try {
        return parsePlan((await apt(["-qq", ...install, "--print-uris", ...packages], PLAN_TIMEOUT_S)).stdout);
      } catch (error) {
        throw failedUpdate === undefined || signal?.aborted ? error : explainAptFailure(failedUpdate);
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

/** Read after the user's own configuration, so proxies and pins stay while hooks that touch the system go. */
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
${process.getuid?.() === 0 ? 'APT::Sandbox::User "root"; // its own user could not write here\n' : ""}`;
}

/** Reads `apt-get --print-uris`: `'URI' file size hash`. */
export function parsePlan(stdout: string): PlannedPackage[] {
  const planned: PlannedPackage[] = [];
  for (const line of stdout.split("\n")) {
    const [, file = "", size = "0"] = /^'[^']*' (\S+\.deb) (\d+)/.exec(line) ?? [];
    // A file name is joined to a folder later: one that could leave it is not from apt.
    if (/^[a-z0-9][^/\s]*$/.test(file)) planned.push({ file, name: file.split("_")[0] ?? file, size: Number(size) });
  }
  return planned;
}

/** Lists, archives and unpacked files together take about this much, bytes. */
export function spaceNeeded(planned: readonly PlannedPackage[]): number {
  return planned.reduce((sum, one) => sum + one.size, 0) * 6;
}

/** @throws EnvironmentError when fewer than this many bytes are free for this user */
export function requireSpace(dir: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize >= bytes) return;
  const mb = (value: number): string => `${Math.ceil(value / 1e6)} MB`;
  throw new EnvironmentError(
    `${dir} has ${mb(bavail * bsize)} free and fetching needs about ${mb(bytes)}: free some space, or set CNIBENCH_CACHE to another disk`,
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
