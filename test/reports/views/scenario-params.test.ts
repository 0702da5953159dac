import { expect, it } from "vitest";
import { sweepsOf } from "../../../reports/views/scenario-params.ts";

const sweeps = (...suites: object[]) => sweepsOf({ definition: { suites } } as never);
const udp = (name: string, params: object): object => ({ name, runner: "iperf3-udp", params });

it("groups scenarios that differ only in one parameter, by rising value", () => {
  const scenarios = [udp("high", { rate: 1000, length: 200 }), udp("low", { rate: 100, length: 200 })];
  expect(sweeps({ name: "udp", scenarios })).toEqual([
    {
      suite: "udp",
      param: "rate",
      steps: [
        { scenario: "low", value: 100 },
        { scenario: "high", value: 1000 },
      ],
    },
  ]);
});

it("separates scenarios with another runner or with other parameters", () => {
  const other = { name: "c", runner: "netperf", params: { rate: 300 } };
  expect(sweeps({ name: "s", scenarios: [udp("a", { rate: 1 }), udp("b", { rate: 2, length: 9 }), other] })).toEqual(
    [],
  );
});

it("counts one scenario per value", () => {
  const scenarios = [udp("a", { rate: 1 }), udp("again", { rate: 1 }), udp("b", { rate: 2 })];
  expect(sweeps({ name: "s", scenarios })[0]?.steps.map(({ scenario }) => scenario)).toEqual(["a", "b"]);
});

it.each([{}, { scenarios: 3 }, { name: 1, scenarios: [null, {}, udp("a", { rate: "1" }), { params: [] }] }])(
  "ignores suites of an unknown form: %j",
  (suite) => {
    expect(sweeps(suite)).toEqual([]);
  },
);
