/** A delegating plugin may choose its gateway, pin neighbors, and support more versions than its IPAM plugin. */
import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../../cni/index.ts";
import { BIN, testNetwork, useLab } from "../lab.ts";

const lab = useLab();

/** Wraps ptp: changes its result and its errors, and adds a configured neighbor, which CHECK inspects. */
const PINNING_PTP = `#!/bin/sh
config=$(cat)
output=$(printf %s "$config" | jq '.type="ptp"' | ${BIN}/ptp)
status=$?
version=$(printf %s "$config" | jq -r '.cniVersion // "1.0.0"' 2>/dev/null)
if [ "$status" != 0 ]; then
  printf %s "$output" | jq --arg version "$version" '.cniVersion=$version'
  exit "$status"
fi
container() { nsenter --net="$CNI_NETNS" "$@"; }
mac() { container ip -j link show dev "$CNI_IFNAME" | jq -r '.[0].address'; }
case $CNI_COMMAND in
VERSION) printf %s "$output" | jq '.supportedVersions += ["1.1.0"]' ;;
ADD)
  address=$(printf %s "$output" | jq -r '.ips[0].address | split("/")[0]')
  host=$(printf %s "$output" | jq -r '.interfaces[0].name')
  ip neigh replace "$address" lladdr "$(mac)" dev "$host" nud permanent
  container ip route replace default via 169.254.1.1 dev "$CNI_IFNAME" onlink
  printf %s "$output" | jq '.routes=[{dst:"0.0.0.0/0",gw:"169.254.1.1"}]'
  ;;
CHECK)
  address=$(printf %s "$config" | jq -r '.prevResult.ips[0].address | split("/")[0]')
  [ "$(ip -j neigh show to "$address" | jq -r '.[0].lladdr')" = "$(mac)" ] && exit
  jq -n --arg version "$version" '{cniVersion:$version,code:100,msg:"wrong neighbor"}'
  exit 1
  ;;
esac
`;

test("a plugin with choices of its own conforms", async () => {
  await lab().putMutant("pinning", PINNING_PTP);
  const ipam = { type: "host-local", subnet: "10.99.0.0/24" };
  const json = JSON.stringify({ cniVersion: "1.0.0", name: "test", plugins: [{ type: "pinning", ipam }] });
  const { conformance } = await testNetwork(lab(), parseNetworkConfig(json, "pinning"), {
    versions: ["1.0.0"],
    only: "version.list.truth.listed,check.later-plugin,check.tamper.lease,dlg.apply,exec.error",
  });
  expect(conformance.map(({ clause, status }) => `${clause} ${status}`)).toEqual([
    "version.list.truth.listed pass",
    "exec.error pass",
    "check.later-plugin pass",
    "check.tamper.lease pass",
    "dlg.apply pass",
  ]);
}, 120_000);
