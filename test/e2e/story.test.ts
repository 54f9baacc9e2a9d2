import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { becomes, commitItems, promptsOf, rested, reviewed } from './look.js';
import type { Scene, Stage } from './stage.js';
import { stages } from './stages.js';
import { masked, Story, type Masks } from './story.js';

const docsLog = `$ node docs.js
README.md:1: the title is not the program's name
replace \`# Sample\` with \`# Slug\` in README.md
exit 1
`;
const redDocs = [{ name: 'docs', state: 'red', step: 'node docs.js', log: docsLog }] as const;

/** The review of the second round: all of it is at the one line that was changed. */
const at = { path: 'slug.js', line: 1 };
const review = {
  verdict: 'requestChanges',
  remarks: [
    { ...at, text: 'nit: replace text with title in slug.js' },
    {
      ...at,
      text: '',
      suggestion: "export const slug = (text) => text.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-');",
    },
    { ...at, text: 'Why lower case?' },
    { ...at, text: "disagree: replace '-' with '_' in slug.js" },
  ],
} as const;

/** Somebody's act, and the moment after it when Fleet has come to rest. */
interface Act {
  readonly title: string;
  readonly play: (scene: Scene) => Promise<unknown>;
  readonly rests: (run: Run) => boolean;
  /** What can be seen on the forge by then, beside what is said. */
  readonly shows?: (scene: Scene) => boolean;
}

const acts: readonly Act[] = [
  { title: 'mona puts the label on olga’s issue', play: (scene) => scene.label('mona'), rests: reviewed(1) },
  {
    title: 'mona reviews: a trifle, a suggestion, a question and something that would break the test',
    play: (scene) => scene.review('mona', review),
    rests: reviewed(2),
  },
  {
    title: 'CI is red on the head of the branch: Fleet has the job run once more',
    play: (scene) => scene.ci(redDocs),
    rests: (run) => reviewed(2)(run) && run.review?.reruns.length === 1,
    shows: (scene) => scene.reruns() === 1,
  },
  { title: 'the job is red again', play: (scene) => scene.ci(redDocs), rests: reviewed(3) },
  {
    title: 'main moves on, and conflicts',
    async play(scene) {
      await scene.ci([{ name: 'docs', state: 'green' }]);
      await scene.push('main', { 'README.md': '# Sample program\n' });
    },
    rests: reviewed(4),
  },
  {
    title: 'mona resolves the question and the argument, and approves',
    async play(scene) {
      for (const { id, isResolved } of scene.threads()) if (!isResolved) await scene.resolve(id, 'mona');
      await scene.review('mona', { verdict: 'approve' });
    },
    rests: (run) => reviewed(4)(run) && run.review?.verdicts.at(-1)?.kind === 'approved',
  },
  {
    title: 'mona merges',
    play: (scene) => scene.end('merged', 'mona'),
    rests: (run) => run.phase.name === 'merged',
  },
];

interface Told {
  readonly run: Run;
  readonly scene: Scene;
  readonly story: string;
  readonly masks: Masks;
}

async function told(stage: Stage): Promise<Told> {
  const scene = stage.scene();
  const story = new Story();
  let run: Run | undefined;
  for (const { title, play, rests, shows = () => true } of acts) {
    await play(scene);
    run = await rested(stage, scene, rests);
    await becomes(() => shows(scene));
    story.tell(title, [...scene.items(), ...commitItems(scene, 'main', run.branch)]);
  }
  if (run === undefined) throw new Error('nothing was played');
  const masks = { run: run.id, host: stage.host, path: scene.path };
  return { run, scene, story: story.text(masks), masks };
}

const stories = new Map<string, string>();

describe.each(stages)('%s', (forge, start) => {
  let stage: Stage;
  let seen: Told;
  beforeAll(async () => {
    stage = await start({ config: 'resync: 1s\n' });
    seen = await told(stage);
    stories.set(forge, seen.story);
  }, 90_000);
  afterAll(() => stage.close());

  it('tells a story of four rounds, an approval and a merge', async () => {
    await expect(seen.story).toMatchFileSnapshot(`golden/story-${forge}.md`);
  });

  it('tells its agents what people, CI and the base say', async () => {
    const prompts = promptsOf(stage, seen.run).flatMap(feedbackIn).join('\n\n');
    await expect(`${masked(prompts, seen.masks)}\n`).toMatchFileSnapshot(`golden/story-${forge}-prompts.md`);
  });

  it('closes with a description that is true', async () => {
    const [{ body } = { body: '' }] = seen.scene.mergeRequests();
    await expect(`${masked(body, seen.masks)}\n`).toMatchFileSnapshot(`golden/story-${forge}-description.md`);
  });

  it('leaves the forge as the text says', () => {
    const { scene, run } = seen;
    const [answered, ...others] = scene.threads().map(({ comments, isResolved }) => [comments.length, isResolved]);
    expect([answered, ...others]).toEqual([answered, answered, answered, answered]);
    expect(answered).toEqual([2, true]);
    expect(scene.comments('issue').map(({ by }) => by)).toEqual([stage.bot, stage.bot]);
    expect(scene.comments('mergeRequest')).toEqual([]);
    expect(scene.mergeRequests().map(({ branch }) => branch)).toEqual([run.branch]);
    expect(scene.reruns()).toBe(1);
    expect(stage.git.read(scene.path, run.branch, 'README.md')).toBe('# Slug\n# Sample program\n');
    const commits = commitItems(scene, 'main', run.branch).map(({ text }) => text);
    const credited = commits.filter((text) => /^Co-authored-by: mona <\d+[-+]mona@users\.noreply\./m.test(text));
    expect(credited).toHaveLength(5);
    stage.assertNoSurprises();
  });
});

it('is the same story on both forges, apart from their own words', () => {
  expect(translated(stories.get('github'))).toBe(stories.get('gitlab'));
});

/** Role and feedback of a prompt. */
function feedbackIn(prompt: string): readonly string[] {
  const said =
    /^## (?:What people said|What is red in CI|The conflict)$[^]*?(?=^## (?!What is red|The conflict)|(?![^]))/gm;
  const sections = prompt.match(said) ?? [];
  const role = /^# Role: .*$/m.exec(prompt)?.[0] ?? '';
  return sections.length === 0 ? [] : [[role, ...sections.map((section) => section.trim())].join('\n\n')];
}

/** What each forge calls things, and how it writes addresses. */
const words: readonly (readonly [github: string, gitlab: string])[] = [
  ['fleet-test[bot]', 'project_1_bot_fleet'],
  ['pull request', 'merge request'],
  ['Pull request', 'Merge request'],
  ['#2', '!1'],
  ['/pull/2', '/-/merge_requests/1'],
  ['/compare/', '/-/compare/'],
  ['ci / docs', 'test / docs'],
  ['```suggestion', '```suggestion:-0+0'],
];

/** A story of GitHub in the words of GitLab. */
function translated(story = ''): string {
  return words.reduce((text, [github, gitlab]) => text.replaceAll(github, gitlab), story);
}
