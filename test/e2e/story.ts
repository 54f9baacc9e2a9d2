/** Something on a forge that people can read. */
export interface Item {
  /** Stays when it is changed. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** What differs from run to run. */
export interface Masks {
  readonly run: string;
  /** Where the forge is, as it stands in addresses. */
  readonly host: string;
  /** Of the repository, e.g. `acme/sample-3`. */
  readonly path: string;
}

/** A story is told act by act: what somebody did, and what was new on the forge when Fleet had come to rest again. */
export class Story {
  readonly #acts: string[] = [];
  #before: ReadonlyMap<string, Item> = new Map();

  /** Of what has changed only the new paragraphs are told; `…` stands for those that stayed. */
  tell(act: string, items: readonly Item[]): void {
    // How long something took is no news.
    const timeless = items.map((item) => ({ ...item, text: withoutTimes(item.text) }));
    const news = timeless.flatMap((item) => this.#news(item));
    this.#acts.push([`# ${act}`, ...news].join('\n\n'));
    this.#before = new Map(timeless.map((item) => [item.id, item]));
  }

  text(masks: Masks): string {
    return `${masked(this.#acts.join('\n\n'), masks)}\n`;
  }

  #news({ id, title, text }: Item): readonly string[] {
    const before = this.#before.get(id);
    if (before?.title === title && before.text === text) return [];
    const known = new Set(before === undefined ? [] : paragraphs(before.text));
    const told = paragraphs(text).map((each) => (known.has(each) ? '…' : each));
    const shortened = told.filter((each, index) => each !== '…' || told[index - 1] !== '…');
    return [`## ${title}`, indented(shortened.join('\n\n'))];
  }
}

/** Text without what depends on how fast the machine is. */
export function withoutTimes(text: string): string {
  return text.replace(/\b\d+(\.\d+)? s\b|\b(\d+ h )?\d+ min( \d+ s)?/g, 'TIME').replace(/(?<=Budget: )\d+ %/g, 'SHARE');
}

function paragraphs(text: string): readonly string[] {
  return text.trim().split(/\n{2,}/);
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

/** Text without what differs from run to run; commits and trees are numbered as they come. */
export function masked(text: string, { run, host, path }: Masks): string {
  const numbers = new Map<string, number>();
  const numbered = (sha: string): string => {
    const key = sha.slice(0, 7);
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
    return `sha-${String(numbers.get(key))}`;
  };
  return withoutTimes(text)
    .replaceAll('\r', '')
    .replaceAll(run, 'RUN')
    .replaceAll(host, 'forge.test')
    .replaceAll(path, 'acme/sample')
    .replace(/(?<=key=RUN)[.\d]+/g, '.N')
    .replace(/(?<=kind=reply .*)thread=\S+ comment=\S+/g, 'thread=THREAD comment=COMMENT')
    .replace(/(?<=Co-authored-by: \w+ <)\d+[-+]\w+@[\w.]+(?=>)/g, 'ADDRESS')
    .replace(/(?<=\/(?:jobs?|runs)\/)\d+/g, 'JOB')
    .replace(/^thread: \S+$/gm, 'thread: THREAD')
    .replace(/\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b/g, numbered)
    .trim();
}
