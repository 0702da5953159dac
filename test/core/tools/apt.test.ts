import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { localShell } from "../../../core/local.ts";
import type { Output } from "../../../core/shell.ts";
import { explainAptFailure } from "../../../core/tools/apt-errors.ts";
import { archiveSources, openApt, parsePlan, requireSpace } from "../../../core/tools/apt.ts";

let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "cnibench-apt-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function ended(stderr: string, more: Partial<Output> = {}): Output {
  return {
    argv: ["apt-get"],
    where: "this host",
    stdout: "",
    stderr,
    exitCode: 100,
    signal: null,
    duration: 600,
    ended: null,
    startError: null,
    ...more,
  };
}

describe("archiveSources", () => {
  it("merges both formats of a system's folder, with the wanted components", () => {
    const parts = join(folder, "sources.list.d");
    mkdirSync(parts);
    writeFileSync(join(folder, "sources.list"), "deb http://mirror.example.org/debian bookworm main\n");
    writeFileSync(join(parts, "vendor.list"), "deb https://vendor.example.org/apt bookworm main\n");
    writeFileSync(
      join(parts, "off.sources.disabled"),
      "Types: deb\nURIs: http://x.example.org/debian\nSuites: bookworm\nComponents: main\n",
    );
    writeFileSync(
      join(parts, "more.sources"),
      "Types: deb\nURIs: http://mirror.example.org/debian-security\nSuites: bookworm-security\nComponents: main\n",
    );
    const sources = archiveSources({ family: "debian", codenames: ["bookworm"] }, ["non-free"], folder);
    expect(sources.map(({ suites, components }) => [...suites, ...components])).toEqual([
      ["bookworm", "main", "non-free"],
      ["bookworm-security", "main", "non-free"],
    ]);
  });

  it("finds none where there are none", () => {
    expect(archiveSources({ family: "debian", codenames: ["bookworm"] }, [], join(folder, "nowhere"))).toEqual([]);
  });
});

describe("parsePlan", () => {
  it("reads files and sizes, and no name that would leave the folder", () => {
    const text = [
      "'http://a.example.org/pool/i/iperf3_3.12-1%2bdeb12u2_amd64.deb' iperf3_3.12-1+deb12u2_amd64.deb 33964 MD5Sum:00",
      "'http://a.example.org/pool/i/iputils-ping_20221126_amd64.deb' iputils-ping_3%3a20221126-1_amd64.deb 47172 ",
      "'http://a.example.org/x' ../../evil.deb 1 MD5Sum:00",
      "Reading package lists...",
    ].join("\n");
    expect(parsePlan(text)).toEqual([
      { file: "iperf3_3.12-1+deb12u2_amd64.deb", name: "iperf3", size: 33964 },
      { file: "iputils-ping_3%3a20221126-1_amd64.deb", name: "iputils-ping", size: 47172 },
    ]);
  });
});

describe("explainApt", () => {
  it.each([
    [
      "network",
      "W: Failed to fetch http://a.example.org/debian/dists/bookworm/InRelease  Could not resolve 'a.example.org'",
      /cannot be reached .*a\.example\.org.* check the network/,
    ],
    [
      "signature",
      "E: The repository 'http://a.example.org/debian bookworm InRelease' is not signed.",
      /signature .* cannot be verified .* keys/,
    ],
    [
      "missing key",
      "W: GPG error: http://a.example.org sid InRelease: NO_PUBKEY 6ED0E7B82643E131\nE: it failed",
      /NO_PUBKEY 6ED0E7B82643E131/,
    ],
    ["unknown package", "E: Unable to locate package netperf", /does not have .*netperf.* install the tool by hand/],
    ["full disk", "E: Write error - write (28: No space left on device)", /full: free some space/],
    ["broken system", "E: Unmet dependencies. Try 'apt --fix-broken install'", /sudo apt-get install -f/],
    ["clock", "E: Release file for http://a.example.org/InRelease is not valid yet (invalid for another 3h).", /clock/],
    ["anything else", "E: The value is odd\u001b[31m", /apt-get failed: E: The value is odd\ufffd/],
  ])("%s: one sentence with the next step", (_, stderr, expected) => {
    const { message } = explainAptFailure(ended(stderr));
    expect(message).toMatch(expected);
    expect(message).not.toContain("\n");
  });

  it("names the time limit", () => {
    expect(explainAptFailure(ended("", { exitCode: null, ended: "timeout" })).message).toMatch(
      /ended after 600 s: check the network/,
    );
  });
});

describe("requireSpace", () => {
  it("refuses beforehand, with both amounts", () => {
    expect(() => requireSpace(folder, 1e18)).toThrow(
      /MB free and fetching needs about 1000000000000 MB.*CNIBENCH_CACHE/,
    );
    requireSpace(folder, 1);
  });
});

describe("openApt, with the system's real apt-get", () => {
  it("refuses an unsigned archive and runs no hook, whatever the user's configuration allows", async () => {
    const repository = join(folder, "repository/dists/stable/main");
    for (const dir of ["binary-amd64", "binary-arm64"]) {
      mkdirSync(join(repository, dir), { recursive: true });
      writeFileSync(join(repository, dir, "Packages"), "");
    }
    writeFileSync(
      join(repository, "../Release"),
      "Suite: stable\nComponents: main\nArchitectures: amd64 arm64\nDate: Sat, 01 Jan 2022 00:00:00 UTC\n",
    );
    const hooked = join(folder, "hooked");
    writeFileSync(
      join(folder, "user.conf"),
      `Acquire::AllowInsecureRepositories "true";\nAPT::Get::AllowUnauthenticated "true";\nAPT::Update::Post-Invoke { "touch ${hooked}"; };\n`,
    );
    vi.stubEnv("APT_CONFIG", join(folder, "user.conf"));
    const source = {
      uris: [`file:${join(folder, "repository")}`],
      suites: ["stable"],
      components: ["main"],
      options: {},
    };
    const apt = openApt(localShell(), join(folder, "apt state"), [source]);
    await expect(apt.update()).rejects.toThrow(/signature of the package archive cannot be verified .*not signed/);
    vi.unstubAllEnvs();
    expect(existsSync(hooked)).toBe(false);
  });
});
