import { describe, expect, it, vi } from "vitest";
import { IPAM_CONFIG, LEASES, expectRefused, useLab } from "./simplecni-lab.ts";
import type { Call } from "./simplecni-lab.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });
const lab = useLab();

/** Asserts that every call fails with this code and message and changes nothing on the node. */
async function expectAllRefused(command: string, code: number, text: string, calls: readonly Call[]): Promise<void> {
  const before = await lab().state();
  for (const call of calls) expectRefused(await lab().cni(command, call), code, text);
  expect(await lab().state()).toBe(before);
}

describe("invalid input", () => {
  it("is rejected with code 4 and the names of the variables", async () => {
    const ids = ["", "-a", "_a", ".a", "a/b", "../x", "a b", "a:b", "é"].map((id) => ({ id }));
    await expectAllRefused("ADD", 4, "CNI_CONTAINERID", [...ids, { env: { CNI_CONTAINERID: undefined } }]);
    const names = ["", "a/b", "a b", "a:b", ".", "..", "x".repeat(16), "a\tb", "-a", "eth%d"].map((ifname) => ({
      ifname,
    }));
    await expectAllRefused("DEL", 4, "CNI_IFNAME", names);
    await expectAllRefused("ADD", 4, "CNI_CONTAINERID is missing, CNI_NETNS is missing", [{ id: "", netns: "" }]);
    for (const command of ["", "FOO", "add", "ADD "]) await expectAllRefused(command, 4, "CNI_COMMAND", [{}]);
  });

  it("is rejected with codes that the requested version defines", async () => {
    await expectAllRefused("ADD", 104, "CNI_IFNAME", [{ ifname: "", conf: { cniVersion: "0.4.0" } }]);
    await expectAllRefused("ADD", 107, "name", [{ conf: { cniVersion: "0.1.0", name: "" } }]);
    const { json } = await lab().cni("ADD", { id: "", conf: { cniVersion: "0.3.1" } });
    expect(json).toMatchObject({ cniVersion: "0.3.1", code: 104 });
  });

  it("is rejected with code 5 or 6 if it is not a single JSON object", async () => {
    const inputs = ["", "{", "{}x", "{}{}", '{"a":', "\ufeff{}", "[]", '"s"', "1", "null"];
    await expectAllRefused("ADD", 6, "", [...inputs.map((stdin) => ({ stdin })), { conf: { cniVersion: 1 } }]);
    const utf16 = `jq -c . <<<'{"name":"a"}' | sed 's/./&\\x00/g' | CNI_COMMAND=ADD "$0" || true`;
    expect(await lab().plugin(utf16)).toContain('"code":6');
    for (const stdin of ["<&-", "</etc"])
      expect(await lab().plugin(`CNI_COMMAND=ADD "$0" ${stdin} || true`)).toContain('"code":5');
  });

  it("is rejected with code 7 if the configuration is invalid", async () => {
    const wrong = {
      name: ["", "-x", "a/b", "../a", "a b", ".x", 5],
      bridge: ["", "a/b", "x".repeat(16), 5],
      subnet: ["", "banana", "10.244.0.0/33", "10.244.1.0/16", "10.256.0.0/16", 5],
      mtu: [0, 67, 65536, 1.5, "x", {}],
      dns: ["x", { nameservers: "1.1.1.1" }, { domain: 5 }],
      prevResult: [{}, 5],
      dataDir: ["x", 5],
      ipamConfig: ["x"],
    };
    for (const [key, values] of Object.entries(wrong))
      await expectAllRefused(
        "ADD",
        7,
        key === "dataDir" ? "" : key,
        values.map((value) => ({ conf: { [key]: value } })),
      );
  });

  it("is rejected with code 1 if the version is unsupported or lacks the operation", async () => {
    for (const command of ["ADD", "DEL", "CHECK", "GC", "STATUS"])
      await expectAllRefused(command, 1, "9.9.9", [{ conf: { cniVersion: "9.9.9" } }]);
    for (const command of ["GC", "STATUS"])
      await expectAllRefused(command, 1, "1.0.0", [{ conf: { cniVersion: "1.0.0" } }]);
  });

  it("is rejected if the range of the node is missing, invalid or outside the subnet", async () => {
    await expectAllRefused("ADD", 100, "outside", [
      { conf: { subnet: "192.168.0.0/16" } },
      { conf: { subnet: "10.244.1.0/25" } },
    ]);
    for (const text of [
      "",
      "{",
      "[]",
      '{"Subnet":"10.244.1.0"}',
      '{"Subnet":"10.244.1.0","SubnetPrefix":"10.244.1.","Gateway":"10.9.1.1","IPIndex":"1"}',
    ]) {
      await lab().sh(`echo '${text}' > ${IPAM_CONFIG}`);
      await expectAllRefused("ADD", 100, "ipam.config is invalid", [{}]);
    }
    await lab().sh(`rm ${IPAM_CONFIG}`);
    await expectAllRefused("ADD", 100, "cannot read /etc/cni/ipam.config", [{}]);
  });
});

