/** The text that remains on a terminal after lines were drawn in place. */
import { beforeEach, describe, expect, it } from "vitest";
import { LiveArea } from "../../../cli/terminal/live-area.ts";
import { Screen } from "../../helpers/screen.ts";

let screen: Screen;
let area: LiveArea;
beforeEach(() => {
  screen = new Screen(20, 6);
  area = new LiveArea(screen);
  screen.write("$ cnibench run\n");
});

describe("drawing", () => {
  it("replaces the lines, whether there are more or fewer, in one write", () => {
    area.draw(["one long line", "two"]);
    const before = screen.writes;
    area.draw(["1"]);
    expect(screen.writes).toBe(before + 1);
    expect(screen.text()).toBe("$ cnibench run\n1");
    area.draw(["a", "b", "c"]);
    expect(screen.text()).toBe("$ cnibench run\na\nb\nc");
  });

  it("overwrites instead of erasing first, so that nothing flickers", () => {
    area.draw(["one", "two"]);
    const written: string[] = [];
    const spy = new LiveArea({ columns: 20, rows: 6, write: (text) => written.push(text) });
    spy.draw(["one"]);
    spy.draw(["two"]);
    expect(written[1]).toBe("\r\u001b[1Atwo\u001b[K\n\u001b[J");
  });

  it("cuts lines to the width, and leaves the last column free", () => {
    area.draw(["x".repeat(19), "y".repeat(20)]);
    expect(screen.text().split("\n").slice(1)).toEqual(["x".repeat(19), `${"y".repeat(18)}…`]);
  });

  it("never draws more lines than fit above the cursor", () => {
    area.draw(Array.from({ length: 50 }, (_, i) => `line ${i}`));
    area.draw(["end"]);
    expect(screen.text()).toBe("$ cnibench run\nend");
  });

  it.each(["中文插件名称很长很长很长", "🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀", "한국어한국어한국어한국어"])(
    "never wraps wide characters: %s",
    (text) => {
      area.draw([text, "end"]);
      area.draw(["end"]);
      expect(screen.text()).toBe("$ cnibench run\nend");
    },
  );

  it("makes lines of hostile text safe", () => {
    area.draw(["\u001b[2Jx\u009b1A\ny\rz\u0007\t\u202e"]); // the screen rejects unknown control characters
    expect(screen.text().split("\n")).toHaveLength(2);
    area.draw(["end"]);
    expect(screen.text()).toBe("$ cnibench run\nend");
  });

  it("assumes 80 columns and 24 rows on a terminal without a size", () => {
    expect(new LiveArea({ columns: 0, rows: 0, write: () => true }).size).toEqual({ columns: 80, rows: 24 });
    expect(new LiveArea({ write: () => true }).size).toEqual({ columns: 80, rows: 24 });
  });
});

describe("printing", () => {
  it("keeps text above the lines", () => {
    area.draw(["table", "row"]);
    area.print("a failure that is longer than a row\n");
    area.draw(["table", "row"]);
    area.draw(["table"]);
    expect(screen.text()).toBe("$ cnibench run\na failure that is lo\nnger than a row\ntable");
  });

  it("removes the lines without text", () => {
    area.draw(["table", "row"]);
    area.print("");
    screen.write("summary");
    expect(screen.text()).toBe("$ cnibench run\nsummary");
  });

  it("overwrites the echo of Ctrl-C", () => {
    area.draw(["table"]);
    screen.write("^C");
    area.draw(["table", "row"]);
    expect(screen.text()).toBe("$ cnibench run\ntable\nrow");
  });
});

describe("a resize", () => {
  it.each([
    [10, 6],
    [7, 6],
    [40, 6],
    [20, 12],
  ])("to %d columns and %d rows leaves no remains", (columns, rows) => {
    area.draw(["a line of 18 chars", "two"]);
    screen.resize(columns, rows);
    area.draw(["new", "two"]);
    area.print("");
    screen.write("end");
    expect(screen.text().replaceAll("\n", "")).toBe("$ cnibench runend");
  });

  it("to fewer rows than lines only leaves what has scrolled away", () => {
    area.draw(["1", "2", "3", "4"]);
    screen.resize(20, 3);
    area.draw(["a", "b"]);
    expect(screen.text()).toBe("$ cnibench run\n1\n2\na\nb");
  });
});

it("abandons lines below which others have printed", () => {
  area.draw(["table"]);
  screen.write("[1]+  Stopped\n");
  area.abandon();
  area.draw(["table"]);
  expect(screen.text()).toBe("$ cnibench run\ntable\n[1]+  Stopped\ntable");
});
