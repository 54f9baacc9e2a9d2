import type { Language } from './language.js';

/** A source file with what no rule may look into out of the way. */
export interface Code {
  readonly text: string;
  /** As long as the text; blanks for comments, quotes for all of a literal. */
  readonly masked: string;
  readonly literals: readonly { readonly at: number; readonly text: string }[];
}

/** Tells code from comments and literals. */
export function codeOf(text: string, { opaque }: Language): Code {
  const literals: { readonly at: number; readonly text: string }[] = [];
  const masked = text.replace(opaque, (found: string, at: number) => {
    const isComment = /^(?:\/[/*]|#)/.test(found);
    if (!isComment) literals.push({ at, text: found });
    return found.replace(/[^\n]/g, isComment ? ' ' : '"');
  });
  return { text, masked, literals };
}

/** Imports, attributes, types, and lines that are no more than a literal: docstrings, imports in a list. */
const fixed =
  /^\s*(?:(?:import|from|export\b.*\bfrom|using|use|package|module|namespace|require|require_\w+|include|extern|mod)\b|(?:export\s+|declare\s+)*(?:type|interface)\s+\w|readonly\s|[#@]|\w*\s*"+;?\s*$)|\brequire\s*\(|\bfrom\s+"|\bimport\s*\(/;

/** The lines of masked text, from 1. */
export interface Lines {
  at(offset: number): number;
  /** Whether nothing in it may be changed. */
  isFixed(line: number): boolean;
}

export function linesOf(masked: string): Lines {
  const lines = masked.split('\n');
  const starts: number[] = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const isFixed = lines.map((line) => fixed.test(line));
  return {
    at(offset) {
      let [low, high] = [0, lines.length];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle;
      }
      return low + 1;
    },
    isFixed: (line) => isFixed[line - 1] === true,
  };
}
