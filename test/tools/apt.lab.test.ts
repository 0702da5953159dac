import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createHost } from "../../core/local.ts";
import type { Output } from "../../core/shell.ts";
import { explainAptFailure } from "../../tools/apt-errors.ts";
import { archiveSources, openApt, parsePlan, requireSpace } from "../../tools/apt.ts";
import { outputOf } from "../helpers/fake-host.ts";

const host = createHost();

let dir = "";
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), "cnibench-apt-"))));
afterAll(() => rmSync(dir, { recursive: true }));

function ended(stderr: string, more: Partial<Output> = {}): Output {
  return outputOf(["apt-get"], { stderr, exitCode: 100, duration: 600, ...more });
}

describe("archiveSources", () => {
  it("merges both formats and adds the requested components", () => {
    const parts = join(dir, "sources.list.d");
    mkdirSync(parts);
    writeFileSync(join(dir, "sources.list"), "deb http://mirror.example.org/debian bookworm main\n");
    writeFileSync(join(parts, "vendor.list"), "deb https://vendor.example.org/apt bookworm main\n");
    writeFileSync(
      join(parts, "off.sources.disabled"),
      "Types: deb\nURIs: http://x.example.org/debian\nSuites: bookworm\nComponents: main\n",
    );
    writeFileSync(
      join(parts, "more.sources"),
      "Types: deb\nURIs: http://mirror.example.org/debian-security\nSuites: bookworm-security\nComponents: main\n",
    );
    const sources = archiveSources({ family: "debian", codenames: ["bookworm"] }, ["non-free"], dir);
    expect(sources.map(({ suites, components }) => [...suites, ...components])).toEqual([
      ["bookworm", "main", "non-free"],
      ["bookworm-security", "main", "non-free"],
    ]);
  });

  it("returns an empty list without sources", () => {
    expect(archiveSources({ family: "debian", codenames: ["bookworm"] }, [], join(dir, "nowhere"))).toEqual([]);
  });
});

describe("parsePlan", () => {
  it("parses files and sizes, and ignores names that would escape the directory", () => {
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

describe("explainAptFailure", () => {
  it.each([
    [
      "network",
      "W: Failed to fetch http://a.example.org/debian/dists/bookworm/InRelease  Could not resolve 'a.example.org'",
      /cannot reach .*a\.example\.org.* check the network/,
    ],
    [
      "signature",
      "E: The repository 'http://a.example.org/debian bookworm InRelease' is not signed.",
      /cannot verify the signature .* keys/,
    ],
    [
      "missing key",
      "W: GPG error: http://a.example.org sid InRelease: NO_PUBKEY 6ED0E7B82643E131\nE: it failed",
      /NO_PUBKEY 6ED0E7B82643E131/,
    ],
    ["unknown package", "E: Unable to locate package netperf", /not found .*netperf.* install the tool manually/],
    ["full disk", "E: Write error - write (28: No space left on device)", /full: free some space/],
    ["broken system", "E: Unmet dependencies. Try 'apt --fix-broken install'", /sudo apt-get install -f/],
    ["clock", "E: Release file for http://a.example.org/InRelease is not valid yet (invalid for another 3h).", /clock/],
    ["anything else", "E: The value is odd\u001b[31m", /apt-get failed: E: The value is odd\ufffd/],
  ])("explains %s in one sentence with the next step", (_, stderr, expected) => {
    const { message } = explainAptFailure(ended(stderr));
    expect(message).toMatch(expected);
    expect(message).not.toContain("\n");
  });

  it("reports a timeout", () => {
    expect(explainAptFailure(ended("", { exitCode: null, ended: "timeout" })).message).toMatch(
      /timed out after 600 s: check the network/,
    );
  });
});

describe("requireSpace", () => {
  it("reports free and required space", () => {
    expect(() => requireSpace(dir, 1e18)).toThrow(/\d MB free, about 1000000000000 MB needed.*CNIBENCH_CACHE/);
    requireSpace(dir, 1);
  });
});

describe("openApt, with the real apt-get", () => {
  it("rejects an unsigned archive and runs no hooks, even if the configuration of the user allows them", async () => {
    const repository = join(dir, "repository/dists/stable/main");
    for (const dir of ["binary-amd64", "binary-arm64"]) {
      mkdirSync(join(repository, dir), { recursive: true });
      writeFileSync(join(repository, dir, "Packages"), "");
    }
    writeFileSync(
      join(repository, "../Release"),
      "Suite: stable\nComponents: main\nArchitectures: amd64 arm64\nDate: Sat, 01 Jan 2022 00:00:00 UTC\n",
    );
    const hooked = join(dir, "hooked");
    writeFileSync(
      join(dir, "user.conf"),
      [
        'Acquire::AllowInsecureRepositories "true";',
        'APT::Get::AllowUnauthenticated "true";',
        `APT::Update::Post-Invoke { "touch ${hooked}"; };\n`,
      ].join("\n"),
    );
    vi.stubEnv("APT_CONFIG", join(dir, "user.conf"));
    const source = {
      uris: [`file:${join(dir, "repository")}`],
      suites: ["stable"],
      components: ["main"],
      options: {},
    };
    const apt = openApt(host, join(dir, "apt state"), [source]);
    await expect(apt.update()).rejects.toThrow(/cannot verify the signature of the package archive .*not signed/);
    vi.unstubAllEnvs();
    expect(existsSync(hooked)).toBe(false);
  });
});
