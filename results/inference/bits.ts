/** Number of set bits of each byte. Groups of plugins are bit masks. */
export const BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);
