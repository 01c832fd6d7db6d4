const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** The lines of a text that has any, without what a terminal would obey. */
export function plainLines(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.replace(/[\p{Cc}\u200b]/gu, '').trimEnd())
    .filter(line => line !== '');
}

/** DingTalk's Markdown for a terminal: a link as its text and address, the rest without marks. */
export function linesOfMarkdown(markdown: string): string[] {
  const text = markdown
    .replace(/<\/?font[^>]*>/g, '')
    .replace(/^#+ /gm, '')
    .replace(/\*\*/g, '')
    .replace(/\[([^[\]\n]*)\]\(([^)\s]*)\)/g, '$1: $2')
    .replace(/\\([\\_*`])/g, '$1')
    .replace(/&(?:amp|lt|gt);/g, entity => ENTITIES[entity] ?? '');
  return plainLines(text).filter(line => line !== '---');
}
