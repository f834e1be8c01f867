/** Fonts that came with the program, or that a person put beside it. */
export interface Fonts {
  /** file of the one that came along: DejaVu Sans */
  readonly usual: string;
  /** the folder into which npm installs further ones */
  readonly home: string;
  /** a font's file as `PACKAGE/FILE`; undefined where the package is not installed */
  find(file: string): string | undefined;
}
