import { harmless, type Paint } from './terminal.js';

/** How text is shown. */
interface View {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}

/** Markdown as a person would read it on a terminal: what is hidden or folded is left out, boxes are ticked, tables and long lines fit. */
export function readable(markdown: string, view: View): string {
  const lines = harmless(markdown)
    .replaceAll('\u200B', '')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<details>\s*<summary>([\s\S]*?)<\/summary>[\s\S]*?<\/details>/g, '▸ $1')
    .replace(/<\/?(?:sub|sup|br|p)\b[^>]*>/g, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .split('\n');
  const shown: string[] = [];
  for (let at = 0; at < lines.length;) {
    const { text, end } = blockAt(lines, at, view);
    shown.push(text);
    at = end;
  }
  return shown.join('\n');
}

interface Block {
  readonly text: string;
  /** Index of the line after the block. */
  readonly end: number;
}

/** A code block, a table, or one line. */
function blockAt(lines: readonly string[], start: number, view: View): Block {
  const line = lines[start] ?? '';
  const fence = /^(`{3,}|~{3,})/.exec(line)?.[1];
  if (fence !== undefined) {
    const last = lines.findIndex((each, index) => index > start && each === fence);
    const end = last === -1 ? lines.length : last;
    const code = lines.slice(start + 1, end).map((each) => view.paint('cyan', `    ${each}`));
    return { text: code.join('\n'), end: end + 1 };
  }
  if (!line.startsWith('|')) return { text: proseLine(line, view), end: start + 1 };
  const after = lines.findIndex((each, index) => index > start && !each.startsWith('|'));
  const end = after === -1 ? lines.length : after;
  return { text: tableText(lines.slice(start, end), view.paint), end };
}

function tableText(lines: readonly string[], paint: Paint): string {
  const rows = lines
    .filter((line) => !/^\|[\s:|-]+$/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => plain(cell.trim())),
    );
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map((row, index) => (index === 0 ? paint('dim', row) : row))
    .join('\n');
}

function proseLine(line: string, { paint, width }: View): string {
  const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
  if (heading !== undefined) return paint('bold', plain(heading));
  const [, indent = '', tick, text = ''] = /^(\s*)[-*] (?:\[([ xX])\] )?(.*)$/.exec(line) ?? [];
  if (text === '') return wrapped(plain(line), { first: '', rest: '', width });
  const box = tick === ' ' ? paint('yellow', '☐') : paint('green', '☑');
  return wrapped(plain(text), { first: `${indent}  ${tick === undefined ? '•' : box} `, rest: `${indent}    `, width });
}

function plain(text: string): string {
  return text
    .replace(/(`+) ?(.+?) ?\1/g, '$2')
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, (_, label: string, url: string) => (label === url ? url : `${label} (${url})`))
    .replace(/(?<![\w*])(\*{1,2})(?=\S)([^*]+)\1(?![\w*])/g, '$2')
    .replace(/\\([\\`*_{}[\]()#+.!<>|~-])/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

function wrapped(
  text: string,
  { first, rest, width }: { readonly first: string; readonly rest: string; readonly width: number },
): string {
  const room = Math.max(20, width - rest.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, index) => (index === 0 ? first : rest) + each).join('\n');
}
