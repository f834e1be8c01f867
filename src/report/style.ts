/** How a text may look where it is shown. Decided by whoever knows the terminal; nothing here looks at one. */
export interface Style {
  readonly colour: boolean;
  /** display columns of the screen */
  readonly columns: number;
}

/** For files, mails and pipes. */
export const PLAIN: Style = { colour: false, columns: 80 };

/** Select Graphic Rendition codes that switch a look on and off. @see ECMA-48, 8.3.117 */
const LOOKS = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type Look = keyof typeof LOOKS;

/** The text in a look, or as it is where there are no colours. */
export function paint(style: Style, look: Look, text: string): string {
  if (!style.colour || text === "") return text;
  const [on, off] = LOOKS[look];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
