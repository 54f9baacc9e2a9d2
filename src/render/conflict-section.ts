import type { Run } from '../domain/run.js';
import type { Conflict } from '../domain/work.js';
import { mergeTaskId } from '../domain/plan.js';
import { listOf } from './plain.js';
import { laneOfTask } from './progress.js';
import { baseOf } from './round.js';

/** A real conflict, with both sides explained. */
export function conflictSection({ theirs, name, files, details, oursLog, theirsLog }: Conflict): string {
  return `## The conflict

Fleet has begun to merge \`${name}\` into this branch, and everything that both sides agree on is in the worktree. These files conflict; where
git could write its markers, they stand in them, the branch's side first, the side of \`${name}\` second:

${listOf(files.map((file) => `\`${file}\``))}
${details.length === 0 ? '' : withoutMarkers(theirs, details)}
What the branch did to them, newest first:

${sideOf(oursLog)}

What \`${name}\` did to them meanwhile, newest first:

${sideOf(theirsLog)}

${bothSides(name)}`;
}

function withoutMarkers(theirs: string, details: readonly string[]): string {
  return `
Some conflicts leave no markers. This is what git says of them; where it names no version, the branch's is in the worktree, and
\`git show ${named(theirs)}:<path>\` prints the other one:

${listOf(details)}
`;
}

/** The work of a task against what other tasks brought meanwhile. */
export function taskConflictSection({ files, details, oursLog, theirsLog }: Conflict): string {
  const log = [...new Set([...oursLog, ...theirsLog])];
  return `## The conflict

While this task was worked on, others were put on the branch. The worktree holds the branch as it is now, and what was done for this task upon it.
These files conflict. Where git could write its markers, what is on the branch stands above \`=======\`, and what was done for this task below it:

${listOf(files.map((file) => `\`${file}\``))}
${details.length === 0 ? '' : `\nSome conflicts leave no markers. This is what git says of them:\n\n${listOf(details)}\n`}
Commits that touched these files meanwhile, newest first:

${sideOf(log)}

What the others brought is done, checked, and stays: do your task upon it. Find out from the code and from \`git log\` what they wanted, and write what
does both. Leave no conflict marker behind.`;
}

/** The same merge once it was worked on, whoever did; undefined where none is under way. */
export function mergeSection(run: Run): string | undefined {
  const lane = laneOfTask(run.phase, mergeTaskId);
  if (lane?.merges === undefined) return undefined;
  const name = run.cause?.source === 'branch' ? `origin/${run.branch}` : baseOf(run);
  const [ours, theirs] = [named(lane.head.commit), named(lane.merges)];
  return `## The conflict

Fleet has begun to merge \`${name}\` (${theirs}) into this branch (${ours}), and the two conflict. The worktree holds the merge as far as it was
resolved. What each side did, and what it did to a file:

- the branch: \`git log ${theirs}..${ours}\`, \`git diff ${theirs}...${ours} -- <path>\`
- \`${name}\`: \`git log ${ours}..${theirs}\`, \`git diff ${ours}...${theirs} -- <path>\`

${bothSides(name)}`;
}

function bothSides(name: string): string {
  return `Both sides were meant. Find out from the code and from \`git log\` what each of them wanted, and write what does both; where that cannot be,
\`${name}\` counts for what it brought, and the branch for what the issue asks for. Leave no conflict marker behind, and change nothing that
the merge does not need. What else \`${name}\` brought stays as it came.`;
}

/** Long enough for git to know it in a large repository. */
function named(commit: string): string {
  return commit.slice(0, 12);
}

function sideOf(subjects: readonly string[]): string {
  return subjects.length === 0 ? '- nothing that a commit tells of' : listOf(subjects);
}
