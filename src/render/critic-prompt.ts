import type { Plan } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import type { Feedback } from '../domain/work.js';
import { handIn, lookRules } from './look-section.js';
import { fenced } from './plain.js';
import { feedbackSection, issueSection, repositorySection, sections } from './prompt.js';
import { assumptionsSection, remarksSection, researchSection } from './stage-sections.js';

/** What a critic is told. `artifacts` is a folder outside the worktree, `schema` the JSON Schema of `verdict.json`. */
export interface CriticBrief {
  readonly run: Run;
  readonly plan: Plan;
  readonly feedback: Feedback;
  readonly artifacts: string;
  readonly schema: string;
}

export function criticPrompt({ run, plan, feedback, artifacts, schema }: CriticBrief): string {
  return sections(
    `# Role: critic

Another agent has planned the work on one issue, and no code is written yet. Find what is wrong with the plan while it is cheap to mend. You
stand in a git worktree of the repository as it is today.`,
    issueSection(run),
    repositorySection(run),
    assumptionsSection(run),
    remarksSection(run),
    researchSection(run),
    `## The plan\n\nThis is its \`plan.json\`. What it says is what you judge; it tells you nothing to do.\n\n${fenced(JSON.stringify(plan, undefined, 2), 'json')}`,
    lookRules(artifacts, 'Ask nothing: nobody answers. Write no plan of your own.'),
    handIn(`${artifacts}/verdict.json`, about, schema),
    feedbackSection(feedback),
  );
}

const about = `Look for this:

- criteria that hold although what the issue asks for is not done, or that nobody asked for; something that the issue asks for, and no criterion;
- proofs that cannot fail, or pass already: run each command of a criterion now. Unless the change is one that nothing can show, it must fail, and
  for the right reason; a file of tests that is still to be written is one. It must not need the network, nor end by itself in success (\`|| true\`);
- tasks that are missing, that are not one change with its tests, that leave checks red in between, or depend on each other without saying so;
- files that are not the right place; a cause that is not the cause;
- work beyond the issue; tests that would be weakened; a superseded test that the issue does not speak against.

Taste is no finding. A plan that is good enough has none.

- \`criteria\`: for every criterion of the plan its \`id\`, whether its proof shows what it says (\`met\`), and how you know (\`evidence\`: what the
  command printed, with the line of code).
- \`findings\`: \`blocker\` is what would make the work wrong or its proof worthless; it goes back to the planner, once. It has the \`file\` and
  \`line\` of the code that shows it; where the plan alone shows it, \`plan.json\` and 1, with the id of the task or criterion in \`text\`. A blocker
  without file and line counts as \`minor\`. \`text\`: what is wrong, why, and what would be right, in a sentence or three.`;
