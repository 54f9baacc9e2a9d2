/** One command of a shell line: its words without quotes, and the folder that it is run in. */
export interface Command {
  readonly words: readonly string[];
  readonly folder: string;
}

const token = /(?:'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|\$\([^()\n]*\)|\$\{[^{}\n]*\}|[^\s;&|()'"\\`])+|[;&|()`\n]/g;
const separator = /^[;&|()`\n]$/;

/** The commands of a shell text, in order, each where `cd` has led to. Enough to find the programs that are run; no shell. */
export function commandsIn(text: string, folder: string): readonly Command[] {
  const lines = text.replace(/\\\n/g, ' ').replace(/(^|\s)#.*/g, '$1');
  const commands: Command[] = [];
  let [words, here]: [string[], string] = [[], folder];
  for (const found of [...(lines.match(token) ?? []), ';']) {
    if (!separator.test(found)) {
      for (const [, inner = ''] of found.matchAll(/\$\(([^()\n]*)\)/g)) commands.push(...commandsIn(inner, here));
      words.push(unquoted(found));
      continue;
    }
    // Where a variable leads is not known.
    if (words[0] === 'cd') here = words[1]?.includes('$') === false ? joined(here, words[1]) : here;
    else if (words.length > 0) commands.push({ words, folder: here });
    words = [];
    // What `cd` does in parentheses ends with them.
    if (found === ')') here = folder;
  }
  return commands;
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|"((?:\\[^]|[^"\\])*)"|\\([^])/g, '$1$2$3');
}

/** A path in a folder of the repository, without dots; what leads out of it stays at its root. */
export function joined(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
