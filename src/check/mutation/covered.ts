import type { TreeFiles } from '../../ports/workspace.js';
import { languageOf } from './language.js';

/** A source file, with its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Files that are read at most on each step: nobody waits for more. */
const mostFiles = 20;
/** Steps from a test by imports: over what tests share, and over files that only pass others on. */
const mostSteps = 3;

const foreign =
  /(?:^|\/)(?:node_modules|vendor|third_party|dist|build|out|target|\.[^/]+)\/|\.(?:d|min|config|conf)\.\w+$/;

/**
 * What tests may cover, the likeliest first, each asked for when the ones before it were not enough: what they import, what that imports,
 * sources that are called like them, all sources.
 */
export async function* coveredBy(
  files: TreeFiles,
  tests: readonly Source[],
  isTest: (path: string) => boolean,
): AsyncGenerator<readonly Source[]> {
  const paths = await files.list();
  const all = new Set(paths);
  const isSource = (path: string): boolean => !isTest(path) && !foreign.test(path) && languageOf(path) !== undefined;
  const seen = new Set(tests.map(({ path }) => path));
  const next = async (found: readonly string[]): Promise<readonly Source[]> => {
    const fresh = [...new Set(found)].filter((path) => !seen.has(path)).slice(0, mostFiles);
    for (const path of fresh) seen.add(path);
    return textsOf(files, fresh);
  };
  let step = tests;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const named = step.flatMap((source) => namedIn(source, all));
    step = await next(named.filter((path) => languageOf(path) !== undefined && !foreign.test(path)));
    yield step.filter(({ path }) => isSource(path));
  }
  const stems = new Set(tests.map(({ path }) => stemOf(path)));
  const sources = paths.filter(isSource);
  yield await next(sources.filter((path) => stems.has(stemOf(path))));
  yield await next(sources);
}

/** Texts of those files that have one. */
export async function textsOf(files: TreeFiles, paths: readonly string[]): Promise<readonly Source[]> {
  const read = await Promise.all(
    paths.slice(0, mostFiles).map(async (path) => {
      const text = await files.read(path);
      return text === undefined ? [] : [{ path, text }];
    }),
  );
  return read.flat();
}

/** `test/slug_test.py`, `SlugTest.java` and `slug.spec.ts` are all about `slug`. */
function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(?<=.)\..*$/, '');
  return name.replace(/^test[_-]|[_-](?:test|spec)s?$|(?:Tests?|TestCase|Spec|IT)$/g, '').toLowerCase();
}

/** Files of the tree that a file names: by a path in quotes, by an import, or as tests of its language do by standing where they stand. */
function namedIn({ path, text }: Source, all: ReadonlySet<string>): readonly string[] {
  return [...quoted({ path, text }, all), ...imported({ path, text }, all), ...besides(path, all)];
}

const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.rb', '.php', '.py', '.dart'];

function quoted({ path, text }: Source, all: ReadonlySet<string>): readonly string[] {
  const folder = path.split('/').slice(0, -1);
  return [...text.matchAll(/(["'`])([\w@.\-/]{1,200})\1/g)].flatMap(([, , named = '']) => {
    const parts = named.split('/');
    const places = /^\.{1,2}(?:\/|$)/.test(named) ? [[...folder, ...parts]] : [parts, [...folder, ...parts]];
    const found = places.map(joined).flatMap((place) => candidatesOf(place).find((each) => all.has(each)) ?? []);
    return [...found, ...goPackage(named, all)].slice(0, mostFiles);
  });
}

/** As loaders look: the file, with an ending, the source that it is made of, the index of a folder. */
function candidatesOf(place: string): readonly string[] {
  const source = place.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  return [...endings.map((ending) => place + ending), source, ...endings.map((ending) => `${place}/index${ending}`)];
}

function joined(parts: readonly string[]): string {
  return parts
    .reduce<readonly string[]>((path, part) => {
      if (part === '' || part === '.') return path;
      return part === '..' ? path.slice(0, -1) : [...path, part];
    }, [])
    .join('/');
}

/** An import path of Go ends with the folder of the package. */
function goPackage(named: string, all: ReadonlySet<string>): readonly string[] {
  if (!/^[\w-]+\.\w+\/.*\//.test(named)) return [];
  return [...all].filter((path) => path.endsWith('.go') && named.endsWith(`/${folderOf(path)}`));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `from a.b import c`, `import com.acme.Slug;`, `use App\Slug;`, `use acme::slug;`, by how the paths of files end. */
function imported({ path, text }: Source, all: ReadonlySet<string>): readonly string[] {
  const ending = path.slice(path.lastIndexOf('.'));
  // What JavaScript imports stands in quotes.
  if (/^\.[cm]?[jt]sx?$/.test(ending)) return [];
  const ours = [...all].filter((each) => each.endsWith(ending));
  const lines = text.matchAll(
    /^\s*(?:from\s+(\.*)([\w.]*)\s+import\s+([\w, ]+)|(?:import|use|using)\s+()([\w.:\\]+))/gm,
  );
  return [...lines].flatMap(([, dots = '', module = '', names = '', , whole = '']) => {
    const parts = (module || whole).split(/[.:\\]+/).filter((part) => part !== '');
    const inside = names.split(',').map((name) => [...parts, name.trim()]);
    const at = dots.length > 0 ? joined([...path.split('/').slice(0, -dots.length)]) : undefined;
    const ends = [parts, ...inside].flatMap((each) => endsOf(whole.length > 0 ? tailsOf(each) : [each], ending));
    return ours.filter((file) =>
      ends.some((end) => (at === undefined ? file === end || file.endsWith(`/${end}`) : file === joined([at, end]))),
    );
  });
}

function endsOf(paths: readonly (readonly string[])[], ending: string): readonly string[] {
  return paths
    .filter((parts) => parts.length > 0)
    .flatMap((parts) => [`${parts.join('/')}${ending}`, `${parts.join('/')}/__init__${ending}`]);
}

/** A package's name may be no folder: the path without its first parts, down to what looks like a type. */
function tailsOf(parts: readonly string[]): readonly (readonly string[])[] {
  return parts
    .map((_, index) => parts.slice(index))
    .filter((tail) => tail.length > 1 || parts.length === 1 || /^[A-Z]/.test(tail[0] ?? ''));
}

/** Go's tests stand in their package; Rust's stand beside `src`. */
function besides(path: string, all: ReadonlySet<string>): readonly string[] {
  if (path.endsWith('_test.go'))
    return [...all].filter(
      (each) => each.endsWith('.go') && !each.endsWith('_test.go') && folderOf(each) === folderOf(path),
    );
  const crate = /^(.*?)tests\/.*\.rs$/.exec(path)?.[1];
  return crate === undefined ? [] : [...all].filter((each) => each.startsWith(`${crate}src/`) && each.endsWith('.rs'));
}