describe("a failed ADD", () => {
  it("changes nothing if CNI_NETNS is missing, not a namespace, a pipe or the namespace of the node", async () => {
    await lab().sh("mkfifo /run/pipe; touch /run/file");
    const paths = ["/run/netns/none", "/run/pipe", "/run/file", "/run", "/proc/self/ns/mnt", "/proc/self/ns/net"];
    await expectAllRefused(
      "ADD",
      100,
      "CNI_NETNS",
      paths.map((netns) => ({ netns })),
    );
  });

  it("keeps an existing link of the same name and an existing attachment", async () => {
    await lab().add();
    await lab().sh("ip -n c2 link add eth0 type veth peer name x");
    await expectAllRefused("ADD", 100, "already exists", [{ id: "c2", netns: "/run/netns/c2" }, {}]);
    await lab().sh("ip -n c1 link set eth0 name other");
    await expectAllRefused("ADD", 100, "DEL first", [{}]);
  });

  it("is rolled back after the link was created and can be repeated", async () => {
    await lab().add();
    await lab().cni("DEL");
    const before = await lab().state();
    // A fake nsenter that fails to configure the pod.
    await lab().sh(`mkdir /run/bin
      printf '%s\\n' '#!/bin/sh' 'in=$(cat)' 'case $in in *"addr add"*) echo no >&2; exit 1 ;; esac' \
        'echo "$in" | /usr/bin/nsenter "$@"' > /run/bin/nsenter
      chmod +x /run/bin/nsenter`);
    expectRefused(
      await lab().cni("ADD", { env: { PATH: "/run/bin:/usr/sbin:/usr/bin:/sbin:/bin" } }),
      100,
      "cannot configure eth0",
    );
    expect(await lab().state()).toBe(before);
    await lab().add();
  });

  it("reports that the bridge name belongs to another link type and keeps that link", async () => {
    await lab().sh("ip link add simplecni0 type veth peer name eth0; ip link set simplecni0 address 0a:58:0a:f4:01:01");
    const before = await lab().sh("ip addr");
    for (const bridge of ["simplecni0", "eth0"]) {
      expectRefused(await lab().cni("ADD", { conf: { bridge } }), 100, `cannot set up the bridge ${bridge}`);
      expect(await lab().sh("ip addr")).toBe(before);
      expect(await lab().leases()).toEqual([]);
    }
  });

  it("leaves nothing after a SIGKILL at any time and DEL", async () => {
    await lab().add();
    await lab().cni("DEL");
    const before = await lab().state();
    for (let step = 0; step < 16; step++) {
      await lab().kill("ADD", 0.02 + step * 0.004);
      expect((await lab().cni("DEL")).code).toBe(0);
      expect(await lab().state()).toBe(before);
    }
    expect(await lab().sh("ls -A /etc/cni")).toBe("ipam.config");
    // The files that a kill between opening and writing leaves.
    await lab().sh(`: > ${LEASES}/simplecni/10.244.1.77; : > ${IPAM_CONFIG}.next`);
    await lab().cni("DEL");
    expect(await lab().state()).toBe(before);
  });
});

