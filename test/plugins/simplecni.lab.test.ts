import { describe, expect, it, vi } from "vitest";
import { IPAM_CONFIG, RANGE, expectRefused, useLab } from "./simplecni-lab.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];
const lab = useLab();

describe("VERSION", () => {
  it.each(["0.1.0", "1.1.0", "9.9.9"])("responds with the requested version %s", async (cniVersion) => {
    const answer = await lab().cni("VERSION", { conf: { cniVersion } });
    expect(answer).toMatchObject({ code: 0, json: { cniVersion, supportedVersions: VERSIONS } });
  });

  it("requires no input", async () => {
    expect(await lab().cni("VERSION", { stdin: "" })).toMatchObject({ code: 0, json: { cniVersion: "1.1.0" } });
  });
});

describe("ADD and DEL", () => {
  const route = { dst: "0.0.0.0/0", gw: "10.244.1.1" };
  const expectedResults: Record<string, (host: string) => object> = {};
  for (const cniVersion of VERSIONS) {
    const old = cniVersion < "0.3.0";
    const mtu = cniVersion === "1.1.0" ? { mtu: 1500 } : {};
    expectedResults[cniVersion] = (host) =>
      old
        ? { cniVersion, ip4: { ip: "10.244.1.2/24", gateway: "10.244.1.1", routes: [route] }, dns: {} }
        : {
            cniVersion,
            interfaces: [
              { name: "simplecni0", mac: "0a:58:0a:f4:01:01", ...mtu },
              { name: host, mac: "0e:58:0a:f4:01:02", ...mtu },
              { name: "eth0", mac: "0a:58:0a:f4:01:02", ...mtu, sandbox: "/run/netns/c1" },
            ],
            ips: [
              {
                ...(cniVersion < "1.0.0" ? { version: "4" } : {}),
                interface: 2,
                address: "10.244.1.2/24",
                gateway: "10.244.1.1",
              },
            ],
            routes: [route],
            dns: {},
          };
  }

  it.each(VERSIONS)(
    "return a result in the format of %s that matches the kernel state, and leave nothing behind",
    async (cniVersion) => {
      const conf = { cniVersion };
      const result = await lab().add({ conf });
      const host = await lab().sh("ip -o link show type veth | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/'");
      expect(result).toEqual(expectedResults[cniVersion]?.(host));
      expect(host.length).toBeLessThanOrEqual(15);
      const links = JSON.parse(
        await lab()
          .sh("ip -j link; ip -n c1 -j link")
          .then((s) => `[${s.replace("\n", ",")}]`),
      ) as object[][];
      expect(links.flat()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ ifname: "simplecni0", address: "0a:58:0a:f4:01:01", mtu: 1500, operstate: "UP" }),
          expect.objectContaining({ ifname: host, address: "0e:58:0a:f4:01:02", mtu: 1500, master: "simplecni0" }),
          expect.objectContaining({ ifname: "eth0", address: "0a:58:0a:f4:01:02", mtu: 1500, operstate: "UP" }),
        ]),
      );
      expect(await lab().sh("ip -n c1 -4 -br addr show dev eth0; ip -n c1 route")).toMatch(
        /10\.244\.1\.2\/24[^]*default via 10\.244\.1\.1 dev eth0 /,
      );
      if (cniVersion >= "0.4.0")
        expect(await lab().cni("CHECK", { conf: { cniVersion, prevResult: result } })).toEqual({
          code: 0,
          stdout: "",
          json: undefined,
        });
      else expectRefused(await lab().cni("CHECK", { conf: { cniVersion, prevResult: result } }), 1);
      for (let time = 0; time < 2; time++)
        expect(await lab().cni("DEL", { conf })).toMatchObject({ code: 0, stdout: "" });
      expect(await lab().sh("ip -br link show type veth; ip -n c1 -br link show type veth")).toBe("");
      expect(await lab().leases()).toEqual([]);
    },
  );

  it("connect pods with each other and with the gateway", async () => {
    await lab().add();
    await lab().add({ id: "c2", netns: "/run/netns/c2" });
    // "Connection refused" is a response of the peer, so it proves that packets arrive.
    for (const to of ["10.244.1.3", "10.244.1.1"])
      expect(await lab().sh(`timeout 3 ip netns exec c1 bash -c 'exec 3<>/dev/tcp/${to}/9' 2>&1 || true`)).toContain(
        "refused",
      );
    expect(await lab().sh("cat /proc/sys/net/ipv4/ip_forward")).toBe("1");
  });

  it("accept any path of the namespace and return it unchanged", async () => {
    const pid = await lab().sh("ip netns exec c2 sleep 60 >/dev/null 2>&1 & sleep 0.05; ip netns pids c2");
    for (const netns of [`/proc/${pid.trim()}/ns/net`, "/run/netns/../netns/c1", '/run/a "b\\']) {
      await lab().sh(`[[ -e '${netns}' ]] || ln -s netns/c1 '${netns}'`);
      expect((await lab().add({ netns })).interfaces).toContainEqual(
        expect.objectContaining({ name: "eth0", sandbox: netns }),
      );
      await lab().cni("DEL", { netns });
    }
  });

  it("support long ids, dns, CNI_ARGS, a large configuration and unknown keys", async () => {
    const dns = { nameservers: ["10.0.0.1"], domain: "a.b", search: ["a"], options: ["x"] };
    const call = {
      id: "x".repeat(253),
      env: { CNI_ARGS: "FOO=BAR;x" },
      conf: { dns, unknown: "x".repeat(1 << 20), "cni.dev/z": 1, args: { cni: 1 } },
    };
    expect((await lab().add(call)).dns).toEqual(dns);
    expect((await lab().cni("DEL", { ...call, env: { CNI_PATH: undefined } })).code).toBe(0);
    expect(await lab().leases()).toEqual([]);
  });

  it("assign separate addresses to two interfaces of a pod and keep its first default route", async () => {
    const first = await lab().add();
    const second = await lab().add({ ifname: "eth1" });
    expect(second).toMatchObject({ routes: [], ips: [{ address: "10.244.1.3/24" }] });
    expect(await lab().sh("ip -n c1 route show default")).toBe("default via 10.244.1.1 dev eth0 ");
    expect((await lab().cni("CHECK", { ifname: "eth1", conf: { prevResult: second } })).code).toBe(0);
    await lab().cni("DEL", { ifname: "eth1" });
    expect((await lab().cni("CHECK", { conf: { prevResult: first } })).code).toBe(0);
  });

  it("never assign an address to two networks of a node, and DEL only in their own network", async () => {
    await lab().add({ conf: { name: "a" } });
    await lab().add({ ifname: "eth1", conf: { name: "b" } });
    await lab().cni("DEL", { ifname: "eth1", conf: { name: "a" } });
    expect(await lab().leases()).toEqual(["./a/10.244.1.2", "./b/10.244.1.3"]);
    expect(await lab().sh("ip -n c1 -br link show dev eth1")).toContain("UP");
  });

  it("use the configured MTU, otherwise that of the uplink, otherwise that of eth0", async () => {
    const mtu = async (conf = {}): Promise<string> => {
      await lab().add({ conf });
      const actual = await lab().sh(
        "cat <(ip -n c1 -o link show dev eth0) <(ip -o link show dev simplecni0) | grep -o 'mtu [0-9]*'",
      );
      await lab().cni("DEL");
      return actual;
    };
    await lab().sh(
      "ip link add eth0 mtu 1400 up type veth peer name x1; ip link add up0 mtu 1300 up type veth peer name x2",
    );
    expect(await mtu()).toBe("mtu 1400\nmtu 1400");
    await lab().sh("ip route add default dev up0");
    expect(await mtu()).toBe("mtu 1300\nmtu 1300");
    expect(await mtu({ mtu: 9000 })).toBe("mtu 9000\nmtu 9000");
  });

  it("store their files at ipamConfig and dataDir", async () => {
    await lab().sh(`mkdir /run/d; sed 's/10.244.1/10.244.7/g' ${IPAM_CONFIG} > /run/d/ipam`);
    const conf = { ipamConfig: "/run/d/ipam", dataDir: "/run/d/leases" };
    expect(await lab().add({ conf })).toMatchObject({ ips: [{ address: "10.244.7.2/24" }] });
    expect(await lab().sh("cat /run/d/leases/simplecni/10.244.7.2; cat /run/d/ipam; ls /var/lib")).toBe(
      `c1 eth0\n${JSON.stringify(RANGE).replaceAll("10.244.1", "10.244.7").replace('"1"', '"2"')}`,
    );
  });
});
