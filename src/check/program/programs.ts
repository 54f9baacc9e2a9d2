import type { TreeFiles } from '../../ports/workspace.js';
import { membersOf } from '../detect/ecosystem.js';
import { bare, composerScript, type Ground, type Lead, type Line, manyScripts, packageScript, target } from './lead.js';
import { type Command, commandsIn, joined } from './shell.js';

/** Lines and files that are looked through at most. */
const mostLooks = 200;

/**
 * Programs of the repository that these commands run: named by them, by the scripts and targets that they lead to, or by those programs in turn.
 * Tests are none of them, nor is what the repository is there for: what its manifest gives to others, and what stands where sources do.
 */
export async function programsOf(
  files: TreeFiles,
  commands: readonly string[],
  isTest: (path: string) => boolean,
): Promise<readonly string[]> {
  const ground: Ground = {
    all: new Set(await files.list()),
    text: async (path) => (await files.read(path)) ?? '',
  };
  const isProduct = await productIn(ground);
  const programs = new Set<string>();
  const seen = new Set<string>();
  const lines: (Line & { readonly by?: string })[] = commands.map((text) => ({ text, folder: '' }));
  const take = async (lead: Lead, folder: string, by: string | undefined): Promise<void> => {
    lines.push(...(lead.lines ?? []).map((line) => ({ ...line, ...(by === undefined ? {} : { by }) })));
    for (const program of lead.programs ?? []) {
      if (isProduct(program) || isTest(program) || programs.has(program)) continue;
      if (by !== undefined && !belongs(program, by)) continue;
      programs.add(program);
      await take(await within(program, folder, ground), folder, program);
    }
  };
  for (const { text, folder: start, by } of lines) {
    const key = `${start}\n${text}`;
    if (seen.has(key) || seen.size >= mostLooks) continue;
    seen.add(key);
    for (const { words, folder } of commandsIn(text, start))
      await take(await leadOf({ words: bare(words), folder }, ground), folder, by);
  }
  return [...programs].sort();
}

const toolFolders = /^(?:tools?|scripts?|ci|hack|dev|\.[^/]+)\//;
const toolNames = /(?:lint|check|verify|validate)[^/]*$/i;

/** Whether a program that another one runs is a tool as well, and not what is to be checked. */
function belongs(program: string, by: string): boolean {
  const place = by.slice(0, by.lastIndexOf('/') + 1);
  return (place !== '' && program.startsWith(place)) || toolFolders.test(program) || toolNames.test(program);
}

const productFolders = /^(?:(?:packages|apps|crates|services|modules)\/[^/]+\/)?(?:src|lib|app)\//;

