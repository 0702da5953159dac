/** The image with the load tools: built from images/load, where its packages are pinned; `--load-image` names a copy of it. */
export const DEFAULT_LOAD_IMAGE = "cnibench/load:1";
