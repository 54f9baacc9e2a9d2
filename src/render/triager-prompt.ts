import type { Run } from '../domain/run.js';
import type { Feedback } from '../domain/work.js';
import { handIn, lookRules } from './look-section.js';
import { codeSpan } from './escape.js';
import { feedbackSection, issueSection, repositorySection, sections } from './prompt.js';

/** What a triager is told. `artifacts` is a folder outside the worktree, `schema` the JSON Schema of `triage.json`. */
export interface TriagerBrief {
  readonly run: Run;
  readonly feedback: Feedback;
  readonly artifacts: string;
  readonly schema: string;
}

export function triagerPrompt({ run, feedback, artifacts, schema }: TriagerBrief): string {
  return sections(
    `# Role: triager

You find out what one issue asks for, before anybody works on it. Others research, plan and do the work; what they are told, and who they are,
depends on what you find. You stand in a git worktree of the repository. Be quick: look only as far as you need to.`,
    issueSection(run),
    repositorySection(run),
    lookRules(artifacts),
    handIn(`${artifacts}/triage.json`, about(run), schema),
    feedbackSection(feedback),
  );
}

function about({ prepared }: Run): string {
  return `- \`kind\`: what it asks for, in one word. \`bug\`: something does not do what it should. \`feature\`: something new. \`refactor\`, \`test\`, \`docs\`,
  \`chore\`: nothing that users see changes. \`security\`: a weakness. \`question\`: an answer is all that is wanted.
- \`size\`: \`small\` is one obvious change at a place that you have found; it is planned at once, as one task. \`medium\` takes several steps, or
  its cause must be found first. \`large\` changes how parts of the code work together. In doubt, the larger one.
- \`intents\`: ${intentsText(Object.keys(prepared?.policy.intents ?? {}))}
- \`assumptions\`: where the issue leaves something open, the sensible reading that the work will rest on; a sentence each. None is fine.
- \`questions\`: usually none, for each stops the work until a person has time. Ask only what the code cannot tell, what no sensible assumption
  settles, and what would make the work useless if it was guessed wrong. Each has a \`text\` that somebody can answer in one sentence, and
  the \`assumption\` that is made if nobody answers. They are asked once and together; nothing can be asked later.`;
}

function intentsText(names: readonly string[]): string {
  return names.length === 0
    ? 'leave it empty; this repository names none.'
    : `those of ${names.map(codeSpan).join(', ')} that the issue is really about; often none, rarely more than one.`;
}
