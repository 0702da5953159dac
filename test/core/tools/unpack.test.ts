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
import { localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { unpack } from "../../../core/tools/unpack.ts";

const shell = localShell();
let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cnibench-unpack-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Builds a Debian package out of these files; all are executable, as an epoch in its version asks for `%3a`. */
async function makeDeb(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const tree = join(folder, name);
  const control = `Package: ${name}\nVersion: 1:2.0-1\nArchitecture: all\nMaintainer: A Test <test@example.org>\nDescription: a test\n`;
  for (const [path, text] of Object.entries({ "DEBIAN/control": control, ...files })) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode: 0o755 });
  }
  const deb = join(folder, `${name}_1%3a2.0-1_all.deb`);
  await run(shell, ["dpkg-deb", "--root-owner-group", "--build", tree, deb]);
  return deb;
}

const ECHO = '#!/bin/sh\necho "$LD_LIBRARY_PATH|$XTABLES_LIBDIR|$*"\n';

describe("unpack", () => {
  it("writes start scripts that work from wherever the folder lies", async () => {
    const tool = await makeDeb("iptables", {
      "usr/sbin/xtables-nft-multi": ECHO,
      "usr/lib/x86_64-linux-gnu/xtables/libxt_a.so": "",
      "usr/lib/x86_64-linux-gnu/libfoo.so.1": "",
      "usr/lib/x86_64-linux-gnu/private/libbar.so.2": "",
    });
    await unpack(shell, join(folder, "first"), [tool], ["iptables"]);
    const moved = join(folder, "moved elsewhere");
    renameSync(join(folder, "first"), moved);
    const lib = `${moved}/bin/../root/usr/lib/x86_64-linux-gnu`;
    const said = await run(shell, [join(moved, "bin/ip6tables-save"), "-t", "a b"], {
      env: { LD_LIBRARY_PATH: undefined },
    });
    expect(said).toBe(`${lib}:${lib}/private|${lib}/xtables|ip6tables-save -t a b\n`);
    const kept = await run(shell, ["sh", "-c", 'cd "$0" && LD_LIBRARY_PATH=/mine bin/iptables', moved]);
    expect(kept).toContain(`${moved}/bin/../root/usr/lib/x86_64-linux-gnu/private:/mine|`);
  });

  it("records what it unpacked", async () => {
    const deb = await makeDeb("jq", { "usr/bin/jq": ECHO });
    const manifest = await unpack(shell, join(folder, "out"), [deb], ["jq"]);
    const sum = (await run(shell, ["sha256sum", deb])).slice(0, 64);
    expect(manifest.packages).toEqual([{ name: "jq", version: "1:2.0-1", architecture: "all", sha256: sum }]);
    expect(JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"))).toEqual(manifest);
  });

  it("takes set-uid away, and leaves the targets of links alone", async () => {
    const outside = join(folder, "outside");
    writeFileSync(outside, "");
    chmodSync(outside, 0o4700);
    const tree = join(folder, "jq/usr/bin");
    mkdirSync(tree, { recursive: true });
    symlinkSync(outside, join(tree, "link"));
    writeFileSync(join(tree, "helper"), "");
    chmodSync(join(tree, "helper"), 0o4755);
    await unpack(shell, join(folder, "out"), [await makeDeb("jq", { "usr/bin/jq": ECHO })], ["jq"]);
    expect(statSync(join(folder, "out/root/usr/bin/helper")).mode & 0o7777).toBe(0o755);
    expect(statSync(outside).mode & 0o7777).toBe(0o4700);
  });

  it("says when a package lacks its program, and when it is no package", async () => {
    const deb = await makeDeb("jq", { "usr/share/doc/jq": "" });
    await expect(unpack(shell, join(folder, "a"), [deb], ["jq"])).rejects.toThrow(
      /no jq in it, so jq must be installed by hand/,
    );
    writeFileSync(join(folder, "torn.deb"), "torn");
    await expect(unpack(shell, join(folder, "b"), [join(folder, "torn.deb")], ["jq"])).rejects.toThrow(
      /dpkg-deb .* failed with exit code 2/,
    );
  });
});
