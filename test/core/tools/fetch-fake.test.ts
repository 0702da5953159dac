/** Bad luck on the way, with an apt-get of our own in front of the system's: no network is needed. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import type { Tool } from "../../../core/tools/catalog.ts";
import { missingTools } from "../../../core/tools/describe.ts";
import { fetchTools } from "../../../core/tools/fetch.ts";

/** Stands in for iperf3, under a name that no machine has: a tool that is here is never fetched. */
const TOOL: Tool = {
  purpose: "a test",
  probe: { command: "cnibench-test-tool" },
  commands: { "cnibench-test-tool": { file: "cnibench-test-tool" } },
  packages: ["testtool"],
  components: { debian: [], ubuntu: [] },
  version: { args: [], pattern: /(\d+)/ },
};
vi.mock("../../../core/tools/catalog.ts", async (original) => ({
  ...(await original<object>()),
  toolOf: () => TOOL,
}));

const DEB = "testtool_1.0_all.deb";

let folder = "";
let cache = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnibench-fake-"));
  cache = join(folder, "cache");
  mkdirSync(join(folder, "bin"));
  vi.stubEnv("CNIBENCH_CACHE", cache);
  vi.stubEnv("PATH", `${join(folder, "bin")}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Puts an apt-get in front; its words for `update`, `--print-uris` and `--download-only` are sh code. $dir: apt's folder. */
function fakeApt(steps: { update?: string; plan?: string; download?: string }): void {
  const file = join(folder, "bin/apt-get");
  const script = `#!/bin/sh
dir=\${2%/apt.conf}
echo "$*" >>"${folder}/calls"
case "$*" in
  *update) ${steps.update ?? ':>"$dir/lists/a_Packages"'} ;;
  *--print-uris*) ${steps.plan ?? `echo "'http://a.example.org/x' ${DEB} 1000 "`} ;;
  *) ${steps.download ?? `cp "${folder}/${DEB}" "$dir/archives/"`} ;;
esac
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

/** A package whose program prints a line. */
async function makeDeb(program = "#!/bin/sh\necho 1\n"): Promise<void> {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  const control =
    "Package: testtool\nVersion: 1.0\nArchitecture: all\nMaintainer: A Test <test@example.org>\nDescription: a test\n";
  writeFileSync(join(tree, "DEBIAN/control"), control);
  writeFileSync(join(tree, "usr/bin/cnibench-test-tool"), program, { mode: 0o755 });
  await run(localShell(), ["dpkg-deb", "--root-owner-group", "--build", tree, join(folder, DEB)]);
}

describe("fetchTools with bad luck", () => {
  const fetch = (signal?: AbortSignal): Promise<void> => fetchTools(["iperf3"], signal ? { signal } : {});
  const nothingLeft = (): void =>
    expect(
      readdirSync(cache)
        .filter((name) => name !== "lock")
        .flatMap((name) => readdirSync(join(cache, name))),
    ).toEqual([]);

  it("says that nothing answers although apt ends well, and leaves nothing", async () => {
    fakeApt({ update: 'echo "W: Failed to fetch http://a.example.org/x  Could not resolve" >&2' });
    await expect(fetch()).rejects.toThrow(/archive cannot be reached \(Failed to fetch/);
    nothingLeft();
  });

  it("blames the source that did not answer, not the package", async () => {
    fakeApt({
      update: ':>"$dir/lists/a_Packages"; echo "W: Failed to fetch http://a.example.org/x  Could not resolve" >&2',
      plan: 'echo "E: Unable to locate package x" >&2; exit 100',
    });
    await expect(fetch()).rejects.toThrow(/cannot be reached/);
  });

  it("refuses a C library of another version, and a plan without the package", async () => {
    fakeApt({
      plan: `echo "'http://a.example.org/x' ${DEB} 1 "; echo "'http://a.example.org/y' libc6_2.99_amd64.deb 1 "`,
    });
    await expect(fetch()).rejects.toThrow(/newer C library/);
    fakeApt({ plan: ":" });
    await expect(fetch()).rejects.toThrow(/does not offer the installed version/);
  });

  it("refuses what does not start", async () => {
    await makeDeb("#!/no/such/interpreter\n");
    fakeApt({});
    await expect(fetch()).rejects.toThrow(/was fetched but does not start \(.*CNIBENCH_CACHE/);
    nothingLeft();
  });

  it("stops when aborted, leaves nothing, and works the next time beside the rubble of a killed one", async () => {
    await makeDeb();
    fakeApt({ download: "sleep 30" });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("interrupted")), 300);
    await expect(fetch(abort.signal)).rejects.toThrow("interrupted");
    nothingLeft();

    mkdirSync(join(cache, "tmp/fetch-dead/tools/root"), { recursive: true });
    fakeApt({});
    await fetch();
    expect(missingTools(["iperf3"])).toEqual([]);
    expect(existsSync(join(cache, "tmp"))).toBe(false);
  });

  it("fetches once when two ask at once", async () => {
    await makeDeb();
    fakeApt({});
    await Promise.all([fetch(), fetch()]);
    expect(readFileSync(join(folder, "calls"), "utf8").match(/--download-only/g)).toHaveLength(1);
    expect(readdirSync(join(cache, "tools"))).toHaveLength(1);
  });
});
