import { z } from 'zod';
import { besideLabel, type Repository } from '../../domain/forge.js';
import type { Labelling } from '../../ports/lookout.js';
import type { Client } from './client.js';
import { unlessMissing } from './errors.js';
import { issueSchema, labelEventSchema, noteSchema } from './review-schema.js';
import { toPerson, unnamed } from './shapes.js';

/** Pages of 100 that are read of an issue's label events, and of its notes. */
const mostPages = 5;

/** What GitLab notes about edits. One that ticks a box off as well is noted as that alone. */
const edit = /^(?:changed the description|changed title from|marked the (?:checklist item|task) )/;

/** Labels that were put on and taken off an issue, oldest first. */
export async function readLabelEvents(client: Client, repository: Repository, number: number) {
  const events = await client.call(repository, `the label events of #${number}`, ({ IssueLabelEvents }, projectId) =>
    IssueLabelEvents.all(projectId, number, { perPage: 100, maxPages: mostPages }),
  );
  return z.array(labelEventSchema).parse(events);
}

/** Who put the label on, and who changed the issue's text; GitLab tells the latter in its own notes only. */
export async function readLabelling(
  client: Client,
  repository: Repository,
  number: number,
  label: string,
): Promise<Labelling | undefined> {
  const shown = await unlessMissing(
    client.call(repository, `issue #${number}`, ({ Issues }, projectId) => Issues.show(number, { projectId })),
  );
  if (shown === undefined) return undefined;
  const { state, labels, title, description, web_url: url, author } = issueSchema.parse(shown);
  if (state !== 'opened' || !labels.includes(label)) return undefined;
  const events = await readLabelEvents(client, repository, number);
  const put = events.findLast((event) => event.action === 'add' && event.label?.name === label);
  if (put === undefined) return undefined;
  return {
    issue: {
      ...{ number, title, body: description ?? '', url, author: toPerson(author) },
      ...besideLabel(labels, label),
    },
    by: put.user == null ? unnamed : toPerson(put.user),
    atMs: put.created_at,
    edits: await readEdits(client, repository, number),
  };
}

/** Oldest first; of the last 500 notes. */
async function readEdits(client: Client, repository: Repository, number: number): Promise<Labelling['edits']> {
  const notes = await client.call(repository, `the notes on #${number}`, ({ IssueNotes }, projectId) =>
    IssueNotes.all(projectId, number, { sort: 'desc', orderBy: 'created_at', perPage: 100, maxPages: mostPages }),
  );
  return z
    .array(noteSchema)
    .parse(notes)
    .filter(({ system, body }) => system && edit.test(body))
    .map(({ author, created_at: atMs }) => ({ by: toPerson(author), atMs }))
    .reverse();
}
