// Looks at a delivered branch with nothing of Fleet's own: `node look.mjs <repository> <base> <branch> <expected>`.
// Prints what is false about it as a JSON list of sentences.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [repository, base, branch, expected] = process.argv.slice(2);
const { slugs, superseded, paths, breaks } = JSON.parse(expected);

const folder = mkdtempSync(join(tmpdir(), 'judge-'));
try {
  const [was, is] = [checkedOut(base, 'was'), checkedOut(branch, 'is')];
  process.stdout.write(JSON.stringify([...(await wrongSlugs(is)), ...wrongTests(was, is), ...wrongPaths()]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** It does what the issue asks for. */
async function wrongSlugs(place) {
  try {
    const { slugify } = await import(pathToFileURL(join(place, 'src/slug.js')));
    return Object.entries(slugs)
      .filter(([title, slug]) => slugify(title) !== slug)
      .map(([title, slug]) => `the slug of ${title} is ${slugify(title)}, not ${slug}`);
  } catch (error) {
    return [`the source cannot be loaded: ${error.message}`];
  }
}

/** What was promised before still holds and is still watched; what is new is watched, too. */
function wrongTests(was, is) {
  const meant = [...testsIn(was).keys()].filter((name) => !superseded.includes(name));
  const now = testsIn(is);
  const oldOnNew = testsIn(crossed(was, is, 'old-on-new'));
  return [
    ...meant.filter((name) => oldOnNew.get(name) !== 'ok').map((name) => `what “${name}” promised is broken`),
    ...meant.filter((name) => now.get(name) !== 'ok').map((name) => `the test “${name}” is ${now.get(name) ?? 'gone'}`),
    ...(breaks === undefined ? untold(was, is) : unnoticed(was, is)),
  ];
}

function untold(was, is) {
  const newOnOld = testsIn(crossed(is, was, 'new-on-old'));
  return [...newOnOld.values()].every((state) => state === 'ok') ? ['no test tells it from the base'] : [];
}

/** Where the source is right already, a new test must hold it to that. */
function unnoticed(was, is) {
  const broken = crossed(is, is, 'broken');
  const source = join(broken, 'src/slug.js');
  writeFileSync(source, readFileSync(source, 'utf8').replace(...breaks));
  const old = testsIn(was);
  const failed = [...testsIn(broken)].filter(([name, state]) => state === 'not ok' && !old.has(name));
  return failed.length === 0 ? ['no new test notices that the source is broken'] : [];
}

function wrongPaths() {
  const changed = git('-C', repository, 'diff', '--name-only', `${base}...${branch}`).split('\n').filter(Boolean);
  return changed
    .filter((path) => !paths.some((each) => new RegExp(`^(?:${each})$`).test(path)))
    .map((path) => `it changes ${path}`);
}

/** The tests of one tree on the source of another. */
function crossed(tests, source, name) {
  const place = join(folder, name);
  cpSync(source, place, { recursive: true });
  rmSync(join(place, 'test'), { recursive: true, force: true });
  const kept = join(tests, 'test');
  if (existsSync(kept)) cpSync(kept, join(place, 'test'), { recursive: true });
  return place;
}

function testsIn(place) {
  const { stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap'], { cwd: place, encoding: 'utf8' });
  const lines = stdout.matchAll(/^\s*(ok|not ok) \d+ - (.*?)( # (?:SKIP|TODO).*)?$/gm);
  return new Map([...lines].map(([, state, name, aside]) => [name, aside === undefined ? state : 'skipped']));
}

function checkedOut(ref, name) {
  const place = join(folder, name);
  git('clone', '--quiet', '--branch', ref, repository, place);
  return place;
}

function git(...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}
