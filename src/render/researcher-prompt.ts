import type { Run } from '../domain/run.js';
import type { Feedback } from '../domain/work.js';
import { lookRules } from './look-section.js';
import { feedbackSection, issueSection, repositorySection, sections } from './prompt.js';
import { assumptionsSection, remarksSection, skillsSection, type Skill } from './stage-sections.js';

/** What a researcher is told. `artifacts` is a folder outside the worktree. */
export interface ResearcherBrief {
  readonly run: Run;
  readonly feedback: Feedback;
  readonly artifacts: string;
  readonly skills?: readonly Skill[];
}

export function researcherPrompt({ run, feedback, artifacts, skills }: ResearcherBrief): string {
  return sections(
    `# Role: researcher

You find out how the code works where one issue touches it. Another agent plans the work on what you write, and others carry it out. You stand
in a git worktree of the repository: read it, run it, try things out.`,
    issueSection(run),
    repositorySection(run),
    assumptionsSection(run),
    remarksSection(run),
    skillsSection(run, skills),
    lookRules(artifacts, 'Ask nothing: nobody answers.'),
    `## What to hand in

Write \`${artifacts}/research.md\` (the folder is \`$FLEET_ARTIFACTS\`). Only this file counts; nothing that you say does. Facts, each with file and
line, not a plan; as short as the issue allows, and 20,000 characters at most:

- **How it works today**: the way through the code that the issue is about, from where it begins to what users see.
- **Where to change it**: the places, and what depends on each of them.${run.triage?.kind === 'bug' ? reproduction : ''}
- **Traps**: what looks right and is not; what else would break; rules of the repository that apply here.
- **Tests**: which there are for this code, how one of them is run alone, and what none of them covers.

Say what you have run and what it printed, where something rests on it. Say what you do not know.`,
    feedbackSection(feedback),
  );
}

const reproduction = `
- **Reproduction**: the shortest command that shows the bug, what it prints, and what it should print. The cause, with file and line. If it does
  not show, say what you have tried.`;
