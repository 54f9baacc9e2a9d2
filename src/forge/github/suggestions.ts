const opening = /^ {0,3}(`{3,}|~{3,})[ \t]*suggestion[ \t]*$/;

/** What a comment of GitHub suggests to put in the place of its lines: the text of each `suggestion` block, in order. */
export function suggestedTexts(body: string): readonly string[] {
  // The form in the browser sends lines that end in CRLF.
  const lines = body.split(/\r?\n/);
  const texts: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = opening.exec(lines[at] ?? '')?.[1];
    if (fence === undefined) continue;
    const start = at + 1;
    const end = lines.findIndex((line, index) => index >= start && isClosing(line, fence));
    // A block that is never closed is text that was cut.
    if (end < 0) break;
    texts.push(lines.slice(start, end).join('\n'));
    at = end;
  }
  return texts;
}

function isClosing(line: string, fence: string): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length);
}
