/** `setup` and `doctor` of VM clusters: what they say where all is there, and where something is missing. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { cacheDir } from "../../core/tools/cache.ts";
import { localShell } from "../../core/local.ts";
import { succeeded } from "../../core/shell.ts";
import { cnibench, PROGRAM, startCnibench, temporaryDir } from "../helpers/cnibench.ts";
import { skipReason } from "./prerequisites.ts";

const SETUP = ["setup", "--cluster", "vm"];
/** What follows sees mounts of its own. */
const PRIVATE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"];
const mounts = succeeded(await localShell().exec([...PRIVATE, "mount -t tmpfs none /mnt"]));
if (!mounts) console.error("tests of setup in a private mount namespace are skipped: this system allows none");

/** A cache with the programs of the real one, and without an image. */
function cacheWithoutImage(): string {
  const cache = join(temporaryDir(), "cache");
  mkdirSync(cache);
  if (existsSync(join(cacheDir(), "tools"))) symlinkSync(join(cacheDir(), "tools"), join(cache, "tools"));
  return cache;
}

function imageFolderOf(stdout: string): string {
  return /the image of VM nodes is in (.*)/.exec(stdout)?.[1] ?? "";
}

describe.skipIf(skipReason !== null)("where all is there", () => {
  test("setup tells where the image is", async () => {
    const { stdout, exitCode } = await cnibench(SETUP);
    expect(stdout).toBe(`the image of VM nodes is in ${imageFolderOf(stdout)}\nnothing is missing\n`);
    expect(existsSync(join(imageFolderOf(stdout), "root.img"))).toBe(true);
    expect(exitCode).toBe(0);
  });

  test("doctor tells what performance to expect", async () => {
    const { stdout, exitCode } = await cnibench(["doctor", "--cluster", "vm"]);
    expect(stdout).toMatch(/^ok +cluster vm /m);
    expect(stdout).toMatch(
      /^VM nodes (run under KVM: near the speed|are emulated in software, because .*: verdicts stand, but expect a twentieth)/m,
    );
    expect(exitCode).toBe(0);
  });

  test("a build that is killed is no image; a second one waits for it, and begins anew", async () => {
    const cache = cacheWithoutImage();
    const env = { CNIBENCH_CACHE: cache };
    const work = join(cache, "vm/unfinished/work");
    const first = startCnibench(SETUP, env);
    while (!existsSync(work)) await sleep(50);
    const second = startCnibench(SETUP, env);
    await sleep(2000);
    const ofFirst = join(cache, "vm/unfinished/of-the-first");
    writeFileSync(ofFirst, "");
    first.kill("SIGKILL");
    await first.done;
    while (existsSync(ofFirst) || !existsSync(work)) await sleep(50);
    second.kill("SIGINT");
    const { stderr, exitCode } = await second.done;
    expect(stderr).toMatch(
      /waiting for another cnibench that builds the image\nbuilding the image of VM nodes from \d+ Debian packages/,
    );
    expect(exitCode).toBe(130);
    expect(readdirSync(join(cache, "vm"))).toEqual(["lock"]);
  });
});

test("doctor names what is missing, and what fetches it", async () => {
  const { stdout, exitCode } = await cnibench(["doctor", "--cluster", "vm"], {
    env: { CNIBENCH_CACHE: join(temporaryDir(), "empty") },
  });
  expect(stdout).toContain("missing: the image of VM nodes is not built; fix: cnibench setup --cluster vm\n");
  expect(exitCode).toBe(3);
});

describe.skipIf(skipReason !== null || !mounts)("in a mount namespace of its own", () => {
  const inside = (script: string, env: Record<string, string>, args: readonly string[] = SETUP) =>
    localShell().exec([...PRIVATE, `${script}; exec "$@"`, "sh", ...PROGRAM, ...args], { env, timeout: 60 });

  test("a disk that is too small", async () => {
    const cache = cacheWithoutImage();
    mkdirSync(join(cache, "vm"));
    const { stderr, exitCode } = await inside('mount -t tmpfs -o size=100m none "$CNIBENCH_CACHE/vm"', {
      CNIBENCH_CACHE: cache,
    });
    expect(stderr).toMatch(/not enough space in \S+\/vm: 10\d MB free, about 1500 MB needed; .*CNIBENCH_CACHE/);
    expect(exitCode).toBe(3);
  });

  test("a system with no Debian archive", async () => {
    const release = join(temporaryDir(), "os-release");
    writeFileSync(release, "ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n");
    const { stderr, exitCode } = await inside('mount --bind "$RELEASE" /etc/os-release', {
      CNIBENCH_CACHE: cacheWithoutImage(),
      RELEASE: release,
    });
    expect(stderr).toContain(
      "this system uses no Debian archive: name one with cnibench setup --cluster vm --vm-archive URL, or bring an image",
    );
    expect(exitCode).toBe(3);
  });
});

test.each([
  [["setup", "--cluster", "vm", "--vm-archive", "mirror"], "--vm-archive mirror is no URL of a Debian archive"],
  [
    ["setup", "--cluster", "netns", "--vm-archive", "http://example.org/debian"],
    "--vm-archive: requires virtual machines; add --cluster vm",
  ],
])("bad input: %j", async (args, sentence) => {
  const { stderr, exitCode } = await cnibench(args);
  expect(stderr).toContain(sentence);
  expect(exitCode).toBe(2);
});
