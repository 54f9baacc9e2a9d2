import type { Conflict } from '../domain/run.js';
import { listOf } from './plain.js';

/** A real conflict, with both sides explained. */
export function conflictSection({ name, files, details, oursLog, theirsLog }: Conflict): string {
  return `## The conflict

Fleet has begun to merge \`${name}\` into this branch, and everything that both sides agree on is in the worktree. These files conflict; git's
markers stand in them, the branch's side first, the side of \`${name}\` second:

${listOf(files.map((file) => `\`${file}\``))}
${details.length === 0 ? '' : `\nSome conflicts leave no markers:\n\n${listOf(details)}\n`}
What the branch did to them, newest first:

${sideOf(oursLog)}

What \`${name}\` did to them meanwhile, newest first:

${sideOf(theirsLog)}

Both sides were meant. Find out from the code and from \`git log\` what each of them wanted, and write what does both; where that cannot be,
\`${name}\` counts for what it brought, and the branch for what the issue asks for. Leave no conflict marker behind, and change nothing that
the merge does not need. What else \`${name}\` brought stays as it came.`;
}

function sideOf(subjects: readonly string[]): string {
  return subjects.length === 0 ? '- nothing that a commit tells of' : listOf(subjects);
}
