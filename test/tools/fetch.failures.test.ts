/** Failures during a fetch. Real packages are fetched in fetch.lab.test.ts. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Tool } from "../../tools/catalog.ts";
import { missingTools } from "../../tools/describe.ts";
import { fetchTools } from "../../tools/fetch.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { type FakeHost, fakeHost, type Reply } from "../helpers/fake-host.ts";
import { catalogTool, writeExecutable } from "../helpers/fake-tools.ts";

const COMMAND = "cnibench-test-tool";
/** Replaces iperf3 in the catalog. No machine has a command of this name, and installed tools are not fetched. */
const TOOL: Tool = {
  purpose: "a test",
  probe: { command: COMMAND },
  commands: { [COMMAND]: { file: COMMAND } },
  packages: ["testtool"],
  components: { debian: [], ubuntu: [] },
  version: { args: [], pattern: /(\d+)/ },
};
const DEB = "testtool_1.0_all.deb";
const UNREACHABLE = "W: Failed to fetch http://a.example.org/x  Could not resolve\n";
const APT = "setpriv --pdeathsig KILL -- apt-get";

/** The steps of apt-get; omitted ones succeed. */
interface AptSteps {
  readonly update?: Reply;
  readonly plan?: Reply;
  readonly download?: Reply;
}

/** A Debian system without the tool. */
interface System {
  readonly host: FakeHost;
  readonly cache: string;
  readonly fetch: () => Promise<void>;
}

/** @param more replies that replace those of a fetch that succeeds */
function debianWith(
  steps: AptSteps,
  more: Readonly<Record<string, Reply>> = {},
  signal = new AbortController().signal,
): System {
  catalogTool("iperf3", TOOL);
  const dir = temporaryDir();
  const cache = join(dir, "cache");
  const etc = join(dir, "etc");
  mkdirSync(join(etc, "apt"), { recursive: true });
  writeFileSync(join(etc, "os-release"), "ID=debian\nVERSION_CODENAME=bookworm\n");
  writeFileSync(join(etc, "apt/sources.list"), "deb http://a.example.org/debian bookworm main\n");
  for (const name of ["apt-get", "dpkg-deb"]) writeExecutable(join(dir, "bin"), name);
  const replies: Record<string, Reply> = {
    ...{ flock: grantLock, [APT]: aptWith(steps), "dpkg-deb --extract": extract, chmod: {} },
    ...{ [COMMAND]: { stdout: "1\n" }, ...more },
  };
  const host = fakeHost(replies, { env: { CNIBENCH_CACHE: cache, PATH: join(dir, "bin") }, signal });
  return { host, cache, fetch: () => fetchTools(host, ["iperf3"], { etc }) };
}

const grantLock: Reply = (argv) => {
  const [token = "", file = ""] = argv.slice(-2);
  writeFileSync(file, token);
  return {};
};

const extract: Reply = (argv) => {
  writeExecutable(join(argv.at(-1) ?? "", "usr/bin"), COMMAND);
  return {};
};

function aptWith({ update = writeLists, plan = planOf(DEB), download = writeArchive }: AptSteps): Reply {
  return (argv, options) => {
    const step = argv.includes("update") ? update : argv.includes("--print-uris") ? plan : download;
    return typeof step === "function" ? step(argv, options) : step;
  };
}

/** Returns a file of the private apt state. */
function aptFile(argv: readonly string[], name: string): string {
  return join(dirname(argv[argv.indexOf("--config-file") + 1] ?? ""), name);
}

const writeLists: Reply = (argv) => {
  writeFileSync(aptFile(argv, "lists/a_Packages"), "");
  return {};
};

const writeArchive: Reply = (argv) => {
  writeFileSync(aptFile(argv, `archives/${DEB}`), "");
  return {};
};

function planOf(...files: readonly string[]): Reply {
  return { stdout: files.map((file) => `'http://a.example.org/x' ${file} 1000 \n`).join("") };
}

function expectEmptyCache(cache: string): void {
  const kept = readdirSync(cache).filter((name) => name !== "lock");
  expect(kept.flatMap((name) => readdirSync(join(cache, name)))).toEqual([]);
}

describe("fetchTools", () => {
  it("reports an unreachable archive although apt exits with code 0, and leaves nothing behind", async () => {
    const { fetch, cache } = debianWith({ update: { stderr: UNREACHABLE } });
    await expect(fetch()).rejects.toThrow(/cannot reach the package archive \(Failed to fetch/);
    expectEmptyCache(cache);
  });

  it("reports the unreachable source instead of the missing package", async () => {
    const { fetch } = debianWith({
      update: async (argv, options) => ({ ...(await writeLists(argv, options)), stderr: UNREACHABLE }),
      plan: { exitCode: 100, stderr: "E: Unable to locate package x\n" },
    });
    await expect(fetch()).rejects.toThrow(/cannot reach/);
  });

  it("rejects another version of the C library, and a plan without the package", async () => {
    const { fetch } = debianWith({ plan: planOf(DEB, "libc6_2.99_amd64.deb") });
    await expect(fetch()).rejects.toThrow(/newer C library/);
    await expect(debianWith({ plan: {} }).fetch()).rejects.toThrow(/installed version of .* not in the archive/);
  });

  it("rejects a tool that does not start", async () => {
    const broken: Reply = { exitCode: 126, stderr: "bad interpreter" };
    const { fetch, cache } = debianWith({}, { [COMMAND]: broken });
    await expect(fetch()).rejects.toThrow(/was downloaded but does not start \(bad interpreter.*CNIBENCH_CACHE/);
    expectEmptyCache(cache);
  });

  it("stops on abort without leftovers", async () => {
    const abort = new AbortController();
    const interrupt: Reply = (_argv, { signal }) => {
      abort.abort(new Error("interrupted"));
      return { exitCode: null, ended: signal?.aborted === true ? "abort" : "timeout" };
    };
    const { fetch, host, cache } = debianWith({ download: interrupt }, {}, abort.signal);
    await expect(fetch()).rejects.toThrow("interrupted");
    expect(host.shell.calls.at(-1)).toMatchObject({ options: { signal: abort.signal } });
    expectEmptyCache(cache);
  });

  it("removes the leftovers of a killed fetch", async () => {
    const { fetch, host, cache } = debianWith({});
    mkdirSync(join(cache, "tmp/fetch-dead/tools/root"), { recursive: true });
    await fetch();
    expect(missingTools(host, ["iperf3"])).toEqual([]);
    expect(readdirSync(join(cache, "tools"))).toHaveLength(1);
    expect(existsSync(join(cache, "tmp"))).toBe(false);
  });

  it("fetches nothing that the previous holder of the lock has fetched", async () => {
    const grantAfterFetch: Reply = (argv, options) => {
      writeExecutable(join(dirname(argv.at(-1) ?? ""), "tools/id/bin"), COMMAND);
      return grantLock(argv, options);
    };
    const { fetch, host } = debianWith({}, { flock: grantAfterFetch });
    await fetch();
    expect(host.shell.calls.map(({ argv }) => argv[0])).toEqual(["flock"]);
  });

  it("is unsupported on other distributions", async () => {
    const { host } = debianWith({});
    await expect(fetchTools(host, ["iperf3"], { etc: temporaryDir() })).rejects.toThrow(/only supported on Debian/);
    expect(host.shell.calls).toEqual([]);
  });
});
