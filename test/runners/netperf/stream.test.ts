/** The throughput of the receiver and the retransmits that netperf prints. */
import { expect, test } from "vitest";
import { parseStream } from "../../../runners/netperf/stream.ts";
import { outputOf } from "./outputs.ts";

test("parses the receiver's throughput as bit/s", () => {
  expect(parseStream(outputOf("TCP_STREAM"))).toEqual({ throughput: 27678.43e6, retransmits: 11 });
});

test("-1 means that a value was not collected", () => {
  expect(
    parseStream(outputOf("TCP_STREAM").replace(/^LOCAL_TRANSPORT_RETRANS.*$/m, "LOCAL_TRANSPORT_RETRANS=-1")),
  ).not.toHaveProperty("retransmits");
});

test.each(["-1.00", "0.00"])("a received throughput of %s is a failure", (value) => {
  const text = outputOf("TCP_STREAM").replace(/^REMOTE_RECV_THROUGHPUT=.*$/m, `REMOTE_RECV_THROUGHPUT=${value}`);
  expect(() => parseStream(text)).toThrow(`throughput of ${Number(value)} Mbit/s`);
});
