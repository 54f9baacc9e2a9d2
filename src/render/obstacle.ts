import type { Obstacle } from '../domain/work.js';
import { escapeInline } from './escape.js';

/** What stands in the way, in one sentence, and what a person can do about it. */
export interface ObstacleWords {
  readonly what: string;
  readonly wayOut: string;
}

const anew =
  'make the issue more precise, then take the label off and put it on again, so that Fleet reads the new text';

const words: Readonly<Record<Obstacle['kind'], ObstacleWords>> = {
  checksRed: {
    what: 'The checks stay red after every fix that was tried.',
    wayOut: `If the check itself or the base branch is broken, mend that and write \`/fleet retry\`. Otherwise ${anew}.`,
  },
  planMissing: {
    what: 'No agent came to a plan that could be used.',
    wayOut: `Write \`/fleet retry\` for one more attempt, or ${anew}.`,
  },
  agentFailed: {
    what: 'The coding agent failed again and again.',
    wayOut:
      'Whoever runs Fleet finds the reason with `fleet doctor` and `fleet log`: often an account, a limit, or the network. Then write `/fleet retry`.',
  },
  noAgent: {
    what: 'No coding agent is configured for this work.',
    wayOut:
      'Whoever runs Fleet adds one under `agents` in `fleet.config.yml` and restarts it. Then write `/fleet retry`.',
  },
  agentsAway: {
    what: 'No coding agent is let in by its provider any more.',
    wayOut:
      'Whoever runs Fleet logs it in again or gives it another key, and says so with `fleet agents --ready ACCOUNT`; then the run goes on by itself.',
  },
  changeRefused: {
    what: 'The coding agent came to no change that Fleet may deliver.',
    wayOut: `If only people may change what is named above, change it and write \`/fleet retry\`. Otherwise ${anew}.`,
  },
  notProven: {
    what: 'The tests do not prove the change, or break what the base promised.',
    wayOut: `Say in the issue which of the tests named above are no longer right, or ${anew}. If they are wrong on the base already, mend them there and write \`/fleet retry\`.`,
  },
  rejected: {
    what: 'Whoever looks at the change still finds what must not go out.',
    wayOut:
      'If what is named above is meant to be so, say that in the issue, then take the label off and put it on again. If it is wrong, write `/fleet retry`: the change is looked at anew.',
  },
  verdictMissing: {
    what: 'No agent came to a verdict that could be used.',
    wayOut:
      'Write `/fleet retry` for one more attempt. Whoever runs Fleet can name another agent for the role `verifier`.',
  },
  budgetSpent: {
    what: 'The budget of this run is spent.',
    wayOut:
      'Write `/fleet retry` for as much again; it goes on where it stopped. `budgets` in `.fleet/config.yml` says how much a run may use.',
  },
  pushRefused: {
    what: 'The push was refused.',
    wayOut:
      "Look at branch protection, push rules and hooks, and at Fleet's permission to write contents. Then write `/fleet retry`: the work is kept.",
  },
  emptyRepository: {
    what: 'The repository has no commit yet.',
    wayOut: 'Push a first commit to the default branch, then write `/fleet retry`.',
  },
  baseReplaced: {
    what: 'The history of the target branch was replaced while Fleet worked.',
    wayOut:
      'If that was a mistake, bring the old history back and write `/fleet retry`: the work is kept. Otherwise take the label off and put it on again: Fleet begins anew on what is there now.',
  },
  configurationBroken: {
    what: "The repository's configuration cannot be used.",
    wayOut: 'Mend what is listed on the default branch, then write `/fleet retry`.',
  },
  setupFailed: {
    what: "The repository's set-up command failed.",
    wayOut: 'Mend `setup` in `.fleet/config.yml`, or what it calls, on the default branch. Then write `/fleet retry`.',
  },
  forgeRefused: {
    what: 'The forge refused what Fleet asked for.',
    wayOut: "Look at the permissions of Fleet's app or user on this repository, then write `/fleet retry`.",
  },
  roundsSpent: {
    what: 'Fleet has done as many rounds of review as it may.',
    wayOut:
      'Write `/fleet retry` for as many rounds again, or finish the change on its branch yourself: Fleet leaves it alone until then.',
  },
  sameDemand: {
    what: 'The same was asked for again, after Fleet had tried twice.',
    wayOut:
      'Say in the thread what is to be in which file, or change it on the branch yourself. Then write `/fleet retry`: it is tried anew, on top of what you pushed.',
  },
  ciStaysRed: {
    what: 'CI stays red, and Fleet found nothing more to mend.',
    wayOut:
      'Look at the log of the job. If the job itself is broken, mend that; otherwise push a fix to the branch, or say in a comment what is wrong. Then write `/fleet retry`.',
  },
  receiptMissing: {
    what: 'Fleet was about to go on without having seen every check pass, and stopped itself.',
    wayOut:
      'That is a fault of Fleet: please report it with the lines above. `/fleet retry` goes on from what is committed, and runs every check again.',
  },
  spent: {
    what: 'Fleet tried again and again, and gave up.',
    wayOut: 'Once the reason is gone, write `/fleet retry`: it goes on where it stopped.',
  },
};

export function obstacleWords(kind: Obstacle['kind']): ObstacleWords {
  return words[kind];
}

const mostDetails = 20;

/** The facts as a list of Markdown, escaped. */
export function detailList({ details }: Obstacle): readonly string[] {
  const shown = details.slice(0, mostDetails).map((detail) => `- ${escapeInline(detail)}`);
  return details.length > mostDetails ? [...shown, `- and ${details.length - mostDetails} more`] : shown;
}
