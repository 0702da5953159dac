import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHost } from "../../core/local.ts";
import { run } from "../../core/shell.ts";
import { unpack } from "../../tools/unpack.ts";

const host = createHost();

const { shell } = host;
let dir = "";
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "cnibench-unpack-"))));
afterEach(() => rmSync(dir, { recursive: true }));

/** Builds a Debian package of executable files. Its version has an epoch, so its file name contains `%3a`. */
async function makeDeb(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const tree = join(dir, name);
  const control = [
    `Package: ${name}`,
    "Version: 1:2.0-1",
    "Architecture: all",
    "Maintainer: A Test <test@example.org>",
    "Description: a test\n",
  ].join("\n");
  for (const [path, text] of Object.entries({ "DEBIAN/control": control, ...files })) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode: 0o755 });
  }
  const deb = join(dir, `${name}_1%3a2.0-1_all.deb`);
  await run(shell, ["dpkg-deb", "--root-owner-group", "--build", tree, deb]);
  return deb;
}

const ECHO = '#!/bin/sh\necho "$LD_LIBRARY_PATH|$XTABLES_LIBDIR|$*"\n';

describe("unpack", () => {
  it("writes start scripts that still work after the directory has been moved", async () => {
    const tool = await makeDeb("iptables", {
      "usr/sbin/xtables-nft-multi": ECHO,
      "usr/lib/x86_64-linux-gnu/xtables/libxt_a.so": "",
      "usr/lib/x86_64-linux-gnu/libfoo.so.1": "",
      "usr/lib/x86_64-linux-gnu/private/libbar.so.2": "",
    });
    await unpack(host, join(dir, "first"), { debs: [tool], tools: ["iptables"] });
    const moved = join(dir, "moved elsewhere");
    renameSync(join(dir, "first"), moved);
    const lib = `${moved}/bin/../root/usr/lib/x86_64-linux-gnu`;
    const output = await run(shell, [join(moved, "bin/ip6tables-save"), "-t", "a b"], {
      env: { LD_LIBRARY_PATH: undefined },
    });
    expect(output).toBe(`${lib}:${lib}/private|${lib}/xtables|ip6tables-save -t a b\n`);
    const withLibraryPath = await run(shell, ["sh", "-c", 'cd "$0" && LD_LIBRARY_PATH=/mine bin/iptables', moved]);
    expect(withLibraryPath).toContain(`${moved}/bin/../root/usr/lib/x86_64-linux-gnu/private:/mine|`);
  });

  it("records the unpacked packages in a manifest", async () => {
    const deb = await makeDeb("jq", { "usr/bin/jq": ECHO });
    const manifest = await unpack(host, join(dir, "out"), { debs: [deb], tools: ["jq"] });
    const sum = (await run(shell, ["sha256sum", deb])).slice(0, 64);
    expect(manifest.packages).toEqual([{ name: "jq", version: "1:2.0-1", architecture: "all", sha256: sum }]);
    expect(JSON.parse(readFileSync(join(dir, "out/manifest.json"), "utf8"))).toEqual(manifest);
  });

  it("clears set-uid bits without following symbolic links", async () => {
    const outside = join(dir, "outside");
    writeFileSync(outside, "");
    chmodSync(outside, 0o4700);
    const tree = join(dir, "jq/usr/bin");
    mkdirSync(tree, { recursive: true });
    symlinkSync(outside, join(tree, "link"));
    writeFileSync(join(tree, "helper"), "");
    chmodSync(join(tree, "helper"), 0o4755);
    await unpack(host, join(dir, "out"), { debs: [await makeDeb("jq", { "usr/bin/jq": ECHO })], tools: ["jq"] });
    expect(statSync(join(dir, "out/root/usr/bin/helper")).mode & 0o7777).toBe(0o755);
    expect(statSync(outside).mode & 0o7777).toBe(0o4700);
  });

  it("rejects a package without the expected command, and a file that is not a package", async () => {
    const deb = await makeDeb("jq", { "usr/share/doc/jq": "" });
    await expect(unpack(host, join(dir, "a"), { debs: [deb], tools: ["jq"] })).rejects.toThrow(
      /jq not found in the downloaded package/,
    );
    writeFileSync(join(dir, "torn.deb"), "torn");
    await expect(unpack(host, join(dir, "b"), { debs: [join(dir, "torn.deb")], tools: ["jq"] })).rejects.toThrow(
      /dpkg-deb .* failed with exit code 2/,
    );
  });
});
