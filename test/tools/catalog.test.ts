import { describe, expect, it } from "vitest";
import { TOOLS, installCommand, unavailableReasons, toolOf, type ToolName } from "../../tools/catalog.ts";

/** First lines as the tools of Debian 11 to 13 and Ubuntu 22.04 and 24.04 print them. */
const VERSION_OUTPUTS: readonly (readonly [ToolName, string, string])[] = [
  ["iperf3", "iperf 3.12 (cJSON 1.7.15)\nLinux host 6.1.0 #1 SMP x86_64", "3.12"],
  ["iperf3", "iperf 3.1.3\nLinux host 4.4.0", "3.1.3"],
  ["netperf", "Netperf version 2.7.0", "2.7.0"],
  ["netserver", "Netperf version 2.7.1", "2.7.1"],
  ["jq", "jq-1.6", "1.6"],
  ["jq", "jq-1.7.1-dirty", "1.7.1-dirty"],
  ["iptables", "iptables v1.8.9 (nf_tables)", "1.8.9"],
  ["ip", "ip utility, iproute2-6.1.0, libbpf 1.1.2", "6.1.0"],
  ["ip", "ip utility, iproute2-ss200127", "200127"],
  ["ping", "ping from iputils 20221126\nlibcap: yes, IDN: yes", "20221126"],
  ["ping", "ping utility, iputils-s20190709", "20190709"],
  ["nft", "nftables v1.0.6 (Lester Gooch #5)", "1.0.6"],
  ["cni-plugins", "CNI bridge plugin v1.5.1\nCNI protocol versions supported: 0.1.0", "1.5.1"],
  ["cni-plugins", "CNI bridge plugin version v1.3.0", "1.3.0"],
  ["chromium", "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", "156.0.8078.79"],
];

describe("catalog", () => {
  it.each(VERSION_OUTPUTS)("extracts the version of %s from %j", (name, text, version) => {
    expect(toolOf(name).version.pattern.exec(text)?.[1]).toBe(version);
  });

  it("extracts no version from a build without one", () => {
    expect(
      toolOf("cni-plugins").version.pattern.exec(
        "CNI bridge plugin version unknown\nCNI protocol versions supported: 0.1.0",
      ),
    ).toBeNull();
  });

  it("provides every probed command after a fetch", () => {
    for (const name of Object.keys(TOOLS) as ToolName[]) {
      const { probe, commands } = toolOf(name);
      if ("command" in probe) expect(Object.keys(commands)).toContain(probe.command);
    }
  });

  it("reports packages that are unusable on Ubuntu", () => {
    expect(unavailableReasons(["jq", "chromium"], "ubuntu")).toEqual([
      expect.stringContaining("sudo snap install chromium"),
    ]);
    expect(unavailableReasons(["jq", "chromium"], "debian")).toEqual([]);
  });

  it("lists each package once in the install command", () => {
    expect(installCommand(["netperf", "netserver", "ip"])).toBe("sudo apt-get install netperf iproute2");
  });
});
