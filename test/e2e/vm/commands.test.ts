/** `setup` and `doctor` for VM clusters, with and without their prerequisites. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { cacheDir } from "../../../tools/cache.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { succeeded } from "../../../core/shell.ts";
import { cnibench, PROGRAM, startCnibench, temporaryDir } from "../../helpers/cnibench.ts";
import { skipReason } from "./prerequisites.ts";

const host = createHost();

const SETUP = ["setup", "--cluster", "vm"];
/** Runs a script with private mounts. */
const PRIVATE_MOUNTS = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"];
const canMount = succeeded(await localShell().exec([...PRIVATE_MOUNTS, "mount -t tmpfs none /mnt"]));
if (!canMount) console.error("tests of setup in a private mount namespace are skipped: this system allows none");

/** Creates a cache with the tools of the real one, but without an image. */
function cacheWithoutImage(): string {
  const cache = join(temporaryDir(), "cache");
  mkdirSync(cache);
  if (existsSync(join(cacheDir(host), "tools"))) symlinkSync(join(cacheDir(host), "tools"), join(cache, "tools"));
  return cache;
}

function imageDirIn(stdout: string): string {
  return /the VM node image is in (.*)/.exec(stdout)?.[1] ?? "";
}

describe.skipIf(skipReason !== null)("with all prerequisites", () => {
  test("setup prints the location of the image", async () => {
    const { stdout, exitCode } = await cnibench(SETUP);
    expect(stdout).toBe(`the VM node image is in ${imageDirIn(stdout)}\nnothing is missing\n`);
    expect(existsSync(join(imageDirIn(stdout), "root.img"))).toBe(true);
    expect(exitCode).toBe(0);
  });

  test("doctor describes the expected performance", async () => {
    const { stdout, exitCode } = await cnibench(["doctor", "--cluster", "vm"]);
    expect(stdout).toMatch(/^ok +cluster vm /m);
    expect(stdout).toMatch(
      /^VM nodes (run under KVM: near the speed|are emulated in software, because .*: .* a twentieth)/m,
    );
    expect(exitCode).toBe(0);
  });

  test("a killed build leaves no image, and a concurrent build waits and starts again", async () => {
    const cache = cacheWithoutImage();
    const env = { CNIBENCH_CACHE: cache };
    const work = join(cache, "vm/unfinished/work");
    const first = startCnibench(SETUP, env);
    while (!existsSync(work)) await sleep(50);
    const second = startCnibench(SETUP, env);
    await sleep(2000);
    const firstBuildFile = join(cache, "vm/unfinished/first-build");
    writeFileSync(firstBuildFile, "");
    first.kill("SIGKILL");
    await first.done;
    while (existsSync(firstBuildFile) || !existsSync(work)) await sleep(50);
    second.kill("SIGINT");
    const { stderr, exitCode } = await second.done;
    expect(stderr).toMatch(/waiting for another cnibench .*\nbuilding the VM node image from \d+ Debian packages/);
    expect(exitCode).toBe(130);
    expect(readdirSync(join(cache, "vm"))).toEqual(["lock"]);
  });
});

test("doctor reports a missing image with the setup command", async () => {
  const { stdout, exitCode } = await cnibench(["doctor", "--cluster", "vm"], {
    env: { CNIBENCH_CACHE: join(temporaryDir(), "empty") },
  });
  expect(stdout).toContain("missing: the VM node image is not built; fix: cnibench setup --cluster vm\n");
  expect(exitCode).toBe(3);
});

describe.skipIf(skipReason !== null || !canMount)("in a private mount namespace", () => {
  const inside = (script: string, env: Record<string, string>, args: readonly string[] = SETUP) =>
    localShell().exec([...PRIVATE_MOUNTS, `${script}; exec "$@"`, "sh", ...PROGRAM, ...args], { env, timeout: 60 });

  test("setup reports a disk that is too small", async () => {
    const cache = cacheWithoutImage();
    mkdirSync(join(cache, "vm"));
    const { stderr, exitCode } = await inside('mount -t tmpfs -o size=100m none "$CNIBENCH_CACHE/vm"', {
      CNIBENCH_CACHE: cache,
    });
    expect(stderr).toMatch(/not enough space in \S+\/vm: 10\d MB free, about 1500 MB needed; .*CNIBENCH_CACHE/);
    expect(exitCode).toBe(3);
  });

  test("setup reports a system without a Debian archive", async () => {
    const release = join(temporaryDir(), "os-release");
    writeFileSync(release, "ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n");
    const { stderr, exitCode } = await inside('mount --bind "$RELEASE" /etc/os-release', {
      CNIBENCH_CACHE: cacheWithoutImage(),
      RELEASE: release,
    });
    expect(stderr).toMatch(/no Debian archive.*cnibench setup --cluster vm --vm-archive URL/);
    expect(exitCode).toBe(3);
  });
});

test.each([
  [["setup", "--cluster", "vm", "--vm-archive", "mirror"], /--vm-archive mirror: not a URL/],
  [["setup", "--cluster", "netns", "--vm-archive", "http://example.org/debian"], /--vm-archive: .*--cluster vm/],
])("invalid arguments: %j", async (args, message) => {
  const { stderr, exitCode } = await cnibench(args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});