describe("DEL", () => {
  it("releases everything without a usable namespace", async () => {
    await lab().sh("touch /run/file");
    for (const env of [
      { CNI_NETNS: "" },
      { CNI_NETNS: undefined },
      { CNI_NETNS: "/run/none" },
      { CNI_NETNS: "/run/file" },
      { CNI_NETNS: "/run/netns/c2" },
    ]) {
      await lab().add();
      expect(await lab().cni("DEL", { env })).toMatchObject({ code: 0, stdout: "" });
      expect(await lab().leases()).toEqual([]);
      expect(await lab().sh("ip -br link show type veth; ls /run/netns")).toBe("c1\nc2");
    }
  });

  it("succeeds if the link was renamed or deleted, the namespace removed, or prevResult is malformed", async () => {
    for (const damage of [
      "ip -n c1 link set eth0 name other",
      "ip -n c1 link del eth0",
      "ip netns del c1",
      "ip link del simplecni0",
    ]) {
      await lab().sh("[[ -e /run/netns/c1 ]] || ip netns add c1");
      await lab().add();
      await lab().sh(damage);
      expect(
        (await lab().cni("DEL", { conf: { prevResult: { interfaces: 5, ips: [{ interface: "x" }] } } })).code,
      ).toBe(0);
      expect(await lab().leases()).toEqual([]);
      expect(await lab().sh("ip -br link show type veth")).toBe("");
    }
  });

  it("changes no other link, needs no range or bridge, and creates nothing for an unknown container", async () => {
    await lab().sh(`ip -n c1 link add eth0 type veth peer name x; rm ${IPAM_CONFIG}`);
    const before = await lab().state();
    expect((await lab().cni("DEL", { conf: { bridge: undefined, subnet: undefined } })).code).toBe(0);
    expect(await lab().state()).toBe(before);
    expect(await lab().sh("ls /var/lib")).toBe("");
  });
});

describe("many pods", () => {
  const pods = Array.from({ length: 8 }, (_, i) => ({ id: `p${i}`, netns: `/run/netns/p${i}` }));

  it("get unique addresses on a fresh node and leave nothing behind", async () => {
    await lab().sh(pods.map(({ id }) => `ip netns add ${id}`).join("; "));
    const results = await Promise.all(pods.map((pod) => lab().add(pod)));
    expect(new Set(results.map((result) => JSON.stringify(result["ips"]))).size).toBe(8);
    for (const [i, pod] of pods.entries())
      expect((await lab().cni("CHECK", { ...pod, conf: { prevResult: results[i] } })).code).toBe(0);
    expect(await lab().sh("ip -br -4 addr show dev simplecni0")).toMatch(/^simplecni0 +UP +10\.244\.1\.1\/24 *$/);
    for (const answer of await Promise.all(pods.map((pod) => lab().cni("DEL", pod)))) expect(answer.code).toBe(0);
    expect(await lab().leases()).toEqual([]);
    expect(await lab().sh("ip -br link show type veth")).toBe("");
  });

  it("exhaust the range with a clear error and reuse the addresses released by DEL, wrapping around", async () => {
    await lab().sh(
      `mkdir -p ${LEASES}/simplecni; for n in {2..253}; do echo "o$n eth0" > ${LEASES}/simplecni/10.244.1.$n; done`,
    );
    expect(await lab().add()).toMatchObject({ ips: [{ address: "10.244.1.254/24" }] });
    expectRefused(await lab().cni("ADD", { ifname: "eth1" }), 101, "no free address");
    expectRefused(await lab().cni("STATUS"), 50, "no free address");
    expect((await lab().cni("DEL", { id: "o9" })).code).toBe(0);
    expect((await lab().cni("STATUS")).code).toBe(0);
    expect(await lab().add({ ifname: "eth1" })).toMatchObject({ ips: [{ address: "10.244.1.9/24" }] });
  });
});
