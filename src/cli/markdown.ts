import { harmless, type Paint } from './terminal.js';

/** Markdown as a person would read it on a terminal: hidden comments and tags left out, boxes ticked, long lines wrapped. */
export function readable(
  markdown: string,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const visible = harmless(markdown)
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<\/?(?:details|sub|sup|br|p)\b[^>]*>/g, '')
    .replace(/<summary>([\s\S]*?)<\/summary>/g, '$1')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  let fenced = false;
  const lines = visible.split('\n').map((line) => {
    if (/^\s*(?:```|~~~)/.test(line)) {
      fenced = !fenced;
      return undefined;
    }
    return fenced ? paint('dim', `  │ ${line}`.slice(0, width)) : proseLine(line, paint, width);
  });
  return lines.filter((line) => line !== undefined).join('\n');
}

function proseLine(line: string, paint: Paint, width: number): string {
  const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
  if (heading !== undefined) return paint('bold', plain(heading));
  const box = /^(\s*)[-*] \[([ xX])\] (.*)$/.exec(line);
  if (box !== null) {
    const [, indent = '', tick = ' ', text = ''] = box;
    const mark = tick === ' ' ? paint('yellow', '☐') : paint('green', '☑');
    return wrapped(plain(text), { first: `${indent}  ${mark} `, rest: `${indent}    `, width });
  }
  const item = /^(\s*)[-*] (.*)$/.exec(line);
  if (item !== null) {
    const [, indent = '', text = ''] = item;
    return wrapped(plain(text), { first: `${indent}  • `, rest: `${indent}    `, width });
  }
  return line.startsWith('|') ? line : wrapped(plain(line), { first: '', rest: '', width });
}

function plain(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, (_, label: string, url: string) => (label === url ? url : `${label} (${url})`))
    .replace(/\*\*([^*]+)\*\*/g, '$1')
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
