/** Completeness of the catalog of mutants; no mutant is run. */
import { expect, test } from "vitest";
import { MUTANTS } from "./catalog.ts";
import { uncoveredClauses } from "./judge.ts";

/** Numbers in the catalog of faults that the suite was built against. */
const CATALOG_NUMBERS = [
  "1 2 4 5 7 8 10 11 13 14 16 17 19 20 22 23 25 26 28 29 31 32 34 35 37 38 40 41 43 44 46 47 49 50 52 53 55",
  "56 58 59 61 62 64 65 67 68 70 71 73 74 76 77 79 80 82 83 85 86 88 89 91 92 94 95 97 98 100 101 103 104",
  "106 107 109 110 112 113 115 116 118 119 121 122 124 125 127 128 130 131 133 134 136 137 139 140 142 143",
  "145 146 148 149 151 152 154 155 157 158 160 161 163 164 166 167 169 170 172 173 175 176 178 179 181 182",
  "184 185 187 188 190 191 193 194 196 197 199 200 202 203 205 206 208 209 211 212 214 215 217 218 220 221",
  "223 224 226 227 229 230 232 233 235 236 238 239 241 242 244 245 247 248 250 251 253 254 256 257",
]
  .join(" ")
  .split(" ")
  .map((number) => `M${number.padStart(3, "0")}`);

test("every fault of the catalog has a mutant, and additional mutants start at M300", () => {
  const numbers = MUTANTS.map(({ number }) => number);
  expect(CATALOG_NUMBERS.filter((number) => !numbers.includes(number))).toEqual([]);
  expect(numbers.filter((number) => !CATALOG_NUMBERS.includes(number) && !/^M[3-9]\d\d$/.test(number))).toEqual([]);
});

test("numbers are unique", () => {
  expect(new Set(MUTANTS.map(({ number }) => number)).size).toBe(MUTANTS.length);
});

test("every MUST and every derived clause is broken by a mutant", () => {
  expect(uncoveredClauses(MUTANTS)).toEqual([]);
});
