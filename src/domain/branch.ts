const longestSlug = 40;

/** Letters that Unicode does not take apart into a plain letter and an accent. */
const transliterations: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** What a run's branch is named from. */
export interface BranchOrder {
  readonly prefix: string;
  readonly number: number;
  readonly title: string;
  /** Runs that the issue had before. */
  readonly earlierRuns: number;
}

/** The name of a run's branch, `<prefix><number>-<slug>`; from the second run of an issue on it ends in `-2`, `-3` … */
export function branchName({ prefix, number, title, earlierRuns }: BranchOrder): string {
  const suffix = earlierRuns === 0 ? '' : `-${earlierRuns + 1}`;
  return `${prefix}${number}-${cut(slugOf(title), longestSlug - suffix.length)}${suffix}`;
}

/** A title as `[a-z0-9-]`: at most 40 characters, never empty, no dash at either end. */
export function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => transliterations[letter] ?? '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  return cut(slug, longestSlug) || 'issue';
}

function cut(slug: string, length: number): string {
  return slug.slice(0, length).replace(/-+$/, '');
}
