/** The worst state of a cell or a check in the runs of a side. `missing`: not planned in a run of the side. */
export type CellState = "measured" | "failed" | "skipped" | "missing";
