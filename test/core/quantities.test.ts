import { describe, expect, test } from "vitest";
import { parseDelay, parseDuration, parseLoss, parseMemory, parseRate, parseThreshold } from "../../core/quantities.ts";
import { UsageError } from "../../core/errors.ts";

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

describe("parseThreshold", () => {
  test.each([
    ["5%", 1.05],
    ["5 %", 1.05],
    ["0.1%", 1.001],
    ["2.5%", 1.025],
    ["100%", 2],
  ])("%s", (text, ratio) => {
    expect(parseThreshold(text)).toBe(ratio);
  });

  test.each(["5", "1.05", " 5 ", "0"])("requires a unit for %j", (text) => {
    expect(() => parseThreshold(text)).toThrow(UsageError);
    expect(() => parseThreshold(text)).toThrow(/invalid threshold ".*": add the unit/);
  });

  test.each(["", "0%", "0.05%", "101%", "-5%", "5%%", "5ms", "five%", "5%;reboot"])("rejects %j", (text) => {
    expect(() => parseThreshold(text)).toThrow(UsageError);
    expect(() => parseThreshold(text)).toThrow(`invalid threshold "${text}": use`);
  });
});

describe("parseDuration", () => {
  test.each([
    ["10", 10],
    ["1s", 1],
    [" 7s ", 7],
    ["2m", 120],
    ["60m", 3600],
    [1, 1],
    [3600, 3600],
  ])("%j is %d s", (written, seconds) => {
    expect(parseDuration(written)).toBe(seconds);
  });

  test.each([
    "",
    " ",
    "0",
    "0.5",
    "500ms",
    "1.5s",
    0.5,
    "0s",
    "-1",
    "-1s",
    "1e99",
    "1e1",
    "NaN",
    "Infinity",
    "abc",
    "1h",
    "1 s x",
    "3601",
    "61m",
    "s",
    0,
    -1,
    1e99,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])("rejects %j in one sentence", (written) => {
    expect(() => parseDuration(written)).toThrow(UsageError);
    expect(() => parseDuration(written)).toThrow(/^invalid duration "[^"\n]*": .*1s to 60m.*$/);
  });

  test("shortens long input and replaces control characters in the message", () => {
    expect(() => parseDuration("\u001b[31m" + "9".repeat(1000))).toThrow(/^invalid duration "\ufffd\[31m9{35}":/);
  });
});

describe("parseMemory", () => {
  test.each([
    ["256M", 2 ** 28],
    ["2G", 2 ** 31],
    ["2GiB", 2 ** 31],
    ["1024G", 2 ** 40],
  ])("%s", (text, bytes) => {
    expect(parseMemory(text)).toBe(bytes);
  });

  test.each(["", "2", "255M", "1025G", "0.5G", "1T", "2 G", "-2G", "2GB"])("rejects %j", (text) => {
    expect(() => parseMemory(text)).toThrow(UsageError);
    expect(() => parseMemory(text)).toThrow(`invalid memory size "${text}"`);
  });
});
