/** Where commands write. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** True when colours are wanted: a terminal, and no NO_COLOR. */
  readonly colors: boolean;
  /** True when somebody watches, so that a line may be written over. */
  readonly live: boolean;
  /** Columns, at most 100. */
  readonly width: number;
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;

export type Style = keyof typeof codes;

/** Paints text, or leaves it as it is where no colours are wanted. */
export type Paint = (style: Style, text: string) => string;

export function painter(terminal: Pick<Terminal, 'colors'>): Paint {
  return (style, text) => (terminal.colors && text !== '' ? `\u001B[${codes[style]}m${text}\u001B[0m` : text);
}

/** Text from outside without what could steer a terminal: control characters but tab and line feed. */
export function harmless(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters to be removed
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '');
}
