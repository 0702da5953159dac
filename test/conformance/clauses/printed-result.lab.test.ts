/** A malformed result fails one clause; the others judge what the kernel shows. */
import { expect, test } from "vitest";
import { BIN, networkWithBinary, testNetwork, useLab } from "../lab.ts";

const TIMEOUT = 60_000;

const lab = useLab();

/** Wrappers of bridge whose result has a value of the wrong type or form. @param edit jq filter */
test.each([
  ["an address without a number", '.ips[0].address="null/32"'],
  ["an address without a prefix length", '.ips[0].address="10.99.0.2"'],
  ["a gateway that is not an address", '.ips[0].gateway="none"'],
  ["a destination in words", '.routes[0].dst="default"'],
  ["interfaces in an object", ".interfaces={eth0:.interfaces[2]}"],
  ["an index as a string", '.ips[0].interface="2"'],
  ["an MTU as a string", '.interfaces[2].mtu="1500"'],
  ["a name server outside a list", '.dns.nameservers="10.99.0.1"'],
])(
  "a malformed result, %s, fails one clause, and everything that does not need it is judged",
  async (name, edit) => {
    const file = `malformed-${name.replaceAll(" ", "-")}`;
    const script = `in=$(cat); out=$(printf %s "$in" | ${BIN}/bridge); rc=$?
if [ "$CNI_COMMAND$rc" = ADD0 ]; then printf %s "$out" | jq '${edit}'; else printf %s "$out"; fi; exit $rc`;
    await lab().putMutant(file, `#!/bin/sh\n${script}\n`);
    const judged = [
      "add.creates",
      "add.up",
      "add.connect.peer",
      "env.exit.success",
      "del.ok",
      "del.lease",
      "leak.links",
    ];
    const { conformance, verdicts } = await testNetwork(lab(), networkWithBinary("bridge", "1.0.0", file), {
      versions: ["1.0.0"],
      only: ["add.result.types", "check.after-add", ...judged].join(","),
      jobs: 2,
    });
    const statusOf = new Map(conformance.map(({ clause, status }) => [clause, status]));
    expect(statusOf.get("add.result.types")).toBe("fail");
    for (const clause of judged) expect([clause, statusOf.get(clause)]).toEqual([clause, "pass"]);
    expect(conformance.find(({ clause }) => clause === "check.after-add")).toMatchObject({
      status: "skip",
      message: expect.stringContaining("the result of ADD is malformed") as string,
    });
    expect(verdicts["1.0.0"]).toBe("not conformant");
  },
  TIMEOUT,
);
