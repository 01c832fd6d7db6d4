import { cleanLine, cleanText, cutText } from './clean-text.js';
import type { Locale, Message, MessageBlock } from './template.js';
import { textsOf } from './texts.js';

/** How much of a message is shown. */
interface Room {
  /** Characters of one text. */
  readonly text: number;
  /** Entries of one list. */
  readonly items: number;
}

/** What is tried, with all alerts, before alerts are left out. */
const ROOMY: readonly Room[] = [
  { text: 2_000, items: 30 },
  { text: 1_000, items: 20 },
  { text: 500, items: 15 },
];
/** What is tried with one alert, where even that is too much. */
const TIGHT: readonly Room[] = [
  { text: 300, items: 10 },
  { text: 150, items: 6 },
  { text: 80, items: 3 },
  { text: 40, items: 1 },
  { text: 20, items: 1 },
];
const TIGHTEST: Room = { text: 20, items: 1 };

const MAX_TITLE = 150;
const MAX_NAME = 100;
const MAX_URL = 2_000;
/** More would be read by nobody, and take time to lay out. */
const MAX_SECTIONS = 200;
const MAX_BLOCKS = 50;

/**
 * Builds what a channel sends so that it fits: first texts are shortened, then whole alerts are left out from the
 * end ("and 3 more"), then the texts of the one that is left; at last only the title stands. What `build` is given
 * is clean: one-line texts have no line breaks, links are http or https, and nothing is cut within a character.
 * Because texts are cut before they are escaped, no markup is cut either.
 *
 * @returns `undefined` where not even a short title fits
 */
export function fitMessage<T>(message: Message, locale: Locale, build: (message: Message) => T, fits: (built: T) => boolean): T | undefined {
  const clean = cleaned(message);
  const attempt = (sections: number, room: Room): T | undefined => {
    const built = build(withOmission(shortened(clean, sections, room, locale), locale));
    return fits(built) ? built : undefined;
  };

  const all = clean.sections.length;
  let result: T | undefined;
  for (const room of ROOMY) {
    result = attempt(all, room);
    if (result !== undefined) return result;
  }
  // The most alerts that fit; with 0 of them none does.
  const smallest = ROOMY[ROOMY.length - 1] ?? TIGHTEST;
  let [low, high] = [0, all];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const built = attempt(middle, smallest);
    if (built === undefined) high = middle;
    else [low, result] = [middle, built];
  }
  if (result !== undefined) return result;
  for (const room of TIGHT) {
    result = attempt(Math.min(1, all), room);
    if (result !== undefined) return result;
  }
  for (const length of [MAX_TITLE, 60, 20]) {
    const built = build({ title: cutText(clean.title, length), head: [], sections: [], foot: [] });
    if (fits(built)) return built;
  }
  return undefined;
}

/** `and 3 more alerts` stands after the last section. */
function withOmission(message: Message, locale: Locale): Message {
  const { omitted = 0, foot } = message;
  return omitted > 0 ? { ...message, foot: [{ type: 'text', text: textsOf(locale).moreAlerts(omitted) }, ...foot] } : message;
}

function cleaned({ title, head, sections, foot, omitted = 0 }: Message): Message {
  const kept = sections.slice(0, MAX_SECTIONS);
  return {
    title: cutText(cleanLine(title), MAX_TITLE) || '—',
    head: cleanedBlocks(head),
    sections: kept.map(cleanedBlocks),
    foot: cleanedBlocks(foot),
    omitted: omitted + sections.length - kept.length,
  };
}

function cleanedBlocks(blocks: readonly MessageBlock[]): MessageBlock[] {
  return blocks.slice(0, MAX_BLOCKS).map(block => {
    switch (block.type) {
      case 'heading':
        return { ...block, text: cleanLine(block.text) };
      case 'field':
        return { ...block, name: nameOf(block.name), value: cleanText(block.value) };
      case 'list':
        return { ...block, name: nameOf(block.name), items: block.items.map(cleanLine) };
      case 'text':
        return { ...block, text: cleanText(block.text) };
      case 'link': {
        const url = webUrl(block.url);
        const text = nameOf(block.text);
        return url === undefined ? { type: 'field', name: text, value: cleanLine(block.url) } : { type: 'link', text: text || url, url };
      }
      case 'divider':
        return block;
    }
  });
}

function nameOf(text: unknown): string {
  return cutText(cleanLine(text), MAX_NAME);
}

/** The address, normalised: a link can't be `javascript:`, nor hold what ends it early. */
function webUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && url.href.length <= MAX_URL ? url.href : undefined;
}

function shortened(message: Message, sections: number, room: Room, locale: Locale): Message {
  const shorten = (blocks: readonly MessageBlock[]): MessageBlock[] => blocks.map(block => shortenedBlock(block, room, locale));
  return {
    title: message.title,
    head: shorten(message.head),
    sections: message.sections.slice(0, sections).map(shorten),
    foot: shorten(message.foot),
    omitted: (message.omitted ?? 0) + message.sections.length - sections,
  };
}

function shortenedBlock(block: MessageBlock, { text, items }: Room, locale: Locale): MessageBlock {
  switch (block.type) {
    case 'heading':
    case 'text':
      return { ...block, text: cutText(block.text, text) };
    case 'field':
      return { ...block, value: cutText(block.value, text) };
    case 'list': {
      const left = block.items.length - items;
      // One more line says how many are left; it may as well be the item.
      if (left <= 1) return { ...block, items: block.items.map(item => cutText(item, text)) };
      return { ...block, items: [...block.items.slice(0, items).map(item => cutText(item, text)), textsOf(locale).moreItems(left)] };
    }
    case 'link':
    case 'divider':
      return block;
  }
}