async function productIn(ground: Ground): Promise<(path: string) => boolean> {
  const manifest = membersOf(await ground.text('package.json'));
  const given = ['main', 'module', 'browser', 'bin', 'exports'].flatMap((key) => pathsIn(manifest[key]));
  const main = manifest['main'] === undefined ? ['index.js'] : [];
  const paths = new Set([...given, ...main].map((path) => joined('', path)));
  const [, name = ''] = /^name\s*=\s*["']([\w.-]+)["']/m.exec(await ground.text('pyproject.toml')) ?? [];
  const folder = name === '' ? undefined : `${name.replaceAll(/[-.]/g, '_')}/`;
  return (path) => productFolders.test(path) || paths.has(path) || (folder !== undefined && path.startsWith(folder));
}

function pathsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

type Leading = (command: Command, ground: Ground) => Lead | Promise<Lead>;

/** What leads where, by the first word. */
const leading: readonly (readonly [RegExp, Leading])[] = [
  [/^(?:npm|pnpm|yarn)$/, packageScript],
  [/^bun$/, (command, ground) => (runsFile(command, ground) ? interpreted : packageScript)(command, ground)],
  [/^(?:run-s|run-p|npm-run-all2?|concurrently)$/, manyScripts],
  [/^make$/, (command, ground) => target('make', command, ground)],
  [/^just$/, (command, ground) => target('just', command, ground)],
  [/^composer$/, composerScript],
  [/^go$/, goProgram],
  [
    /^(?:node|nodejs|deno|tsx|ts-node|python[\d.]*|ruby|php|perl|lua|pwsh|Rscript|(?:ba|z|da|k)?sh|source|\.|\$[^/]*)$/,
    interpreted,
  ],
  [/[./]/, ({ words, folder }, ground) => ({ programs: fileOf(folder, words[0] ?? '', ground) })],
];

function leadOf(command: Command, ground: Ground): Lead | Promise<Lead> {
  const [head = ''] = command.words;
  const [, lead] = leading.find(([pattern]) => pattern.test(head)) ?? [];
  return lead?.(command, ground) ?? {};
}

function runsFile({ words, folder }: Command, ground: Ground): boolean {
  return words.some((word) => ground.all.has(joined(folder, word)));
}

const loads = /^(?:-r|--require|--import|--loader|--experimental-loader)$/;
const says = /^(?:-m|-e|-p|-c|--eval|--print)$/;

/** `node --import ./hook.mjs lint.mjs`, `python -m tools.lint`, `bash -c 'ci/check.sh'`. What follows the program is its own business. */
function interpreted({ words, folder }: Command, ground: Ground): Lead {
  const [head = '', ...args] = words;
  const line = /sh$/.test(head) ? args.findIndex((arg) => /^-[a-z]*c$/.test(arg)) : -1;
  if (line !== -1) return { lines: [{ text: args[line + 1] ?? '', folder }] };
  const file = (word = ''): readonly string[] => fileOf(folder, word, ground);
  const at = args.findIndex((arg, nth) => !/^-/.test(arg) && !loads.test(args[nth - 1] ?? '') && file(arg).length > 0);
  const options = at === -1 ? args : args.slice(0, at);
  const loaded = options.flatMap((option, nth) => {
    const [name = '', value] = option.split('=');
    return loads.test(name) ? file(value ?? args[nth + 1]) : [];
  });
  const said = options.findIndex((option) => says.test(option));
  const text = args[said + 1] ?? '';
  const isModule = options[said] === '-m';
  if (said !== -1)
    return { programs: [...loaded, ...(isModule ? file(text.replaceAll('.', '/')) : imported(text, folder, ground))] };
  const runsTests = options[0] === 'test' || options.some((option) => /^--test(?:-|$)/.test(option));
  return { programs: runsTests || at === -1 ? loaded : [...loaded, ...file(args[at])] };
}

function goProgram({ words, folder }: Command, { all }: Ground): Lead {
  if (words[1] !== 'run') return {};
  const named = words.slice(2).find((word) => !word.startsWith('-')) ?? '';
  const place = joined(folder, named);
  const isIn = (path: string): boolean => path === place || path.replace(/\/?[^/]*$/, '') === place;
  return { programs: [...all].filter((path) => path.endsWith('.go') && !path.endsWith('_test.go') && isIn(path)) };
}

const endings = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.py', '.rb', '.sh', '/index.js', '/__main__.py'];

/** The file that is meant by a word, if there is one; where a variable leads is not known, so it is left out. */
function fileOf(folder: string, word: string, { all }: Ground): readonly string[] {
  const path = joined(folder, word.replace(/^\$[^/]*\//, ''));
  const file = endings.map((ending) => path + ending).find((each) => all.has(each));
  return file === undefined ? [] : [file];
}

/** What a program runs or loads in turn. A script may find its own place first. */
async function within(program: string, folder: string, ground: Ground): Promise<Lead> {
  const text = await ground.text(program);
  const place = program.slice(0, Math.max(0, program.lastIndexOf('/')));
  const isScript = /\.(?:ba|z|k)?sh$/.test(program) || /^#!.*\b(?:ba|z|da|k)?sh\b/.test(text);
  if (!isScript) return { programs: imported(text, place, ground) };
  return { lines: [...new Set([folder, place])].map((each) => ({ text, folder: each })) };
}

const quoted = /(?:\brequire_relative\s*["']|\b(?:from|import|require)[\s(]*["'](?=\.))([^"'\n]+)["']/g;
const modules = /^\s*(?:from\s+\.?([\w.]+)\s+import\b|import\s+([\w.]+))/gm;

/** Files beside it that a program imports. */
function imported(text: string, folder: string, ground: Ground): readonly string[] {
  return [
    ...[...text.matchAll(quoted)].flatMap(([, path = '']) => fileOf(folder, path, ground)),
    ...[...text.matchAll(modules)].flatMap(([, from, whole = '']) =>
      fileOf(folder, `${(from ?? whole).replaceAll('.', '/')}.py`, ground),
    ),
  ];
}
