/** Markdown that people open when they want to. The summary is escaped already. */
export function fold(summary: string, content: readonly string[]): readonly string[] {
  return [`<details><summary>${summary}</summary>`, '', ...content, '', '</details>'];
}

/** Blocks of lines as one text, an empty line between them; empty blocks are left out. */
export function paragraphs(...blocks: readonly (readonly string[])[]): string {
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}
