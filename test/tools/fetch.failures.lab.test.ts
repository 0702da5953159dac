/** Tests failures during a fetch with a fake apt-get, without network access. */
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
import type { Host } from "../../core/host.ts";
import { createHost } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import type { Tool } from "../../tools/catalog.ts";
import { missingTools } from "../../tools/describe.ts";
import { fetchTools } from "../../tools/fetch.ts";

/** Replaces iperf3 in the catalog. No machine has a command of this name, and installed tools are not fetched. */
const TOOL: Tool = {
  purpose: "a test",
  probe: { command: "cnibench-test-tool" },
  commands: { "cnibench-test-tool": { file: "cnibench-test-tool" } },
  packages: ["testtool"],
  components: { debian: [], ubuntu: [] },
  version: { args: [], pattern: /(\d+)/ },
};
vi.mock("../../tools/catalog.ts", async (original) => ({
  ...(await original<object>()),
  toolOf: () => TOOL,
}));

const DEB = "testtool_1.0_all.deb";

let dir = "";
let cache = "";
let host: Host;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-fake-"));
  cache = join(dir, "cache");
  mkdirSync(join(dir, "bin"));
  host = createHost({ ...process.env, CNIBENCH_CACHE: cache, PATH: `${join(dir, "bin")}:${process.env.PATH}` });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Puts a fake apt-get first in PATH. The steps are sh code; $dir is the directory of the apt state. */
function fakeApt(steps: { update?: string; plan?: string; download?: string }): void {
  const file = join(dir, "bin/apt-get");
  const script = `#!/bin/sh
dir=\${2%/apt.conf}
echo "$*" >>"${dir}/calls"
case "$*" in
  *update) ${steps.update ?? ':>"$dir/lists/a_Packages"'} ;;
  *--print-uris*) ${steps.plan ?? `echo "'http://a.example.org/x' ${DEB} 1000 "`} ;;
  *) ${steps.download ?? `cp "${dir}/${DEB}" "$dir/archives/"`} ;;
esac
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

/** Builds a package with one command. */
async function makeDeb(script = "#!/bin/sh\necho 1\n"): Promise<void> {
  const tree = join(dir, "tree");
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  const control =
    "Package: testtool\nVersion: 1.0\nArchitecture: all\nMaintainer: A Test <test@example.org>\nDescription: a test\n";
  writeFileSync(join(tree, "DEBIAN/control"), control);
  writeFileSync(join(tree, "usr/bin/cnibench-test-tool"), script, { mode: 0o755 });
  await run(host.shell, ["dpkg-deb", "--root-owner-group", "--build", tree, join(dir, DEB)]);
}

describe("fetchTools", () => {
  const fetch = (signal?: AbortSignal): Promise<void> =>
    fetchTools(signal === undefined ? host : { ...host, signal }, ["iperf3"]);
  const expectEmptyCache = (): void =>
    expect(
      readdirSync(cache)
        .filter((name) => name !== "lock")
        .flatMap((name) => readdirSync(join(cache, name))),
    ).toEqual([]);

  it("reports an unreachable archive although apt exits with code 0, and leaves nothing behind", async () => {
    fakeApt({ update: 'echo "W: Failed to fetch http://a.example.org/x  Could not resolve" >&2' });
    await expect(fetch()).rejects.toThrow(/cannot reach the package archive \(Failed to fetch/);
    expectEmptyCache();
  });

  it("reports the unreachable source instead of the missing package", async () => {
    fakeApt({
      update: ':>"$dir/lists/a_Packages"; echo "W: Failed to fetch http://a.example.org/x  Could not resolve" >&2',
      plan: 'echo "E: Unable to locate package x" >&2; exit 100',
    });
    await expect(fetch()).rejects.toThrow(/cannot reach/);
  });

  it("rejects another version of the C library, and a plan without the package", async () => {
    fakeApt({
      plan: `echo "'http://a.example.org/x' ${DEB} 1 "; echo "'http://a.example.org/y' libc6_2.99_amd64.deb 1 "`,
    });
    await expect(fetch()).rejects.toThrow(/newer C library/);
    fakeApt({ plan: ":" });
    await expect(fetch()).rejects.toThrow(/installed version of .* not in the archive/);
  });

  it("rejects a tool that does not start", async () => {
    await makeDeb("#!/no/such/interpreter\n");
    fakeApt({});
    await expect(fetch()).rejects.toThrow(/was downloaded but does not start \(.*CNIBENCH_CACHE/);
    expectEmptyCache();
  });

  it("stops on abort without leftovers, and removes the leftovers of a killed fetch", async () => {
    await makeDeb();
    fakeApt({ download: "sleep 30" });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("interrupted")), 300);
    await expect(fetch(abort.signal)).rejects.toThrow("interrupted");
    expectEmptyCache();

    mkdirSync(join(cache, "tmp/fetch-dead/tools/root"), { recursive: true });
    fakeApt({});
    await fetch();
    expect(missingTools(host, ["iperf3"])).toEqual([]);
    expect(existsSync(join(cache, "tmp"))).toBe(false);
  });

  it("fetches only once if called twice concurrently", async () => {
    await makeDeb();
    fakeApt({});
    await Promise.all([fetch(), fetch()]);
    expect(readFileSync(join(dir, "calls"), "utf8").match(/--download-only/g)).toHaveLength(1);
    expect(readdirSync(join(cache, "tools"))).toHaveLength(1);
  });
});
