import { expect, it } from "vitest";
import { compactSvg } from "../../../reports/views/compact-svg.ts";

/** The text prevents that a group of all content shares its attributes. */
const svg = (content: string): string => `<svg width="10"><g fill="none">${content}<text>end</text></g></svg>`;

it.each([
  [
    "joins strokes of one style",
    '<g class="mark-rule"><line transform="translate(1,0)" x2="0" y2="5" stroke="a"/>' +
      '<line transform="translate(2.04,0)" x2="3" y2="0" stroke="a"/></g>',
    '<g stroke="a"><path d="M1,0v5M2,0h3"/></g>',
  ],
  [
    "keeps strokes of different styles apart",
    '<line x2="1" y2="2" stroke="a"/><line x2="0" y2="5" stroke="b"/>',
    '<path d="M0,0l1,2" stroke="a"/><path d="M0,0v5" stroke="b"/>',
  ],
  [
    "states what all children of a group share once",
    '<g><text fill="a" font-size="12px">1.2345</text><text fill="a" font-size="9px">2</text></g>',
    '<g fill="a"><text>1.2345</text><text font-size="9px">2</text></g>',
  ],
  [
    "passes no opacity to a group, because it is not inherited",
    '<g><path d="M0,0h9v9Z" fill="a" opacity="0.4"/></g>',
    '<g fill="a"><path d="M0,0h9v9Z" opacity="0.4"/></g>',
  ],
  [
    "removes shapes without color and empty groups",
    '<g transform="translate(0,0)"><path d="M0,0h9v9Z"/><g role="x"><path d="" display="none" fill="a"/></g></g>',
    "",
  ],
  [
    "writes arcs of a full turn as a circle",
    '<path transform="translate(1.26,2)" d="M2.23,0A2.23,2.23,0,1,1,-2.23,0A2.23,2.23,0,1,1,2.23,0" fill="a"/>',
    '<circle cx="1.3" cy="2" r="2.2" fill="a"/>',
  ],
  [
    "keeps rotated text",
    '<text transform="rotate(-90) translate(0,-3)">ms</text>',
    '<text transform="rotate(-90) translate(0,-3)">ms</text>',
  ],
  ["keeps escaped text", "<text>&lt;b&gt; &amp; 0.123456</text>", "<text>&lt;b&gt; &amp; 0.123456</text>"],
])("%s", (_, content, expected) => {
  expect(compactSvg(svg(content))).toBe(svg(expected));
});
