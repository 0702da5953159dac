/** The default load image, which is built from images/load with pinned packages. `--load-image` selects another one. */
export const DEFAULT_LOAD_IMAGE = "cnibench/load:1";
