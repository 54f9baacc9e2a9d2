import { oneLine, plainText } from './plain.js';

/** Cannot be seen, and keeps what stands on its two sides from being read as one thing. */
const gap = '\u200b';

/** Fences that forges draw instead of showing. */
const drawn = /^(?:mermaid|math|geojson|topojson|stl|plantuml|kroki|suggestion.*)$/i;

/** Words by which GitHub or GitLab close an issue, before a reference to one. */
const closing =
  /\b(clos|fix|resolv|implement)(e[sd]?|ing|s|ed|es)?(?=[\s:*_~`[(<\\\u200b]{1,20}(?:issues?[\s:*_~`[(<\\\u200b]+)?(?:[#!]\d|gh-\d|[a-z]+-\d|[\w.-]+(?:\/[\w.-]+)+[#!]\d|https?:))/gi;

/**
 * Makes text of agents and of other people safe to post under Fleet's name: it mentions nobody, gives no command, closes no issue,
 * brings no HTML, no image and no marker. Code fences stay, and none stays open. Escaping twice changes nothing more.
 */
export function escapeForForge(text: string): string {
  const lines: string[] = [];
  let fence: { readonly mark: string; readonly from: number } | undefined;
  for (const line of plainText(text).split('\n')) {
    if (fence === undefined) {
      const opening = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/.exec(line);
      if (opening === null) lines.push(defused(line));
      else {
        fence = { mark: opening[1] ?? '', from: lines.length };
        lines.push(languageOf(opening[2] ?? ''));
      }
    } else if (closes(line, fence.mark)) {
      lines.splice(fence.from, Infinity, ...refenced(lines.slice(fence.from)));
      fence = undefined;
    } else lines.push(line);
  }
  if (fence !== undefined) lines.splice(fence.from, Infinity, ...refenced(lines.slice(fence.from)));
  return withoutClosing(lines.join('\n'));
}

/** Escaped text on one line, for use within a line of a template. */
export function escapeInline(text: string): string {
  return escapeForForge(oneLine(text).replace(/`{3,}|~{3,}/g, (run) => run.charAt(0)));
}

/** A command or name as code within a line; for places that no free text precedes. */
export function codeSpan(text: string): string {
  const line = withoutClosing(defusedCode(oneLine(text)));
  const mark = '`'.repeat(longestRun(line) + 1);
  return line.includes('`') ? `${mark} ${line} ${mark}` : `${mark}${line}${mark}`;
}

/** Text as a code block, whatever it holds. */
export function codeBlock(text: string, language = ''): string {
  return withoutClosing(refenced([language, ...plainText(text).split('\n')]).join('\n'));
}

function closes(line: string, mark: string): boolean {
  const trimmed = line.replace(/^ {0,3}/, '').trimEnd();
  return trimmed.length >= mark.length && trimmed === mark.charAt(0).repeat(trimmed.length);
}

function languageOf(words: string): string {
  const language = /^\s*([\w+#.-]{1,20})/.exec(words)?.[1] ?? '';
  return drawn.test(language) ? '' : language;
}

/** The first line is the language. The fence starts at the margin and is longer than every run of backticks inside. */
function refenced([language = '', ...code]: readonly string[]): readonly string[] {
  const mark = '`'.repeat(Math.max(3, longestRun(code.join('\n')) + 1));
  return [`${mark}${language}`, ...code.map(defusedCode), mark];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** In code only what is looked for in the raw text does harm: markers, and the quick actions of GitLab. */
function defusedCode(line: string): string {
  return line.replaceAll('<!--', `<${gap}!--`).replace(/^(\s*)(?=\/[a-z_]+(?:\s|$))/i, `$1${gap}`);
}

/** Elsewhere also HTML, character references (they would become `@` again), images and mentions. */
function defused(line: string): string {
  return line
    .replace(/<(?=[a-z/!?])/gi, `<${gap}`)
    .replace(/&(?=[#a-z])/gi, `&${gap}`)
    .replace(/!(?=\[)/g, `!${gap}`)
    .replace(/(?<![a-z0-9])@(?=\w)/gi, `@${gap}`)
    .replace(/^([\s>*+-]*)(?=\/[a-z])/i, `$1${gap}`);
}

function withoutClosing(text: string): string {
  return text.replace(closing, (word: string) => `${word.charAt(0)}${gap}${word.slice(1)}`);
}
