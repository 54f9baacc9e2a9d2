import type { Notice } from '../domain/effect.js';
import type { Run } from '../domain/run.js';
import { codeSpan } from './escape.js';
import { paragraphs } from './fold.js';
import { headline } from './headline.js';
import { stepList } from './status-comment.js';
import { wordsOf, type ForgeWords } from './words.js';

function commands({ mergeRequest }: ForgeWords): readonly string[] {
  return [
    '- `/fleet status` tells where the run stands',
    '- `/fleet stop` ends the run; so does taking the label off',
    '- `/fleet retry` goes on with a blocked run',
    '- `/fleet agent NAME` has that agent tried first from the next attempt on',
    '- `/fleet approve` lets the work on a plan begin, where plans wait for that',
    '- `/fleet replan` has what is not done yet planned anew',
    `- \`/fleet update\` brings the target branch into the ${mergeRequest}`,
    `- \`/fleet\` and then what you want, in your words: it is planned in, or done on the open ${mergeRequest}. Reviews and comments there need no command`,
  ];
}

/** What Fleet says to a command. */
export function replyText(run: Run, text: Extract<Notice, { kind: 'reply' }>['text']): string {
  const words = wordsOf(run.repository.forge);
  switch (text) {
    case 'help':
      return paragraphs(['What Fleet understands here:'], commands(words));
    case 'status':
      return paragraphs([headline(run)], stepList(run));
    case 'notBlocked':
      return paragraphs(['There is nothing to try again: the run is not blocked.'], [headline(run)]);
    case 'notBuilt':
      return paragraphs(['Fleet cannot do that yet. What works today:'], commands(words));
    case 'agentPicked':
      return paragraphs(
        [`From its next attempt on, the run tries ${codeSpan(run.agent ?? '')} first.`],
        [headline(run)],
      );
    case 'unknownAgent':
      return paragraphs(
        ['No agent of that name is configured here. Nothing was changed.'],
        [`Those that are: ${agentNames(run)}.`],
      );
    case 'noMergeRequest':
      return paragraphs(
        [`That needs an open ${words.mergeRequest} of Fleet's, and there is none by now. Nothing was done.`],
        [headline(run)],
      );
    case 'nothingToApprove':
      return paragraphs(['There is nothing to approve: no plan waits for it.'], [headline(run)]);
    case 'approvalVoid':
      return paragraphs(
        ['This approval does not count: the text of the issue, or the plan, is not any more what it was made for.'],
        [
          '**What you can do:** read the plan as it stands now, and write `/fleet approve` again. If the text of the issue was changed, take the label off and put it on again: Fleet reads the new text then, and plans for it.',
        ],
      );
    case 'nothingToReplan':
      return paragraphs(['There is nothing to plan anew. Nothing was done.'], [headline(run)]);
    default:
      return text satisfies never;
  }
}

function agentNames({ prepared }: Run): string {
  return Object.keys(prepared?.policy.vendors ?? {})
    .map((name) => codeSpan(name))
    .join(', ');
}
