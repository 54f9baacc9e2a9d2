import { z } from 'zod';
import { besideLabel, type Repository } from '../../domain/forge.js';
import type { Labelling } from '../../ports/lookout.js';
import { actor, actorFragment, timeline } from './actor.js';
import type { Client } from './client.js';
import { askGraphql, inRepository } from './graphql.js';
import { instant } from './schema.js';

const labellingFragments = `fragment labelling on Issue { state title body url author { ...actor } lastEditedAt editor { ...actor } labels(first: 100) { nodes { name } } labelled: timelineItems(last: 100, itemTypes: [LABELED_EVENT]) { nodes { __typename ... on LabeledEvent { createdAt actor { ...actor } label { name } } } } renamed: timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) { nodes { __typename ... on RenamedTitleEvent { createdAt actor { ...actor } } } } } ${actorFragment}`;

const labellingAnswer = z.object({
  repository: z.object({
    issue: z
      .object({
        state: z.string(),
        title: z.string(),
        body: z.string(),
        url: z.string(),
        author: actor,
        lastEditedAt: instant.nullable(),
        editor: actor,
        labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }),
        labelled: timeline,
        renamed: timeline,
      })
      .nullable(),
  }),
});

/** In one question, so that text, label and edits are of the same moment. */
export async function readLabelling(
  client: Client,
  repository: Repository,
  number: number,
  label: string,
): Promise<Labelling | undefined> {
  const question = {
    query: inRepository(`issue(number: ${number}) { ...labelling }`, labellingFragments),
    answer: labellingAnswer,
  };
  const { repository: answer } = await askGraphql(client, repository, `who labelled #${number}`, question);
  const { issue } = answer;
  const put = issue?.labelled.findLast((item) => item.label?.name === label);
  if (issue?.state !== 'OPEN' || put === undefined) return undefined;
  if (!issue.labels.nodes.some(({ name }) => name === label)) return undefined;
  const { title, body, url, author, lastEditedAt, editor, renamed } = issue;
  return {
    issue: {
      ...{ number, title, body, url, author },
      ...besideLabel(
        issue.labels.nodes.map(({ name }) => name),
        label,
      ),
    },
    by: put.actor,
    atMs: put.createdAt,
    edits: [
      ...(lastEditedAt === null ? [] : [{ by: editor, atMs: lastEditedAt }]),
      ...renamed.map((each) => ({ by: each.actor, atMs: each.createdAt })),
    ],
  };
}
