/** What an agent holds against a plan or a change. */
export interface Finding {
  /** `blocker`: goes back to work; `minor`: told in the merge request. */
  readonly severity: 'blocker' | 'minor';
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly text: string;
}

/** A critic's or verifier's `verdict.json`. */
export interface Verdict {
  readonly criteria: readonly { readonly id: string; readonly met: boolean; readonly evidence: string }[];
  readonly findings: readonly Finding[];
}

/** A verdict on exactly this tree, and whose it is. */
export interface Inspection extends Verdict {
  readonly agent: string;
  readonly tree: string;
}

/** `src/slug.js:3: text` */
export function findingLine({ file, line, text }: Finding): string {
  const where = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  return `${where}${text}`;
}
