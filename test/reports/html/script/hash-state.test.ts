import { describe, expect, it } from "vitest";
import { DEFAULT_STATE, formatHash, parseHash, type PageState } from "../../../../reports/html/script/hash-state.js";
import { HOSTILE_STRINGS } from "../../../helpers/hostile.ts";

describe("the hash of a page", () => {
  it("is empty for the state without choices", () => {
    expect(formatHash(DEFAULT_STATE)).toBe("");
    expect(parseHash("")).toEqual(DEFAULT_STATE);
    expect(parseHash("#")).toEqual(DEFAULT_STATE);
  });

  it("is a permalink without a question mark", () => {
    expect(parseHash("#v-tcp-1-throughput")).toEqual({ ...DEFAULT_STATE, at: "v-tcp-1-throughput" });
    expect(formatHash({ ...DEFAULT_STATE, at: "v-tcp-1-throughput" })).toBe("v-tcp-1-throughput");
  });

  it("keeps the filter language readable", () => {
    const state: PageState = { ...DEFAULT_STATE, q: "plugin:a,b path=x !udp", sort: "-median", open: ["a.1", "b"] };
    expect(formatHash(state)).toBe("?q=plugin:a,b%20path=x%20!udp&sort=-median&open=a.1,b");
    expect(parseHash(`#${formatHash(state)}`)).toEqual(state);
  });

  it.each([...HOSTILE_STRINGS, "a&b=c#d?e+f%20g", "%", "中文 العربية 🐧"])("restores %j in every key", (text) => {
    const state: PageState = {
      at: text,
      q: text,
      base: text,
      sort: text,
      lang: text,
      theme: text,
      keys: text,
      open: ["a", text.replaceAll(",", "")],
    };
    const hash = formatHash(state);
    expect(parseHash(`#${hash}`)).toEqual(state);
    expect(hash).toMatch(/^[\w%.,:=@/?&!~*'()-]*$/);
  });

  it("replaces half a surrogate pair, which no URL can contain", () => {
    expect(parseHash(formatHash({ ...DEFAULT_STATE, q: "a\ud800b" })).q).toBe("a\ufffdb");
  });

  it("reads damaged hashes as text and ignores unknown keys", () => {
    expect(parseHash("#%zz?q=%zz&x=1&q=2&__proto__=3")).toEqual({ ...DEFAULT_STATE, at: "%zz", q: "%zz" });
  });
});
