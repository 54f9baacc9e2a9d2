import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlan } from '../../src/agent/artifact/read-plan.js';
import { artifactNames, artifactSchema } from '../../src/agent/artifact/schemas.js';
import { temporaryFolder } from '../support/temp.js';

const plan = {
  summary: 'Keep digits',
  criteria: [
    { id: 'AC1', text: 'slugify keeps digits', proof: { kind: 'command', run: 'node --test' } },
    { id: 'AC2', text: 'the README shows it', proof: { kind: 'inspection' } },
  ],
  tasks: [
    { id: 'T2', title: 'Show it', dependsOn: ['T1'], files: ['./README.md'], criteria: ['AC2'] },
    {
      id: 'T1',
      title: 'Keep digits',
      description: 'All of them',
      files: ['src/slug.js'],
      creates: ['test/new.js'],
      criteria: ['AC1'],
      threads: ['t'],
    },
  ],
  unknown: { key: true },
};
const about = { paths: ['README.md', 'src/slug.js'], answersFeedback: false, done: [] };

function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'plan.json'), text);
  return folder;
}

describe('readPlan', () => {
  it('gives the plan with its defaults, in the order of work', async () => {
    const tasks = [
      {
        id: 'T1',
        title: 'Keep digits',
        description: 'All of them',
        dependsOn: [],
        files: ['src/slug.js'],
        creates: ['test/new.js'],
        criteria: ['AC1'],
        threads: ['t'],
      },
      {
        id: 'T2',
        title: 'Show it',
        description: '',
        dependsOn: ['T1'],
        files: ['README.md'],
        creates: [],
        criteria: ['AC2'],
        threads: [],
      },
    ];
    expect(await readPlan(folderWith(JSON.stringify(plan)), about)).toEqual({
      value: { summary: 'Keep digits', criteria: plan.criteria, tasks, supersededTests: [], risks: [] },
    });
  });

  it.each([
    ['another shape', '[]'],
    [
      'wrong members',
      JSON.stringify({
        ...plan,
        summary: ' ',
        criteria: [{ id: 'A C', text: 1, proof: { kind: 'trust' } }],
        tasks: 'none',
      }),
    ],
    [
      'wrong references',
      JSON.stringify({
        ...plan,
        tasks: [{ id: 'T1', title: 'x', dependsOn: ['T1', 'T9'], files: ['gone.js'], criteria: ['AC3'] }],
      }),
    ],
    ['a thousand problems', JSON.stringify({ ...plan, criteria: Array(1000).fill({}) })],
  ])('tells what is wrong with %s', async (name, text) => {
    const reading = await readPlan(folderWith(text), about);
    await expect(`${JSON.stringify(reading, undefined, 2)}\n`).toMatchFileSnapshot(
      `golden/plan/${name.replaceAll(' ', '-')}.json`,
    );
  });

  it.each(['.', '..', '../up', 'a/b', '/etc', '', 'a\0', 'x'.repeat(65)])('takes %j for no id', async (id) => {
    const text = JSON.stringify({ ...plan, tasks: [{ id, title: 'x', criteria: ['AC1', 'AC2'] }] });
    const reading = await readPlan(folderWith(text), about);
    expect('problems' in reading && reading.problems).toEqual([expect.stringMatching(/^tasks\[0\]\.id: ./)]);
  });

  it('tells that a plan is larger than the budget', async () => {
    const problem = expect.stringMatching(/^tasks: 2 tasks are more than 1, which is what the budget/) as string;
    expect(await readPlan(folderWith(JSON.stringify(plan)), { ...about, mostTasks: 1 })).toEqual({
      problems: [problem],
    });
  });

  it('may be without tasks where it answers feedback', async () => {
    const text = JSON.stringify({
      summary: 'Answers are enough.',
      criteria: [],
      tasks: [],
      threads: [{ id: 't', kind: 'question' }],
    });
    expect([
      await readPlan(folderWith(text), { ...about, answersFeedback: true, done: [] }),
      await readPlan(folderWith(text), about),
    ]).toEqual([
      { value: { summary: 'Answers are enough.', criteria: [], tasks: [], supersededTests: [], risks: [] } },
      { problems: ['criteria: name at least one acceptance criterion', 'tasks: name at least one task'] },
    ]);
  });

  it.each(['Here is the plan:\n{}', '{"summary": "x", "crit', ''])('tells that it is not JSON: %s', async (text) => {
    // The rest is in the engine's words.
    const problem = expect.stringMatching(/^plan\.json is not JSON: ./) as string;
    expect(await readPlan(folderWith(text), about)).toEqual({ problems: [problem] });
  });

  it('tells that there is no file', async () => {
    const problem = 'plan.json is missing: write it into the folder that FLEET_ARTIFACTS names';
    expect(await readPlan(temporaryFolder(), about)).toEqual({ problems: [problem] });
  });

  it.each([
    [
      'of 50 MB',
      (path: string) => {
        writeFileSync(path, '');
        truncateSync(path, 50e6);
      },
      'plan.json: it has 50.0 MB; at most 1 MB is read',
    ],
    [
      'that is a folder',
      (path: string) => {
        mkdirSync(path);
      },
      'plan.json: it must be a regular file',
    ],
    [
      'that is a named pipe',
      (path: string) => {
        execFileSync('/usr/bin/mkfifo', [path]);
      },
      'plan.json: it must be a regular file',
    ],
    [
      'that is a link',
      (path: string) => {
        symlinkSync('/etc/passwd', path);
      },
      'plan.json cannot be read (ELOOP): it must be a regular file',
    ],
  ])('tells that it does not read one %s', async (_, make, problem) => {
    const folder = temporaryFolder();
    make(join(folder, 'plan.json'));
    expect(await readPlan(folder, about)).toEqual({ problems: [problem] });
  });
});

it.each(artifactNames)('the schema of %s', async (name) => {
  await expect(`${artifactSchema(name)}\n`).toMatchFileSnapshot(`golden/schemas/${name}.json`);
});
