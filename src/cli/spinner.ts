import type { Terminal } from './terminal.js';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
const clearLine = '\r\u001B[2K';

/** A line at the bottom that moves while something is awaited; silent where nobody watches. */
export interface Spinner {
  /** Writes a line above. */
  line(text: string): void;
  stop(): void;
}

/** `says` is asked for the text of every frame. */
export function startSpinner(terminal: Terminal, says: () => string): Spinner {
  if (!terminal.live) return { line: (text) => terminal.out(`${text}\n`), stop: () => undefined };
  let frame = 0;
  const draw = (): void => {
    frame = (frame + 1) % frames.length;
    terminal.out(`${clearLine}${frames[frame] ?? ''} ${says()}`.slice(0, terminal.width + clearLine.length));
  };
  const timer = setInterval(draw, frameMs);
  return {
    line: (text) => {
      terminal.out(`${clearLine}${text}\n`);
    },
    stop: () => {
      clearInterval(timer);
      terminal.out(clearLine);
    },
  };
}
