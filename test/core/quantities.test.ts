import { describe, expect, test } from "vitest";
import { parseDelay } from "../../core/delay.ts";
import { UsageError } from "../../core/errors.ts";
import { ipFlag } from "../../core/family.ts";
import { parseLoss } from "../../core/loss.ts";
import { parseRate } from "../../core/rate.ts";

describe("parseRate", () => {
  test.each([
    ["100M", 1e8],
    ["2.5G", 2.5e9],
    ["100k", 1e5],
    ["1000000", 1e6],
    ["1Gbit", 1e9],
    ["1000G", 1e12],
    [" 10Mbit/s ", 1e7],
  ])("%s", (text, rate) => {
    expect(parseRate(text)).toBe(rate);
  });

  test.each(["", "0", "99k", "1001G", "fast", "10MB", "1e9", "-1G", "1 G", "1G;reboot"])("rejects %j", (text) => {
    expect(() => parseRate(text)).toThrow(UsageError);
    expect(() => parseRate(text)).toThrow(`invalid rate "${text}"`);
  });
});

describe("parseDelay", () => {
  test.each([
    ["200us", 2e-4],
    ["5ms", 5e-3],
    ["1s", 1],
    ["0.5ms", 5e-4],
    ["1us", 1e-6],
  ])("%s", (text, delay) => {
    expect(parseDelay(text)).toBe(delay);
  });

  test.each(["", "5", "0us", "0.4us", "1.1s", "2s", "1m", "-1ms", "5 ms"])("rejects %j", (text) => {
    expect(() => parseDelay(text)).toThrow(UsageError);
    expect(() => parseDelay(text)).toThrow(`invalid delay "${text}"`);
  });
});

describe("parseLoss", () => {
  test.each([
    ["1%", 0.01],
    ["0.05%", 5e-4],
    ["50%", 0.5],
    ["0.3%", 0.003],
  ])("%s", (text, loss) => {
    expect(parseLoss(text)).toBe(loss);
  });

  test.each(["", "1", "0%", "51%", "-1%", "0.00001%", "1 %", "1%;reboot"])("rejects %j", (text) => {
    expect(() => parseLoss(text)).toThrow(UsageError);
    expect(() => parseLoss(text)).toThrow(`invalid packet loss "${text}"`);
  });
});

test("ipFlag returns the flag of the address family", () => {
  expect([ipFlag("10.244.1.2"), ipFlag("fd00:10:244:1::2"), ipFlag("::ffff:10.0.0.1")]).toEqual(["-4", "-6", "-6"]);
});
