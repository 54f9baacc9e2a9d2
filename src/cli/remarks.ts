import type { RequestOf } from '../control/request.js';
import { needsPerson } from '../domain/failure.js';

type Remark = RequestOf<'review'>['remarks'][number];

/**
 * Reads what is said at lines of a change: `src/price.js:4: Why?`, `src/price.js:4-6: …`, and `src/price.js:-4: …` for a line that it takes out.
 * What is suggested for lines that something is said at becomes one comment with it.
 */
export function readRemarks({
  on = [],
  suggest = [],
}: {
  readonly on?: readonly string[];
  readonly suggest?: readonly string[];
}): Remark[] {
  const said = on.map((given) => remarkOf('--on', given));
  const rest = suggest.map((given) => {
    const { text, ...lines } = remarkOf('--suggest', given);
    return { lines, suggestion: text };
  });
  const joined = said.map((remark): Remark => {
    const at = rest.findIndex(({ lines }) => isSamePlace(lines, remark));
    const [found] = at === -1 ? [] : rest.splice(at, 1);
    return found === undefined ? remark : { ...remark, suggestion: found.suggestion };
  });
  return [...joined, ...rest.map(({ lines, suggestion }) => ({ ...lines, text: '', suggestion }))];
}

function remarkOf(option: string, given: string): Remark {
  const [, path, removed, first, last = first, text] =
    /^(?:\.\/)?(.+?):(-?)(\d{1,7})(?:-(\d{1,7}))?: ?([\s\S]*)$/.exec(given) ?? [];
  const [fromLine, line] = [Number(first), Number(last)];
  const isSaid = option === '--suggest' || text?.trim() !== '';
  if (path !== undefined && text !== undefined && isSaid && fromLine > 0 && line >= fromLine) {
    return { path, fromLine, line, side: removed === '-' ? 'old' : 'new', text };
  }
  throw needsPerson('configurationBroken', [
    `${option} ${given} names no line with something about it: write it like 'src/price.js:4: Why?'.`,
  ]);
}

function isSamePlace(one: Omit<Remark, 'text'>, other: Remark): boolean {
  const { path, fromLine, line, side } = one;
  return path === other.path && fromLine === other.fromLine && line === other.line && side === other.side;
}
