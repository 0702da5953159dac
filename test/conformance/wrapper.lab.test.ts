/** Clauses about features beyond links: each on a real plugin, and on a wrapped plugin that behaves differently. */
import { describe, expect, test } from "vitest";
import { MUTANTS, verdict, useLab } from "./lab.ts";
import { wrapperBinary } from "./plugin-wrapper.ts";
import { networkOf, targetOf } from "./networks.ts";
import { WRAPPER_CASES } from "./wrapper-cases.ts";

const TIMEOUT = 60_000;

const lab = useLab();

describe.concurrent("the real plugin", () => {
  test.each(WRAPPER_CASES.filter(({ real }) => real !== undefined))(
    "$id on $network: $real",
    async ({ id, network, version = "1.0.0", real, facts: more = {} }) => {
      const found = await verdict(lab(), id, { ...networkOf(network, version), ...more });
      expect(found.status, JSON.stringify(found)).toBe(real);
    },
    TIMEOUT,
  );
});

describe.concurrent("the wrapped plugin", () => {
  test.each(WRAPPER_CASES.filter(({ script }) => script !== undefined))(
    "$id on $network with $script",
    async ({
      id,
      network,
      version = "1.0.0",
      real,
      script = "",
      scripted = real === "fail" ? "pass" : "fail",
      facts: more = {},
    }) => {
      const name = `${id}-${network}-${scripted}`;
      await lab().putMutant(name, wrapperBinary({ base: targetOf(network), script }));
      const found = await verdict(lab(), id, { ...networkOf(network, version, `${MUTANTS}/${name}`), ...more });
      expect(found.status, JSON.stringify(found)).toBe(scripted);
    },
    TIMEOUT,
  );
});
