/**
 * Downloads Debian packages as any user, through apt with a state of its own: the system's lists, caches and locks are
 * neither read nor written. Signatures are checked as the system's own sources say; nothing here can relax that.
 */
import { mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.ts";
import type { Output, Shell } from "../shell.ts";
import { succeeded } from "../shell.ts";
import { explainApt } from "./apt-errors.ts";
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
const UPDATE_TIMEOUT = 600;
const PLAN_TIMEOUT = 120;
const DOWNLOAD_TIMEOUT = 1800;

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
  const parts = filesOf(join(etc, "sources.list.d"));
  const oneLine = [join(etc, "sources.list"), ...parts.filter((file) => file.endsWith(".list"))];
  const deb822 = parts.filter((file) => file.endsWith(".sources"));
  const all = [
    ...oneLine.flatMap((file) => parseOneLine(textOf(file))),
    ...deb822.flatMap((file) => parseDeb822(textOf(file))),
  ];
  return withComponents(archiveOnly(all, distribution), components);
}

/** Sets a private apt state up in an empty folder. */
export function openApt(shell: Shell, folder: string, sources: readonly AptSource[], signal?: AbortSignal): Apt {
  for (const sub of ["lists/partial", "cache", "archives/partial", "sources", "log"])
    mkdirSync(join(folder, sub), { recursive: true });
  writeFileSync(join(folder, "sources", "archive.sources"), renderSources(sources));
  writeFileSync(join(folder, "apt.conf"), configuration(folder));
  const apt = async (args: readonly string[], timeout: number): Promise<Output> => {
    // A killed cnibench takes its download with it.
    const argv = [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "--",
      "apt-get",
      "--config-file",
      join(folder, "apt.conf"),
      ...args,
    ];
    const output = await shell.exec(argv, {
      timeout,
      env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
      ...(signal && { signal }),
    });
    signal?.throwIfAborted();
    if (!succeeded(output)) throw explainApt(output);
    return output;
  };
  // Set when a source did not answer: then a missing package is the network's fault, not the archive's.
  let incomplete: Output | undefined;
  const install = ["install", "--reinstall", "--no-install-recommends", "--yes"];
  return {
    update: async () => {
      const output = await apt(["--quiet", "update"], UPDATE_TIMEOUT);
      // apt ends well when every source was unreachable.
      if (!readdirSync(join(folder, "lists")).some((file) => file.includes("_Packages"))) throw explainApt(output);
      if (output.stderr.includes("Failed to fetch")) incomplete = output;
    },
    plan: async (packages) => {
      try {
        return parsePlan((await apt(["-qq", ...install, "--print-uris", ...packages], PLAN_TIMEOUT)).stdout);
      } catch (error) {
        throw incomplete === undefined || signal?.aborted ? error : explainApt(incomplete);
      }
    },
    download: async (packages, planned) => {
      const output = await apt(["--quiet", ...install, "--download-only", ...packages], DOWNLOAD_TIMEOUT);
      const here = new Set(readdirSync(join(folder, "archives")));
      if (planned.some(({ file }) => !here.has(file))) throw explainApt(output);
      return planned.map(({ file }) => join(folder, "archives", file));
    },
  };
}

/** Read after the user's own configuration, so proxies and pins stay while hooks that touch the system go. */
function configuration(folder: string): string {
  return `#clear APT::Update;
#clear APT::Install;
#clear DPkg;
Dir::State "${folder}";
Dir::State::Lists "${folder}/lists";
Dir::State::Status "/var/lib/dpkg/status";
Dir::Cache "${folder}/cache";
Dir::Cache::Archives "${folder}/archives";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "${folder}/sources";
Dir::Log "${folder}/log";
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
export function requireSpace(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  const mb = (value: number): string => `${Math.ceil(value / 1e6)} MB`;
  throw new EnvironmentError(
    `${folder} has ${mb(bavail * bsize)} free and fetching needs about ${mb(bytes)}: free some space, or set CNIBENCH_CACHE to another disk`,
  );
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
